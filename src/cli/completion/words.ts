// What can stand where on the command line, by the command that was typed so far.

import { type CommandEntry, everyCommand, type OptionEntry, type Takes } from '../command-tree.ts'

/** A command and what may follow it. */
export interface Place {
  readonly path: string
  readonly commands: readonly CommandEntry[]
  /** Its own and those of every command. */
  readonly options: readonly OptionEntry[]
  /** What its first argument takes. */
  readonly argument: Takes
}

/** Every place, the program itself first. A command's own option wins over one of every command. */
export function places(tree: CommandEntry): readonly Place[] {
  return everyCommand(tree).map((command) => {
    const own = new Set(command.options.flatMap(({ names }) => names))
    const shared = tree.options.filter(({ names }) => !names.some((name) => own.has(name)))
    const { path, commands } = command
    const options = command === tree ? command.options : [...command.options, ...shared]
    return { path, commands, options, argument: command.arguments[0]?.takes ?? { kind: 'nothing' } }
  })
}

/** The last word of a command's path. */
export function nameOf({ path }: Pick<CommandEntry, 'path'>): string {
  return path.split(' ').at(-1) ?? ''
}

/** The path of the command that this one is below. */
export function parentOf({ path }: Pick<CommandEntry, 'path'>): string {
  return path.split(' ').slice(0, -1).join(' ')
}
