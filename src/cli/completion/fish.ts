// Completion for fish, with what each thing does.

import type { CommandEntry, Takes } from '../command-tree.ts'
import { nameOf, type Place, parentOf, places } from './words.ts'

/** The script: `pgdeck completion fish | source`. */
export function fishScript(tree: CommandEntry): string {
  return `# fish completion of pgdeck:  pgdeck completion fish | source
complete -c pgdeck -f
${places(tree).flatMap(linesOf).join('\n')}
`
}

function linesOf(place: Place): readonly string[] {
  const { commands, argument, options } = place
  const here = `complete -c pgdeck -n ${quoted(condition(place))}`
  return [
    ...commands.map((each) => `${here} -a ${nameOf(each)} -d ${quoted(each.description)}`),
    ...(argument.kind === 'choice' ? [`${here} -a ${quoted(argument.choices.join(' '))}`] : []),
    ...options.map(({ names, description, takes }) => {
      const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
      return `${here} ${flags.join(' ')}${takesOf(takes)} -d ${quoted(description)}`
    }),
  ]
}

/** True of the command line where this command was typed and none below it. */
function condition({ path, commands }: Place): string {
  const deeper = commands.length === 0 ? '' : `not __fish_seen_subcommand_from ${commands.map(nameOf).join(' ')}`
  const words = path.split(' ').filter((word) => word !== '')
  const parent = parentOf({ path })
  const typed = [parent, words.at(-1) ?? ''].filter((word) => word !== '')
  return [...typed.map((word) => `__fish_seen_subcommand_from ${word}`), deeper]
    .filter((each) => each !== '')
    .join('; and ')
}

function takesOf(takes: Takes): string {
  switch (takes.kind) {
    case 'nothing':
      return ''
    case 'file':
      return ' -r -F'
    case 'value':
      return ' -x'
    case 'choice':
      return ` -x -a ${quoted(takes.choices.join(' '))}`
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
