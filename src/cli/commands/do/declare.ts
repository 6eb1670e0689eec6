// The command `do`: what it takes.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CustomAction } from '../../../config/config.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'

interface DoArguments {
  readonly set: Readonly<Record<string, string>>
  readonly override: Readonly<Record<string, string>>
  readonly skip: Readonly<Record<string, string>>
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly confirm?: string
  readonly resume?: string
  readonly abort?: string
  readonly list?: boolean
  readonly json?: boolean
}

/** Adds `do`. */
export function declareDo(program: Command, invocation: Invocation): void {
  program
    .command('do')
    .description('plan, check and run an action (exit 4: blocked, read-only or not confirmed, 5: stopped half way)')
    .argument('[action]', 'the action; --list prints them')
    .argument('[name]', 'the database or server it applies to')
    .addOption(pairs('--set <key=value>', 'an argument of the action'))
    .option('--dry-run', 'print the plan with its checks; change nothing')
    .option('--yes', 'confirm routine and disruptive actions')
    .option('--confirm <name>', 'confirm dangerous actions with the exact name of the target')
    .addOption(
      pairs('--override <check=reason>', 'continue although this check failed; the audit log keeps the reason'),
    )
    .addOption(pairs('--skip <step=reason>', 'skip this step; the audit log keeps the reason'))
    .option('--resume <run>', 'resume an interrupted or stopped run')
    .option('--abort <run>', 'undo the steps of a stopped run, as far as possible')
    .option('--list', 'print all actions with their arguments')
    .option('--json', 'print a JSON document')
    .action((action: string | undefined, name: string | undefined, options: DoArguments, command: Command) =>
      invocation.run(command, async (common, screen, reporting) => {
        const { json = false } = options
        if (options.list) {
          const { listActions } = await import('./list.ts')
          return listActions({ ...reporting, json, own: await ownActions(common) })
        }
        const task = taskOf(action, name, options)
        const { config } = await readConfig(common, [])
        invocation.warn(config.warnings)
        const { doCommand } = await import('./run.ts')
        return doCommand({ ...screen, ...reporting, ...options, json, config, task, log: invocation.log })
      }),
    )
}

/** The actions of the config; none without a config. A problem of an action that is not asked for is reported later. */
async function ownActions(common: CommonOptions): Promise<readonly CustomAction[]> {
  try {
    const { config } = await readConfig(common, [])
    const chosen = config.clusters.filter(({ spec }) => common.cluster === undefined || spec.name === common.cluster)
    return chosen.flatMap(({ actions = [] }) => actions)
  } catch (error) {
    if (common.config !== undefined) throw error
    return []
  }
}

/** The task of `do`. */
export type DoTask =
  | { readonly kind: 'act'; readonly action: string; readonly target: string | null }
  | { readonly kind: 'resume'; readonly run: string }
  | { readonly kind: 'abort'; readonly run: string }

function taskOf(action: string | undefined, name: string | undefined, options: DoArguments): DoTask {
  const { resume, abort, dryRun } = options
  const given = [action, resume, abort].filter((each) => each !== undefined)
  if (given.length !== 1)
    throw new UsageError('do: give an action, or --resume RUN, or --abort RUN; --list names the actions')
  if (action === undefined && dryRun)
    throw new UsageError('do: --dry-run is for an action: a resumed run has its plan already (pgdeck runs RUN)')
  if (resume !== undefined) return { kind: 'resume', run: resume }
  if (abort !== undefined) return { kind: 'abort', run: abort }
  return { kind: 'act', action: action ?? '', target: name ?? null }
}

/** An option that may be given several times, each `KEY=VALUE`. */
function pairs(flags: string, description: string): Option {
  return new Option(flags, description)
    .default({}, 'none')
    .argParser((text: string, before: Readonly<Record<string, string>>) => {
      const at = text.indexOf('=')
      if (at < 1) throw new InvalidArgumentError('Allowed: a name, an equals sign and a text.')
      return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
    })
}
