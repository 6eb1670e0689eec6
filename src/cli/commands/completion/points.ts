// The completions at each position of the command line, by the command typed so far.

import { ACTIONS } from '../../../profiles/actions.ts'
import { type AcceptedValue, allCommands, type CommandEntry, type OptionEntry } from './command-tree.ts'
import type { ConfigNameKind } from './config-names.ts'

/** The words of an argument or option. `names` are known choices and names of the configuration. */
export type CompletionValue =
  | Exclude<AcceptedValue, { kind: 'choice' }>
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly names: ConfigNameKind | null }

export interface CompletionOption extends Omit<OptionEntry, 'takes'> {
  readonly takes: CompletionValue
}

interface CompletionArgument {
  readonly takes: CompletionValue
  /** It takes all words from its position on. */
  readonly variadic: boolean
}

/** A command and its completions. */
export interface CompletionPoint {
  readonly path: string
  readonly commands: readonly CommandEntry[]
  /** Its own options and those of every command. */
  readonly options: readonly CompletionOption[]
  readonly arguments: readonly CompletionArgument[]
}

const NODES: CompletionValue = { kind: 'choice', choices: [], names: 'nodes' }

/** By command and argument: words that only the actions and the configuration know. */
const NAMED_ARGUMENTS: Readonly<Record<string, CompletionValue>> = {
  'do 0': { kind: 'choice', choices: ACTIONS.map(({ name }) => name), names: 'actions' },
  'do 1': NODES,
  'check 1': NODES,
  'diagnose 0': NODES,
  'logs 0': NODES,
  'hba audit 0': NODES,
}

/** By option. Users type the confirmation of an action by hand, on purpose. */
const NAMED_OPTIONS: Readonly<Record<string, CompletionValue>> = {
  '--cluster': { kind: 'choice', choices: [], names: 'clusters' },
  '--server': NODES,
  '--node': NODES,
}

/** Every position, the program itself first. A command's own option takes precedence over a common one. */
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

/** The path of the parent command. */
export function parentCommandPath({ path }: Pick<CommandEntry, 'path'>): string {
  return path.split(' ').slice(0, -1).join(' ')
}

/** Branches of a `case` of bash and zsh for each subcommand: `'config|validate') at='config validate' n=0 ;;`. */
export function commandCases(points: readonly CompletionPoint[]): readonly string[] {
  return points.flatMap(({ commands }) =>
    commands.map((each) => `      '${parentCommandPath(each)}|${commandName(each)}') at='${each.path}' n=0 ;;`),
  )
}

/** Patterns of the options that take a value, after a command: `'status|--interval'`. */
export function valueOptionPatterns({ path, options }: CompletionPoint): readonly string[] {
  return options.flatMap(({ names, takes }) => (takes.kind === 'nothing' ? [] : namePatterns(path, names)))
}

/** Branches of a `case` for the options that take a value; `reply` makes the words to offer. */
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

/** Branches of a `case` for the arguments with known words; `reply` makes the words to offer. */
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
