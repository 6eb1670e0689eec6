// Completion for zsh, with descriptions.

import type { CommandEntry } from './command-tree.ts'
import {
  argumentCases,
  type CompletionOption,
  type CompletionPoint,
  type CompletionValue,
  commandCases,
  commandName,
  completionPoints,
  valueOptionCases,
  valueOptionPatterns,
} from './points.ts'

/** The script: a file `_pgdeck` on the fpath, or `source <(pgdeck completion zsh)`. */
export function zshCompletion(tree: CommandEntry): string {
  const all = completionPoints(tree)
  return `#compdef pgdeck
# zsh completion of pgdeck: a file _pgdeck on the fpath, or  source <(pgdeck completion zsh)
_pgdeck_names() {
  local word before=''
  local -a given
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$before" in
      --config|--cluster) given+=("$before" "\${(Q)word/#\\~\\//$HOME/}") ;;
      -c) [[ $at = check ]] || given+=(--config "\${(Q)word/#\\~\\//$HOME/}") ;;
    esac
    before=$word
  done
  "\${words[1]/#\\~\\//$HOME/}" __names "$1" "\${given[@]}" 2>/dev/null
}
_pgdeck() {
  local at='' word
  local -i n=0 skip=0
  local -a commands options taken
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( skip )); then
      skip=0
      continue
    fi
    case "$at|$word" in
${commandCases(all).join('\n')}
      ${all.flatMap(valueOptionPatterns).join('|')}) skip=1 ;;
      *'|-'*) ;;
      *) n+=1 ;;
    esac
  done
  case "$at|\${words[CURRENT-1]}" in
${all.flatMap((point) => valueOptionCases(point, valueReply)).join('\n')}
  esac
  case "$at" in
${all.map(placeCase).join('\n')}
  esac
  case "$at|$n" in
${all.flatMap((point) => argumentCases(point, argumentReply)).join('\n')}
  esac
  (( $#taken )) && compadd -a taken
  (( $#commands )) && _describe -t commands 'command' commands
  _describe -t options 'option' options
}
if [ "$funcstack[1]" = _pgdeck ]; then _pgdeck "$@"; else compdef _pgdeck pgdeck; fi
`
}

function valueReply(takes: CompletionValue): string {
  if (takes.kind === 'value') return ''
  return takes.kind === 'choice' ? `taken=(${choices(takes)}); compadd -a taken; ` : '_files; '
}

/** Words within the parentheses of an array. */
function choices(takes: CompletionValue): string {
  if (takes.kind !== 'choice') return ''
  return [...takes.choices, ...(takes.names ? [`\${(f)"$(_pgdeck_names ${takes.names})"}`] : [])].join(' ')
}

function argumentReply(takes: CompletionValue): string {
  return `taken=(${choices(takes)})`
}

function placeCase({ path, commands, options }: CompletionPoint): string {
  const first = commands.map((each) => described(commandName(each), each.description))
  return [
    `    '${path}')`,
    `      commands=(${first.join(' ')})`,
    `      options=(${options.flatMap(optionWords).join(' ')}) ;;`,
  ].join('\n')
}

function optionWords({ names, description }: CompletionOption): readonly string[] {
  return names.map((name) => described(name, description))
}

/** `'name:description'` as one word of the shell. A colon in the name would end it. */
function described(name: string, description: string): string {
  return `'${name.replaceAll(':', '\\:')}:${description.replaceAll("'", "'\\''")}'`
}
