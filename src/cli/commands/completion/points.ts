// What can stand where on the command line, by the command that was typed so far.

import { ACTIONS } from '../../../profiles/actions.ts'
import { type AcceptedValue, allCommands, type CommandEntry, type OptionEntry } from './command-tree.ts'
import type { ConfigNameKind } from './config-names.ts'

/** What an argument or option takes; `names` are choices that are known now and names that the configuration has. */
export type CompletionValue =
  | Exclude<AcceptedValue, { kind: 'choice' }>
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly names: ConfigNameKind | null }

export interface CompletionOption extends Omit<OptionEntry, 'takes'> {
  readonly takes: CompletionValue
}

interface CompletionArgument {
  readonly takes: CompletionValue
  /** It takes all words from its place on. */
  readonly variadic: boolean
}

/** A command and what may follow it. */
export interface CompletionPoint {
  readonly path: string
  readonly commands: readonly CommandEntry[]
  /** Its own and those of every command. */
  readonly options: readonly CompletionOption[]
  readonly arguments: readonly CompletionArgument[]
}

const NODES: CompletionValue = { kind: 'choice', choices: [], names: 'nodes' }

/** By command and argument: what only the actions and the configuration know. */
const NAMED_ARGUMENTS: Readonly<Record<string, CompletionValue>> = {
  'do 0': { kind: 'choice', choices: ACTIONS.map(({ name }) => name), names: 'actions' },
  'do 1': NODES,
  'check 1': NODES,
  'diagnose 0': NODES,
  'logs 0': NODES,
  'hba audit 0': NODES,
}

/** By option. What confirms an act is typed by hand: that is what it is for. */
const NAMED_OPTIONS: Readonly<Record<string, CompletionValue>> = {
  '--cluster': { kind: 'choice', choices: [], names: 'clusters' },
  '--server': NODES,
  '--node': NODES,
}

/** Every place, the program itself first. A command's own option wins over one of every command. */
export function completionPoints(tree: CommandEntry): readonly CompletionPoint[] {
  return allCommands(tree).map((command) => {
    const own = new Set(command.options.flatMap(({ names }) => names))
    const shared = tree.options.filter(({ names }) => !names.some((name) => own.has(name)))
    const { path, commands } = command
    const options = command === tree ? command.options : [...command.options, ...shared]
    return {
      path,
      commands,
      options: options.map((each) => ({ ...each, takes: NAMED_OPTIONS[each.names[0] ?? ''] ?? offer(each.takes) })),
      arguments: command.arguments.map(({ usage, takes }, index) => ({
        takes: NAMED_ARGUMENTS[`${path} ${index}`] ?? offer(takes),
        variadic: usage.includes('...'),
      })),
    }
  })
}

function offer(takes: AcceptedValue): CompletionValue {
  return takes.kind === 'choice' ? { ...takes, names: null } : takes
}

/** The last word of a command's path. */
export function commandName({ path }: Pick<CommandEntry, 'path'>): string {
  return path.split(' ').at(-1) ?? ''
}

/** The path of the command that this one is below. */
export function parentCommandPath({ path }: Pick<CommandEntry, 'path'>): string {
  return path.split(' ').slice(0, -1).join(' ')
}

/** Branches of a `case` of bash and zsh that go on to each command: `'config|validate') at='config validate' n=0 ;;`. */
export function commandCases(points: readonly CompletionPoint[]): readonly string[] {
  return points.flatMap(({ commands }) =>
    commands.map((each) => `      '${parentCommandPath(each)}|${commandName(each)}') at='${each.path}' n=0 ;;`),
  )
}

/** Patterns of the options that take a value, after a command: `'status|--interval'`. */
export function valueOptionPatterns({ path, options }: CompletionPoint): readonly string[] {
  return options.flatMap(({ names, takes }) => (takes.kind === 'nothing' ? [] : namePatterns(path, names)))
}

/** Branches of a `case` for the options that take a value; `reply` says what is offered there. */
export function valueOptionCases(
  { path, options }: CompletionPoint,
  reply: (takes: CompletionValue) => string,
): readonly string[] {
  return options.flatMap(({ names, takes }) =>
    takes.kind === 'nothing' ? [] : [`    ${namePatterns(path, names).join('|')}) ${reply(takes)}return ;;`],
  )
}

function namePatterns(path: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `'${path}|${name}'`)
}

/** Branches of a `case` for the arguments of which the words are known; `reply` says what is offered there. */
export function argumentCases(
  { path, arguments: all }: CompletionPoint,
  reply: (takes: CompletionValue) => string,
): readonly string[] {
  return all.flatMap(({ takes, variadic }, index) => {
    if (takes.kind !== 'choice') return []
    const place = variadic ? `'${path}|'[${index}-9]` : `'${path}|${index}'`
    return [`    ${place}) ${reply(takes)} ;;`]
  })
}
