// The commands and options as plain data from the argument parser: for completions and the manual page.

import type { Argument, Command, Option } from 'commander'

/** The value of an option or argument. */
export type AcceptedValue =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'value' }

export interface OptionEntry {
  /** `--json`, and `-c` if there is one. */
  readonly names: readonly string[]
  /** As in the help: `-c, --config <file>`. */
  readonly flags: string
  readonly description: string
  readonly takes: AcceptedValue
}

interface ArgumentEntry {
  /** As in the help: `[dsn...]`. */
  readonly usage: string
  readonly description: string
  readonly takes: AcceptedValue
}

export interface CommandEntry {
  /** `config validate`; empty for the program itself. */
  readonly path: string
  readonly description: string
  readonly options: readonly OptionEntry[]
  readonly arguments: readonly ArgumentEntry[]
  readonly commands: readonly CommandEntry[]
}

/** The program with everything below it. Hidden commands and options are left out. */
export function commandTree(program: Command): CommandEntry {
  return entry(program, '')
}

function entry(command: Command, path: string): CommandEntry {
  const help = command.createHelp()
  const below = help.visibleCommands(command).filter((each) => each.name() !== 'help')
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(option),
    arguments: help.visibleArguments(command).map(argument),
    commands: below.map((each) => entry(each, path === '' ? each.name() : `${path} ${each.name()}`)),
  }
}

function option({ short, long, flags, description, argChoices, required, optional }: Option): OptionEntry {
  const names = [long, short].filter((name) => name != null)
  const takes: AcceptedValue = required || optional ? taken(flags, argChoices) : { kind: 'nothing' }
  return { names, flags, description, takes }
}

function argument(given: Argument): ArgumentEntry {
  const { description, argChoices, required, variadic } = given
  const name = `${given.name()}${variadic ? '...' : ''}`
  const usage = required ? `<${name}>` : `[${name}]`
  return { usage, description, takes: taken(usage, argChoices) }
}

function taken(usage: string, choices: readonly string[] | undefined): AcceptedValue {
  if (choices) return { kind: 'choice', choices }
  return /[<[](?:file|folder|path)[\]>.]/i.test(usage) ? { kind: 'file' } : { kind: 'value' }
}

/** Every command, the program first. */
export function allCommands(tree: CommandEntry): readonly CommandEntry[] {
  return [tree, ...tree.commands.flatMap(allCommands)]
}
