// A program on a host whose exit code says whether it worked: what the user's own actions are made of.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { numberArgument, textArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'

export interface HostCommand {
  readonly host: string
  readonly argv: readonly string[]
  readonly timeoutMs: number
}

export function hostCommandArguments({ host, argv, timeoutMs }: HostCommand): JsonRecord {
  return { host, argv, timeoutMs }
}

/** Runs that came to their end in this process, by run and command: nothing else shows that such a program has worked. */
const ENDED = new Set<string>()

export const hostCommandKind: StepKind = {
  kind: 'host-command',
  isOnce: true,
  async run(args, tools) {
    const name = textArgument(args, 'host')
    const argv = textListArgument(args, 'argv')
    const reach = tools.host(name)
    if (!reach) throw new ActionError(`nothing leads into the host ${name}`, 'Give it "ssh" or "local" in the config.')
    const limit = AbortSignal.any([tools.signal, AbortSignal.timeout(numberArgument(args, 'timeoutMs'))])
    const { exitCode, stderr } = await reach.run(argv, { signal: limit, onOutput: (text) => tools.writeOutput(text) })
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
    return { result: 'not-yet', why: 'only its exit code tells, and that was not seen' }
  },
}

function keyOf(run: string, args: JsonRecord): string {
  return `${run} ${JSON.stringify(args)}`
}
