// Completion for bash; needs nothing but bash itself.

import type { CommandEntry } from '../command-tree.ts'
import { nameOf, type Place, parentOf, places } from './words.ts'

/** The script: `source <(pgdeck completion bash)`. */
export function bashScript(tree: CommandEntry): string {
  const all = places(tree)
  const commands = all.flatMap((place) => place.commands)
  return `# bash completion of pgdeck:  source <(pgdeck completion bash)
_pgdeck() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at='' i words=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at|\${COMP_WORDS[i]}" in
${commands.map((each) => `      '${parentOf(each)}|${nameOf(each)}') at='${each.path}' ;;`).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$at|$prev" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${all.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _pgdeck pgdeck
`
}

function valueCases({ path, options }: Place): readonly string[] {
  return options.flatMap(({ names, takes }) => {
    if (takes.kind === 'nothing') return []
    const patterns = names.map((name) => `'${path}|${name}'`).join('|')
    const reply = takes.kind === 'file' ? 'compgen -f --' : `compgen -W '${choices(takes)}' --`
    return [`    ${patterns}) COMPREPLY=($(${reply} "$cur")); return ;;`]
  })
}

function choices(takes: Place['argument']): string {
  return takes.kind === 'choice' ? takes.choices.join(' ') : ''
}

function wordCase({ path, commands, options, argument }: Place): string {
  const words = [...commands.map(nameOf), choices(argument), ...options.flatMap(({ names }) => names)]
  return `    '${path}') words='${words.filter((word) => word !== '').join(' ')}' ;;`
}
