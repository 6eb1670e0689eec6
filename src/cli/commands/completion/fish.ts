// Completion for fish, with descriptions.

import type { CommandEntry } from './command-tree.ts'
import {
  type CompletionPoint,
  type CompletionValue,
  commandName,
  completionPoints,
  parentCommandPath,
} from './points.ts'

/** The script: `pgdeck completion fish | source`. */
export function fishCompletion(tree: CommandEntry): string {
  return `# fish completion of pgdeck:  pgdeck completion fish | source
function __pgdeck_names
  set -l words (commandline -opc)
  set -l given
  set -l before ''
  for word in $words
    if contains -- $before --config --cluster
      set given $given $before $word
    end
    set before $word
  end
  command $words[1] __names $argv[1] $given 2>/dev/null
end
complete -c pgdeck -f
${completionPoints(tree).flatMap(linesOf).join('\n')}
`
}

function linesOf(place: CompletionPoint): readonly string[] {
  const { commands, options } = place
  const here = `complete -c pgdeck -n ${quoted(condition(place))}`
  return [
    ...commands.map((each) => `${here} -a ${commandName(each)} -d ${quoted(each.description)}`),
    ...argumentLines(place),
    ...options.map(({ names, description, takes }) => {
      const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
      return `${here} ${flags.join(' ')}${takesOf(takes)} -d ${quoted(description)}`
    }),
  ]
}

/** An argument after one with known words is offered once such a word was typed; the first one no longer is. */
function argumentLines(place: CompletionPoint): readonly string[] {
  const [first] = place.arguments
  const known = first?.takes.kind === 'choice' ? first.takes.choices : []
  return place.arguments.flatMap(({ takes }, index) => {
    if (takes.kind !== 'choice') return []
    const seen = `${index === 0 ? 'not ' : ''}__fish_seen_subcommand_from ${known.join(' ')}`
    const when = known.length === 0 ? condition(place) : `${condition(place)}; and ${seen}`
    return [`complete -c pgdeck -n ${quoted(when)} -a ${quoted(choices(takes))}`]
  })
}

function choices(takes: Extract<CompletionValue, { kind: 'choice' }>): string {
  return [...takes.choices, ...(takes.names ? [`(__pgdeck_names ${takes.names})`] : [])].join(' ')
}

/** True of the command line if this command was typed and no subcommand of it. */
function condition({ path, commands }: CompletionPoint): string {
  const deeper = commands.length === 0 ? '' : `not __fish_seen_subcommand_from ${commands.map(commandName).join(' ')}`
  const words = path.split(' ').filter((word) => word !== '')
  const parent = parentCommandPath({ path })
  const typed = [parent, words.at(-1) ?? ''].filter((word) => word !== '')
  return [...typed.map((word) => `__fish_seen_subcommand_from ${word}`), deeper]
    .filter((each) => each !== '')
    .join('; and ')
}

function takesOf(takes: CompletionValue): string {
  switch (takes.kind) {
    case 'nothing':
      return ''
    case 'file':
      return ' -r -F'
    case 'value':
      return ' -x'
    case 'choice':
      return ` -x -a ${quoted(choices(takes))}`
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
