// Waits for the effect of a step: verifies it repeatedly, and ends as the table of rules says.

import { HOLD_FOR_PERSON_SECONDS, type ReadyStep, type Verification } from '../../../actions/definition/step-kind.ts'
import { OtherServerError } from '../../../model/runs/action-error.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { whyNotSkipped } from '../../../model/runs/skipped-proof.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { otherServerInStep } from '../servers/step-servers.ts'
import { letsUsersWait, releaseUsers } from './release-users.ts'
import type { OperatorInput, RunStepsOptions } from './run-steps-options.ts'
import { whyLockLostMeanwhile } from './step-lock.ts'
import { onOtherServer, proofOf, recordDone, type StepOutcome } from './step-outcome.ts'
import {
  STEP_CIRCUMSTANCES,
  type StepCircumstance,
  type StepDoer,
  type StepVerdict,
  stepVerdict,
} from './step-rules.ts'

const LOOK_AGAIN_MS = 250
/** A manual step is verified less often: it takes minutes, and each verification reads everything. */
const LOOK_AFTER_HAND_MS = 1_000

type EffectContext = Pick<RunStepsOptions, 'log' | 'tools' | 'lock' | 'operator' | 'who'>

/** Verifies the effect repeatedly until the table of rules says how the step ends. */
export async function awaitEffect(options: EffectContext, ready: ReadyStep, step: PlannedStep): Promise<StepOutcome> {
  const { tools, operator } = options
  const isManual = step.how === 'manual'
  const by = doerOf(step, operator)
  const began = performance.now()
  const until = began + step.deadlineSeconds * 1000
  let isHeld = isManual
  for (;;) {
    const effect = await lookForEffect(ready, step, options)
    const lost = isManual ? whyLockLostMeanwhile(options) : null
    const reason = reasonToSkip(options, step)
    const circumstances = circumstancesNow({
      'lock-lost': lost !== null,
      'said-done': isManual && operator.takeDone(),
      'left-out': reason !== null,
      stopping: operator.isStopping(),
      overdue: performance.now() > until,
    })
    const verdict = stepVerdict({ seen: effect.result, by, circumstances })
    if (verdict !== 'look-again') return endStep(options, step, verdict, effect, lost ?? reason)
    if (isHeld && performance.now() - began > HOLD_FOR_PERSON_SECONDS * 1000) {
      isHeld = false
      await letUsersGoOn(options)
    }
    try {
      await tools.wait(isManual ? LOOK_AFTER_HAND_MS : LOOK_AGAIN_MS)
    } catch (error) {
      // The user does not want to wait: a resume will look for the effect.
      if (tools.signal.aborted) return { state: 'stopped' }
      throw error
    }
  }
}

/** A person may take longer than users can wait. */
async function letUsersGoOn({ log, tools }: EffectContext): Promise<void> {
  if (!letsUsersWait(log.run())) return
  tools.writeOutput(`users have waited ${HOLD_FOR_PERSON_SECONDS} s for a person: pgdeck lets them go`)
  const { left } = await releaseUsers({ log, tools })
  for (const why of left) tools.writeOutput(why)
}

/** The user's reason for skipping the step, if that suffices; null without one. */
function reasonToSkip({ operator, log, tools }: EffectContext, step: PlannedStep): string | null {
  const reason = step.how === 'manual' && step.maySkip ? operator.takeSkip(step.id) : null
  const refusal = reason === null ? null : whyNotSkipped(log.run().plan, step, reason)
  if (refusal !== null) tools.writeOutput(refusal)
  return refusal === null ? reason : null
}

function doerOf({ how }: PlannedStep, operator: OperatorInput): StepDoer {
  if (how !== 'manual') return 'pgdeck'
  return operator.present ? 'person' : 'nobody'
}

function circumstancesNow(isSo: Readonly<Record<StepCircumstance, boolean>>): ReadonlySet<StepCircumstance> {
  return new Set(STEP_CIRCUMSTANCES.filter((circumstance) => isSo[circumstance]))
}

/**
 * Ends the step as the table says, and journals the proof of a step that is done. `because`: why the lock is lost, or the
 * user's reason.
 */
async function endStep(
  options: EffectContext,
  step: PlannedStep,
  verdict: Exclude<StepVerdict, 'look-again'>,
  effect: ObservedEffect,
  because: string | null,
): Promise<StepOutcome> {
  const { log, who } = options
  const why = effect.result === 'yes' ? effect.evidence : effect.why
  switch (verdict) {
    case 'done':
      return recordDone(options, step, why, effect.result === 'yes' ? proofOf(effect) : {})
    case 'done-by-word':
      await log.append({ type: 'step-by-hand', step: step.id, who })
      return recordDone(options, step, `${who.user} marked it done by hand; not verified: ${why}`)
    case 'skipped':
      return { state: 'skipped', reason: because ?? '' }
    case 'failed':
      return { state: 'failed', why, hint: (effect.result === 'never' && effect.hint) || null }
    case 'stopped':
      return { state: 'stopped' }
    case 'stopped-without-lock':
      return { state: 'stopped', why: `${because}; while waiting for: ${step.title}` }
    case 'unknown-elsewhere':
      return onOtherServer(why)
    case 'unknown-needs-person':
      return needsOperator(step, why)
    case 'unknown-overdue': {
      const hint = `It may still complete. Check: ${step.verify}.`
      return { state: 'unknown', why: `not seen within ${step.deadlineSeconds} s: ${why}`, hint }
    }
  }
}

/** A step that only a person can confirm is not waited for without a user. */
function needsOperator({ id, maySkip }: PlannedStep, why: string): StepOutcome {
  const hint = maySkip
    ? `Confirm that it was done: --skip ${id}=REASON, or m at a terminal.`
    : 'Confirm that it was done: resume at a terminal, and press m.'
  return { state: 'unknown', why, hint }
}

type ObservedEffect = Verification | { readonly result: 'other-server'; readonly why: string }

/** A failed verification found nothing. The next one may. */
async function lookForEffect(
  ready: ReadyStep,
  step: PlannedStep,
  { tools, log }: EffectContext,
): Promise<ObservedEffect> {
  try {
    const seen = await ready.verify(tools)
    const other = otherServerInStep(log.run(), step, tools.view())
    return other === null ? seen : { result: 'other-server', why: other }
  } catch (error) {
    if (error instanceof OtherServerError) return { result: 'other-server', why: error.message }
    return { result: 'not-yet', why: messageOf(error) }
  }
}
