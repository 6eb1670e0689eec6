// Completion for bash; needs nothing but bash itself, and the program for names that the configuration has.

import type { CommandEntry } from './command-tree.ts'
import {
  type CompletionPoint,
  type CompletionValue,
  commandName,
  completionPoints,
  parentCommandPath,
  valueOptionPatterns,
} from './points.ts'

/** The script: `source <(pgdeck completion bash)`. */
export function bashCompletion(tree: CommandEntry): string {
  const all = completionPoints(tree)
  const commands = all.flatMap((place) => place.commands)
  return `# bash completion of pgdeck:  source <(pgdeck completion bash)
_pgdeck_names() {
  local i given=()
  for ((i = 1; i < COMP_CWORD - 1; i++)); do
    case "\${COMP_WORDS[i]}" in
      --config | --cluster) given+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i + 1]/#\\~\\//$HOME/}") ;;
      -c) [[ $at = check ]] || given+=(--config "\${COMP_WORDS[i + 1]/#\\~\\//$HOME/}") ;;
    esac
  done
  "\${COMP_WORDS[0]/#\\~\\//$HOME/}" __names "$1" \${given[@]+"\${given[@]}"} 2>/dev/null
}
_pgdeck() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at='' i n=0 words=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at|\${COMP_WORDS[i]}" in
${commands.map((each) => `      '${parentCommandPath(each)}|${commandName(each)}') at='${each.path}' n=0 ;;`).join('\n')}
      ${all.flatMap(valueOptionPatterns).join('|')}) ((i++)) ;;
      *'|-'*) ;;
      *) ((n++)) ;;
    esac
  done
  COMPREPLY=()
  case "$at|$prev" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${all.map(wordCase).join('\n')}
  esac
  case "$at|$n" in
${all.flatMap(argumentCases).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _pgdeck pgdeck
`
}

function valueCases({ path, options }: CompletionPoint): readonly string[] {
  return options.flatMap(({ names, takes }) => {
    if (takes.kind === 'nothing') return []
    const patterns = names.map((name) => `'${path}|${name}'`).join('|')
    const reply = takes.kind === 'file' ? 'compgen -f --' : `compgen -W "${choices(takes)}" --`
    return [`    ${patterns}) COMPREPLY=($(${reply} "$cur")); return ;;`]
  })
}

/** Words within double quotes. */
function choices(takes: CompletionValue): string {
  if (takes.kind !== 'choice') return ''
  return [...takes.choices, ...(takes.names ? [`$(_pgdeck_names ${takes.names})`] : [])].join(' ')
}

function wordCase({ path, commands, options }: CompletionPoint): string {
  const words = [...commands.map(commandName), ...options.flatMap(({ names }) => names)]
  return `    '${path}') words='${words.join(' ')}' ;;`
}

/** What an argument takes comes before the options. */
function argumentCases({ path, arguments: all }: CompletionPoint): readonly string[] {
  return all.flatMap(({ takes, variadic }, index) => {
    if (takes.kind !== 'choice') return []
    const place = variadic ? `'${path}|'[${index}-9]` : `'${path}|${index}'`
    return [`    ${place}) words="${choices(takes)} $words" ;;`]
  })
}
