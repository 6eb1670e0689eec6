// Completion for bash. It needs only bash itself, and the program for names of the configuration.

import type { CommandEntry } from './command-tree.ts'
import {
  argumentCases,
  type CompletionPoint,
  type CompletionValue,
  commandCases,
  commandName,
  completionPoints,
  valueOptionCases,
  valueOptionPatterns,
} from './points.ts'

/** The script: `source <(pgdeck completion bash)`. */
export function bashCompletion(tree: CommandEntry): string {
  const all = completionPoints(tree)
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
${commandCases(all).join('\n')}
      ${all.flatMap(valueOptionPatterns).join('|')}) ((i++)) ;;
      *'|-'*) ;;
      *) ((n++)) ;;
    esac
  done
  COMPREPLY=()
  case "$at|$prev" in
${all.flatMap((point) => valueOptionCases(point, valueReply)).join('\n')}
  esac
  case "$at" in
${all.map(wordCase).join('\n')}
  esac
  case "$at|$n" in
${all.flatMap((point) => argumentCases(point, argumentReply)).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _pgdeck pgdeck
`
}

function valueReply(takes: CompletionValue): string {
  return `COMPREPLY=($(${takes.kind === 'file' ? 'compgen -f --' : `compgen -W "${choices(takes)}" --`} "$cur")); `
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

/** The values of an argument precede the options. */
function argumentReply(takes: CompletionValue): string {
  return `words="${choices(takes)} $words"`
}
