// Completion for zsh, with what each thing does.

import type { CommandEntry, OptionEntry } from '../command-tree.ts'
import { nameOf, type Place, parentOf, places } from './words.ts'

/** The script: a file `_pgdeck` on the fpath, or `source <(pgdeck completion zsh)`. */
export function zshScript(tree: CommandEntry): string {
  const all = places(tree)
  const commands = all.flatMap((place) => place.commands)
  return `#compdef pgdeck
# zsh completion of pgdeck: a file _pgdeck on the fpath, or  source <(pgdeck completion zsh)
_pgdeck() {
  local at='' word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at|$word" in
${commands.map((each) => `      '${parentOf(each)}|${nameOf(each)}') at='${each.path}' ;;`).join('\n')}
    esac
  done
  case "$at|\${words[CURRENT-1]}" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${all.map(placeCase).join('\n')}
  esac
  (( $#commands )) && _describe -t commands 'command' commands
  _describe -t options 'option' options
}
if [ "$funcstack[1]" = _pgdeck ]; then _pgdeck "$@"; else compdef _pgdeck pgdeck; fi
`
}

function valueCases({ path, options }: Place): readonly string[] {
  return options.flatMap(({ names, takes }) => {
    if (takes.kind === 'nothing') return []
    const patterns = names.map((name) => `'${path}|${name}'`).join('|')
    const reply = takes.kind === 'choice' ? `compadd -- ${takes.choices.join(' ')}` : '_files'
    return [`    ${patterns}) ${takes.kind === 'value' ? '' : `${reply}; `}return ;;`]
  })
}

function placeCase({ path, commands, options, argument }: Place): string {
  const choices = argument.kind === 'choice' ? argument.choices : []
  const first = [...commands.map((each) => described(nameOf(each), each.description)), ...choices]
  return [
    `    '${path}')`,
    `      commands=(${first.join(' ')})`,
    `      options=(${options.flatMap(optionWords).join(' ')}) ;;`,
  ].join('\n')
}

function optionWords({ names, description }: OptionEntry): readonly string[] {
  return names.map((name) => described(name, description))
}

/** `'name:what it does'` as one word of the shell; a colon in the name would end it. */
function described(name: string, description: string): string {
  return `'${name.replaceAll(':', '\\:')}:${description.replaceAll("'", "'\\''")}'`
}
