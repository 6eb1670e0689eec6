// Runs the steps of a run: each is journalled before and after, and verified. If one fails, the user decides.

import type { StepDecision } from '../../../model/runs/confirmation.ts'
import { knownCause } from '../../../model/runs/known-cause.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { describeBasisChange } from '../../../model/runs/plan-basis.ts'
import type { Run } from '../../../model/runs/run.ts'
import { whyNotSkipped } from '../../../model/runs/skipped-proof.ts'
import { explainedBy, stepKindOf } from '../../../profiles/step-kinds.ts'
import type { RunLog } from '../log/run-log.ts'
import { currentBasis } from '../servers/current-basis.ts'
import { otherServerFound } from '../servers/same-servers.ts'
import { recordStepServer } from '../servers/step-servers.ts'
import { isHoldOver, recordReleased, releaseUsers } from './release-users.ts'
import type { RunStepsOptions } from './run-steps-options.ts'
import { servedAfterRun } from './serving-after-run.ts'
import { startedSteps, whyLockLost } from './step-lock.ts'
import { type RunEnd, recordedStep, type StepOutcome } from './step-outcome.ts'
import { runStep } from './step-runner.ts'
import { undoSteps } from './undo-steps.ts'

/** Runs all open steps. Resolves to the run at its end, which is journalled. */
export async function runSteps(options: RunStepsOptions): Promise<Run> {
  const { log } = options
  const { ending, why } = await runReleasing(options)
  const served = ending === 'done' ? await servedAfterRun(options) : null
  if (served === null) await log.append({ type: 'ended', ending, why })
  else await log.append({ type: 'ended', ending, why: served.suffices ? why : served.words, served })
  return log.run()
}

/** Whatever ends the steps: users who wait because of one go on. */
async function runReleasing(options: RunStepsOptions): Promise<RunEnd> {
  let isOver = false
  try {
    await recordReleased(options)
    const end = await runPendingSteps(options)
    isOver = true
    // Also at the end of all steps: the one that lets users go may have been skipped.
    const { left } = await releaseUsers(options)
    return left.length === 0 ? end : { ...end, why: [end.why, ...left].filter((each) => each !== null).join('; ') }
  } finally {
    // The journal could not be written, or pgdeck has a defect.
    if (!isOver) await releaseUsers(options).catch(() => {})
  }
}

async function runPendingSteps(options: RunStepsOptions): Promise<RunEnd> {
  const { log, operator } = options
  const { plan } = log.run()
  for (const step of plan.steps) {
    const before = recordedStep(log.run(), step)
    if (before.state === 'done' || before.state === 'skipped') continue
    if (before.state === 'undone' && isHoldOver(log.run(), step)) continue
    if (operator.isStopping()) return { ending: 'stopped', why: `stopped by hand before: ${step.title}` }
    const changed = await whyPlanOutdated(options, step)
    if (changed !== null) return recordBasisChange(log, changed, `${changed}; nothing more was done`)
    const end = await runUntilDone(options, step)
    if (end !== null) return end
  }
  return endOfAll(log.run())
}

/** A step that the run went on without is named at its end. */
function endOfAll({ plan, steps }: Run): RunEnd {
  const open = steps.filter(({ state }) => state === 'failed' || state === 'unknown')
  if (open.length === 0) return { ending: 'done', why: null }
  const titles = new Map(plan.steps.map(({ id, title }) => [id, title]))
  return { ending: 'unknown', why: open.map(({ id, note }) => `${titles.get(id) ?? id}: ${note ?? '?'}`).join('; ') }
}

/** Runs one step until it is done or skipped, and then returns null; else returns how the run ends. */
async function runUntilDone(options: RunStepsOptions, step: PlannedStep): Promise<RunEnd | null> {
  const { skips, log } = options
  const givenReason = skips[step.id]
  if (givenReason !== undefined && step.maySkip) return recordSkip(options, step, givenReason)
  for (;;) {
    const outcome = withKnownCause(options, step, await runStep(options, step))
    if (outcome.state === 'done') return null
    if (outcome.state === 'skipped') {
      await recordStepServer(options, step)
      return recordSkip(options, step, outcome.reason)
    }
    if (outcome.state === 'stopped')
      return { ending: 'stopped', why: outcome.why ?? `stopped by hand in: ${step.title}` }
    if (goesOnWithout(options, step)) return recordStepEnd(log, step, outcome)
    const next = await decideAfter(options, step, outcome)
    if (next !== 'retry') return next
  }
}

/** Whether nobody is there to decide about a step that did not work, and no later one rests on it. */
function goesOnWithout({ operator }: RunStepsOptions, { kind }: PlannedStep): boolean {
  return stepKindOf(kind)?.endsNoRun === true && !operator.present && !operator.isStopping()
}

/** Lets the user decide about a step that did not work; as `applyDecision`. */
async function decideAfter(
  options: RunStepsOptions,
  step: PlannedStep,
  outcome: FailedStep,
): Promise<RunEnd | 'retry' | null> {
  const { log, operator } = options
  await recordStepEnd(log, step, outcome)
  // A decision may take minutes.
  const { released, left } = await releaseUsers(options)
  for (const why of left) options.tools.writeOutput(why)
  const decision: StepDecision = operator.isStopping() ? { choice: 'stop' } : await askDecision(options, step, outcome)
  const next = await applyDecision(options, step, outcome, decision)
  const isOver = next !== 'retry' && next !== null
  return isOver ? next : ((await runAgain(options, released)) ?? next)
}

/** Runs steps that were undone while the user decided. Returns how the run ends at one of them; null: they are done. */
async function runAgain(options: RunStepsOptions, released: readonly PlannedStep[]): Promise<RunEnd | null> {
  for (const step of released.filter((each) => !isHoldOver(options.log.run(), each))) {
    const end = await runUntilDone(options, step)
    if (end !== null) return end
  }
  return null
}

/** What is decided about a step that did not work, done: `retry`, null when it is skipped, else how the run ends. */
async function applyDecision(
  options: RunStepsOptions,
  step: PlannedStep,
  outcome: FailedStep,
  decision: StepDecision,
): Promise<RunEnd | 'retry' | null> {
  if (decision.choice === 'retry') {
    const changed = await whyPlanOutdated(options, step)
    return changed === null ? 'retry' : recordBasisChange(options.log, changed, changed)
  }
  if (decision.choice === 'undo') return undoSteps(options)
  if (decision.choice === 'skip' && step.maySkip) {
    await recordStepServer(options, step)
    return recordSkip(options, step, decision.reason)
  }
  return endAtStep(options.log.run(), step, outcome)
}

/** The end of a run at a step that did not work: `failed` only where nothing before it was done. */
function endAtStep({ steps }: Run, step: PlannedStep, outcome: FailedStep): RunEnd {
  const why = `${step.title}: ${outcome.why}`
  if (outcome.state === 'unknown') return { ending: 'unknown', why }
  return { ending: steps.some(({ state }) => state === 'done') ? 'stopped' : 'failed', why }
}

async function recordSkip({ log, who }: RunStepsOptions, step: PlannedStep, reason: string): Promise<null> {
  await log.append({ type: 'step-skipped', step: step.id, reason, who })
  return null
}

/** The run stops: what its plan rests on has changed. */
async function recordBasisChange(log: RunLog, changed: string, why: string): Promise<RunEnd> {
  await log.append({ type: 'basis-changed', why: changed })
  return { ending: 'stopped', why }
}

/** Asks again if the user skips a step that proves a loss and his reason does not accept a loss. */
async function askDecision(
  { log, decide }: RunStepsOptions,
  step: PlannedStep,
  { state, why, hint: firstHint }: FailedStep,
): Promise<StepDecision> {
  let hint = firstHint
  for (;;) {
    const decision = await decide({ step, state, why, hint })
    const refusal = decision.choice === 'skip' ? whyNotSkipped(log.run().plan, step, decision.reason) : null
    if (refusal === null) return decision
    hint = refusal
  }
}

/** Repeats what the plan knew: whoever reads why a step failed may not remember it. */
function withKnownCause({ log }: RunStepsOptions, step: PlannedStep, outcome: StepOutcome): StepOutcome {
  if (outcome.state !== 'failed' && outcome.state !== 'unknown') return outcome
  const cause = knownCause(log.run(), explainedBy(step))
  if (cause === null) return outcome
  return { ...outcome, why: `${outcome.why}; ${cause.why}`, hint: cause.hint ?? outcome.hint }
}

type FailedStep = Extract<StepOutcome, { state: 'failed' | 'unknown' }>

async function recordStepEnd(log: RunLog, step: PlannedStep, { state, why, hint }: FailedStep): Promise<null> {
  if (state === 'unknown') await log.append({ type: 'step-unknown', step: step.id, why })
  else await log.append({ type: 'step-failed', step: step.id, why, hint })
  return null
}

/** What others changed, by readings taken now; null if the plan is still valid. */
async function whyPlanOutdated(options: RunStepsOptions, step: PlannedStep): Promise<string | null> {
  const { log, action, tools } = options
  const { plan, steps: states } = log.run()
  const view = await tools.refresh()
  const lost = await whyLockLost(options, step, view)
  // A moved address ends sessions too. The server behind it now explains more.
  if (lost !== null) return otherServerFound(log.run(), view) ?? lost
  const begun = startedSteps(log.run())
  const ours = new Set(begun.flatMap(({ changes }) => changes))
  // A step that the user skipped counts as done: the conditions that follow from it apply too.
  const done = new Set(states.flatMap(({ id, state }) => (state === 'done' || state === 'skipped' ? [id] : [])))
  return (
    // A second writable server is the most urgent of all differences.
    action.abortReason?.(plan, view, done) ??
    otherServerFound(log.run(), view) ??
    describeBasisChange(plan.basis, currentBasis(view), ours)
  )
}
