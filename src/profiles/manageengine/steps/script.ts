// Runs one of the product's own scripts on its host. Its exit code decides, and for a slot that the slot is gone.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { physicalSlotsOn } from '../../../actions/repoint/physical-slots.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { clean } from '../../../model/values/text.ts'

const form = () =>
  arg.form({
    host: arg.optionalText(),
    argv: arg.texts(),
    /** A slot that must be gone from this database afterwards; null: only the exit code decides. */
    slot: arg.optionalText(),
    database: arg.optionalText(),
    timeoutMs: arg.number(),
  })
type Args = arg.Of<typeof form>

/** The script, and the texts of its plan. */
export interface ProductScriptRun extends Omit<StepTexts, 'verify' | 'maySkip'> {
  readonly script: Args
}

/** Runs of this process whose scripts succeeded. After a crash a script runs again, which is harmless. */
const ENDED = new Set<string>()

export const productScriptKind = defineStep({
  kind: 'product-script',
  version: 1,
  args: form,
  plan: ({ script, ...texts }: ProductScriptRun): StepPlan<Args> => ({
    ...texts,
    args: script,
    verify:
      script.slot === null
        ? 'its exit code is 0'
        : `its exit code is 0, and pg_replication_slots has no ${script.slot}`,
    maySkip: true,
  }),
  async run(args, tools) {
    const connection = hostFromArguments(args, tools)
    const argv = args.argv
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(args.timeoutMs)])
    const options = { signal, onOutput: (text: string) => tools.writeOutput(text), survivesLoss: true }
    const { exitCode, stderr } = await connection.run(argv, options)
    if (exitCode !== 0) {
      const last = clean(stderr.trim().split('\n').at(-1) ?? '')
      throw new ActionError(
        `${argv.join(' ')} ended with exit code ${exitCode ?? '?'}${last === '' ? '' : `: ${last}`}`,
      )
    }
    ENDED.add(keyOf(args, tools))
  },
  async verify(args, tools): Promise<Verification> {
    const slot = args.slot
    const database = args.database
    const isGone = slot !== null && database !== null && !(await physicalSlotsOn(database, tools)).has(slot)
    if (slot !== null && database !== null && !isGone)
      return { result: 'not-yet', why: `slot ${slot} is still in pg_replication_slots of ${database}` }
    if (!ENDED.has(keyOf(args, tools)))
      return { result: 'not-yet', why: 'only its exit code shows that, and pgdeck did not see it' }
    const gone = isGone ? `; pg_replication_slots of ${database} has no ${slot}` : ''
    return { result: 'yes', evidence: `it ended with exit code 0${gone}` }
  },
})

function keyOf(args: Args, { run }: ActionToolbox): string {
  return `${run} ${JSON.stringify(args)}`
}
