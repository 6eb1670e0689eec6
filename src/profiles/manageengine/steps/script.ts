// One of the product's own scripts is run on its host; its exit code tells, and for a slot that it is gone.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { numberArgument, optionalTextArgument, textListArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { physicalSlotsOn } from '../../../actions/repoint/physical-slots.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { clean } from '../../../model/values/text.ts'

export interface ProductScriptRun {
  readonly host: string | null
  readonly argv: readonly string[]
  /** A slot that must be gone from this database after it; null: nothing but the exit code tells. */
  readonly slot: string | null
  readonly database: string | null
  readonly timeoutMs: number
}

export function scriptRunArguments(args: ProductScriptRun): JsonRecord {
  return { ...args }
}

/** Runs of this process whose scripts ended well: after a crash a script is run again, which does no harm. */
const ENDED = new Set<string>()

export const productScriptKind: StepKind = {
  kind: 'product-script',
  async run(args, tools) {
    const reach = hostFromArguments(args, tools)
    const argv = textListArgument(args, 'argv')
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(numberArgument(args, 'timeoutMs'))])
    const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
    const { exitCode, stderr } = await reach.run(argv, options)
    if (exitCode !== 0) {
      const last = clean(stderr.trim().split('\n').at(-1) ?? '')
      throw new ActionError(
        `${argv.join(' ')} ended with exit code ${exitCode ?? '?'}${last === '' ? '' : `: ${last}`}`,
      )
    }
    ENDED.add(keyOf(args, tools))
  },
  async verify(args, tools): Promise<Verification> {
    const slot = optionalTextArgument(args, 'slot')
    const database = optionalTextArgument(args, 'database')
    const isGone = slot !== null && database !== null && !(await physicalSlotsOn(database, tools)).has(slot)
    if (slot !== null && database !== null && !isGone)
      return { result: 'not-yet', why: `slot ${slot} is still in pg_replication_slots of ${database}` }
    if (!ENDED.has(keyOf(args, tools)))
      return { result: 'not-yet', why: 'only its exit code tells, and that was not seen' }
    const gone = isGone ? `; pg_replication_slots of ${database} has no ${slot}` : ''
    return { result: 'yes', evidence: `it ended with exit code 0${gone}` }
  },
}

function keyOf(args: JsonRecord, { run }: ActionToolbox): string {
  return `${run} ${JSON.stringify(args)}`
}
