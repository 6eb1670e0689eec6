// Runs one step: journals it, runs it and verifies its effect. If it was interrupted before, the effect is looked for
// first.

import type { ReadyStep } from '../../../actions/definition/step-kind.ts'
import { ActionError, OtherServerError, OutcomeUnknown } from '../../../model/runs/action-error.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { mayHaveEffect, type RunStep } from '../../../model/runs/run.ts'
import { FaultError, messageOf } from '../../../model/values/fault.ts'
import { readStep } from '../../../profiles/step-kinds.ts'
import { otherServerOnHost } from '../servers/servers-on-hosts.ts'
import { otherServerInStep } from '../servers/step-servers.ts'
import { awaitEffect } from './await-effect.ts'
import type { RunStepsOptions } from './run-steps-options.ts'
import { onOtherServer, proofOf, recordDone, recordedStep, type StepOutcome } from './step-outcome.ts'

/** What the user can do with a run whose steps can't be read. */
const PLAN_AGAIN =
  'This step was not done. Look at what the run has done (pgdeck runs), then plan again; --abort takes back what can be.'

/** Runs a step and waits until its effect is verified, can't come any more, or its time limit has passed. */
export async function runStep(options: RunStepsOptions, step: PlannedStep): Promise<StepOutcome> {
  const { log } = options
  const known = readStep(step)
  if (!known.fits) return failure(new ActionError(known.why, PLAN_AGAIN))
  const { step: ready, isOnce } = known
  const before = recordedStep(log.run(), step)
  // What lets users go is given again: one who looks may see nothing of them, and they would still wait.
  if (wasInterrupted(before) && !('holds' in step.args)) {
    const end =
      (await verifyAfterInterruption(options, ready, step)) ?? (isOnce ? await endOnceOnly(options, step) : null)
    if (end) return end
  }
  const other = await otherServerOnHost(log.run(), step, options.tools)
  if (other !== null)
    return failure(new OtherServerError(other, 'Nothing was done there. Check its host, then plan again.'))
  const refusal = mayHaveEffect(before) ? null : await refusalOf(ready, options)
  if (refusal !== null) return refusal
  // An earlier confirmation or reason does not belong to this step.
  options.operator.takeDone()
  options.operator.takeSkip(step.id)
  await log.append({ type: 'step-started', step: step.id, attempt: before.attempts + 1 })
  const problem = step.how === 'manual' ? null : await carryOut(options, ready, step)
  return problem ?? awaitEffect(options, ready, step)
}

/** Why the step must not begin; null: it may. */
async function refusalOf(ready: ReadyStep, { tools }: RunStepsOptions): Promise<StepOutcome | null> {
  try {
    await ready.begin?.(tools)
    return null
  } catch (error) {
    return failure(error)
  }
}

/** True for a step that a process began that is gone. */
function wasInterrupted({ state }: RunStep): boolean {
  return state === 'running' || state === 'verifying'
}

/** How a step ends that another process started and whose effect is there; null if it must run. */
async function verifyAfterInterruption(
  options: RunStepsOptions,
  ready: ReadyStep,
  step: PlannedStep,
): Promise<StepOutcome | null> {
  const { log, tools } = options
  try {
    const seen = await ready.verify(tools)
    const other = otherServerInStep(log.run(), step, tools.view())
    if (other !== null) return onOtherServer(other)
    if (seen.result === 'yes')
      return await recordDone(options, step, `${seen.evidence} (already done before the interruption)`, proofOf(seen))
  } catch (error) {
    if (error instanceof OtherServerError) return onOtherServer(error.message)
    tools.writeOutput(`${step.title}: pgdeck could not verify its result: ${messageOf(error)}`)
  }
  return null
}

/** How an interrupted step ends that must not be repeated unasked: done where its command had answered, else unknown. */
async function endOnceOnly(options: RunStepsOptions, step: PlannedStep): Promise<StepOutcome> {
  if (recordedStep(options.log.run(), step).isAnswered)
    return recordDone(options, step, 'it had succeeded when the run was interrupted')
  const why = 'it began before the run was interrupted, and its result was not recorded'
  return { state: 'unknown', why, hint: `Check it on ${step.where}. Trying again does it a second time.` }
}

async function carryOut(
  { log, tools }: RunStepsOptions,
  ready: ReadyStep,
  step: PlannedStep,
): Promise<StepOutcome | null> {
  let answer: 'given' | 'lost' = 'given'
  try {
    await ready.run(tools)
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) return failure(error)
    answer = 'lost'
    tools.writeOutput(`${error.fault.message}: pgdeck checks whether it worked`)
  }
  await log.append({ type: 'step-ran', step: step.id, answer })
  return null
}

function failure(error: unknown): StepOutcome {
  if (error instanceof FaultError) return { state: 'failed', why: error.fault.message, hint: error.fault.hint }
  if (error instanceof ActionError) return { state: 'failed', why: error.message, hint: error.hint }
  return { state: 'failed', why: messageOf(error), hint: 'This is likely a defect of pgdeck: please report it.' }
}
