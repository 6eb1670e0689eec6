// The user's own actions: a configured command on one of the hosts, through the same executor as all actions.

import type { CustomAction } from '../config/config.ts'
import { ActionError } from '../model/runs/action-error.ts'
import { noImpact, type StepMethod } from '../model/runs/plan.ts'
import { shellCommandLine } from '../model/values/shell-quote.ts'
import type { Action, Draft } from './definition/action.ts'
import * as arg from './definition/step-arguments.ts'
import { defineStep, type StepPlan } from './definition/step-kind.ts'

/** Returns an action made of its entry in the configuration. */
export function customAction({ name, title, host, command, danger, confirm, timeoutMs }: CustomAction): Action {
  return {
    name,
    title,
    explains: 'an action of the config',
    key: null,
    danger,
    target: 'cluster',
    locks: 'cluster',
    fields: [],
    whyNot: () => null,
    draft(_, request, tools): Draft {
      const connection = tools.host(host)
      return {
        target: null,
        title,
        danger,
        confirm,
        impact: noImpact('pgdeck checks only the exit code of this command.'),
        checks: [],
        input: request.input,
        steps: [
          hostCommandKind.plan({ host, argv: command, timeoutMs, title, access: connection?.accessKind ?? null }),
        ],
      }
    },
  }
}

const form = () => arg.form({ host: arg.text(), argv: arg.texts(), timeoutMs: arg.number() })
type Args = arg.Of<typeof form>

export interface HostCommand extends Args {
  readonly title: string
  /** How programs run on the host; null: no access. */
  readonly access: StepMethod | null
}

/** Commands that ended in this process, by run and command: nothing else proves that such a program has finished. */
const ENDED = new Set<string>()

export const hostCommandKind = defineStep({
  kind: 'host-command',
  version: 1,
  args: form,
  plan: ({ host, argv, timeoutMs, title, access }: HostCommand): StepPlan<Args> => ({
    id: 'command',
    args: { host, argv, timeoutMs },
    title,
    how: access ?? 'manual',
    where: host,
    detail: shellCommandLine(argv),
    verify: 'its exit code is 0',
    ifStopped: 'Whether it took effect is unknown.',
    deadlineSeconds: access ? 1 : 600,
  }),
  isOnce: true,
  async run(args, tools) {
    const name = args.host
    const argv = args.argv
    const connection = tools.host(name)
    if (!connection)
      throw new ActionError(`pgdeck has no access to the host ${name}`, 'Set "ssh" or "local" for it in the config.')
    const limit = AbortSignal.any([tools.signal, AbortSignal.timeout(args.timeoutMs)])
    const { exitCode, stderr } = await connection.run(argv, {
      signal: limit,
      onOutput: (text) => tools.writeOutput(text),
      asAccount: true,
    })
    if (exitCode !== 0) {
      const last = stderr.trim().split('\n').at(-1) ?? ''
      throw new ActionError(
        `${argv[0]} on ${name} ended with exit code ${exitCode ?? '?'}${last === '' ? '' : `: ${last}`}`,
      )
    }
    ENDED.add(keyOf(tools.run, args))
  },
  async verify(args, tools) {
    if (ENDED.has(keyOf(tools.run, args))) return { result: 'yes', evidence: 'it ended with exit code 0' }
    return { result: 'not-yet', why: 'only its exit code shows that, and pgdeck did not see it' }
  },
})

function keyOf(run: string, args: Args): string {
  return `${run} ${JSON.stringify(args)}`
}
