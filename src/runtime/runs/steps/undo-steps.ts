// Undoes the steps of a run, the last one first: each is written down, and what can't be undone is named at the end.

import type { PlannedStep } from '../../../model/runs/plan.ts'
import { hasRedactedSecret } from '../../../model/runs/redacted-plan.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { readStep, stepKindOf } from '../../../profiles/step-kinds.ts'
import { otherServerOnHost } from '../servers/servers-on-hosts.ts'
import { recordStepServer } from '../servers/step-servers.ts'
import { isBehindUsers, releaseUsers } from './release-users.ts'
import type { RunStepsOptions } from './run-steps-options.ts'
import { whyLockLost } from './step-lock.ts'
import { type RunEnd, recordedStep } from './step-outcome.ts'

/** Undoes what was done, the last step first. Resolves to how the run ends. */
export async function undoSteps(options: Pick<RunStepsOptions, 'log' | 'tools' | 'lock'>): Promise<RunEnd> {
  const { log } = options
  // Before a journal that may not be writable.
  await releaseUsers(options)
  // Journalled first: a run that is interrupted in the middle of an undo must not go forward again.
  await log.append({ type: 'taking-back' })
  const run = log.run()
  const left: string[] = []
  for (const step of run.plan.steps.toReversed()) {
    const { state, attempts } = recordedStep(run, step)
    if (state === 'pending' || state === 'skipped' || state === 'undone') continue
    // Somebody else may have paused it since.
    if (attempts === 0 || isBehindUsers(run, step)) continue
    const lost = await whyLockLost(options, step, await options.tools.refresh())
    if (lost !== null) return { ending: 'stopped', why: `${lost}; nothing more was undone` }
    const mustStay = left.length > 0 && stepKindOf(step.kind)?.undoneLast === true
    const evidence = mustStay ? STAYS : await undoStep(options, step)
    if (evidence.ok) {
      await recordStepServer(options, step, () => options.tools.refresh())
      await log.append({ type: 'step-undone', step: step.id, evidence: evidence.text })
    } else left.push(`${step.title} (${evidence.text})`)
  }
  const why = left.length === 0 ? 'everything was undone' : `not undone: ${left.join('; ')}`
  return { ending: 'aborted', why }
}

const STAYS = { ok: false, text: 'it stays, because what was done after it is not undone' } as const

/** What undoing a step did, or why it can't be undone. */
async function undoStep(
  { log, tools }: Pick<RunStepsOptions, 'log' | 'tools'>,
  step: PlannedStep,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  if (step.undo === null) return { ok: false, text: 'it can’t be undone' }
  const known = readStep(step)
  if (!known.fits) return { ok: false, text: known.why }
  // Text that was removed from the record would be written into the cluster.
  if (hasRedactedSecret(step.args)) return { ok: false, text: 'it needs a secret, and pgdeck stores none' }
  const { undo } = known.step
  if (undo === null) return { ok: false, text: 'it can’t be undone' }
  const other = await otherServerOnHost(log.run(), step, tools)
  if (other !== null) return { ok: false, text: other }
  try {
    return { ok: true, text: await undo(tools) }
  } catch (error) {
    return { ok: false, text: messageOf(error) }
  }
}
