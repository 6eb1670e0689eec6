// Lets users go on whom a step of the run keeps waiting. On every way out of a run this comes before anything else.

import type { PlannedStep } from '../../../model/runs/plan.ts'
import { mayHaveEffect, type Run } from '../../../model/runs/run.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { readStep, stepKindOf } from '../../../profiles/step-kinds.ts'
import type { RunLog } from '../log/run-log.ts'
import type { RunStepsOptions } from './run-steps-options.ts'
import { recordedStep } from './step-outcome.ts'

export interface Release {
  /** The steps that were undone and have to be done again before the run goes on. */
  readonly released: readonly PlannedStep[]
  /** What could not be undone, as sentences. */
  readonly left: readonly string[]
}

interface ReleaseContext extends Pick<RunStepsOptions, 'tools'> {
  readonly log: Pick<RunLog, 'run' | 'append'>
}

/**
 * Undoes the steps by which users wait, all at once, and journals that. It asks neither for the lock nor the user: an undo too
 * many does less harm than users who wait. Throws only if the journal can't be written, after every step was tried.
 */
export async function releaseUsers({ log, tools }: ReleaseContext): Promise<Release> {
  const released: PlannedStep[] = []
  const left: string[] = []
  let unwritten: { readonly error: unknown } | null = null
  const steps = holdingSteps(log.run())
  // One that does not answer must not hold up the others.
  const outcomes = await Promise.allSettled(steps.map((step) => undone(step, tools)))
  for (const [index, step] of steps.entries()) {
    const outcome = outcomes[index]
    if (outcome?.status !== 'fulfilled') {
      left.push(messageOf(outcome?.reason))
      continue
    }
    const { state } = recordedStep(log.run(), step)
    // Why a step failed or was skipped is worth more than that nothing of it is left.
    const isKept = state === 'failed' || state === 'unknown' || state === 'skipped'
    if (!isKept) released.push(step)
    const type = isKept ? ('step-released' as const) : ('step-undone' as const)
    const entry = { type, step: step.id, evidence: outcome.value }
    await log.append(entry).catch((error: unknown) => {
      unwritten = { error }
    })
  }
  if (unwritten !== null) throw (unwritten as { readonly error: unknown }).error
  return { released, left }
}

async function undone(step: PlannedStep, tools: ReleaseContext['tools']): Promise<string> {
  const known = readStep(step)
  if (!known.fits) throw new Error(`not undone: ${step.title} (${known.why})`)
  return (await known.step.undo?.(tools)) ?? ''
}

/**
 * Journals the steps whose users were let go since, by whomever: they are done again before the run goes on. One that can't be
 * looked at stays as it is.
 */
export async function recordReleased({ log, tools }: ReleaseContext): Promise<void> {
  for (const step of holdingSteps(log.run()).filter((each) => recordedStep(log.run(), each).state === 'done')) {
    const known = readStep(step)
    const seen = known.fits ? await known.step.verify(tools).catch(() => null) : null
    if (seen === null || seen.result === 'yes') continue
    await log.append({ type: 'step-undone', step: step.id, evidence: seen.why })
  }
}

/** Whether users wait because of the run. */
export function letsUsersWait(run: Run): boolean {
  return holdingSteps(run).length > 0
}

/**
 * True for a step by which users wait, if they need not wait again: the step that lets them go is done or skipped, or all
 * that they waited for is.
 */
export function isHoldOver(run: Run, { id }: PlannedStep): boolean {
  const { steps } = run.plan
  const end = steps.findIndex(({ args }) => args.holds === id)
  if (end < 0) return false
  const isBehind = (step: PlannedStep) => ['done', 'skipped'].includes(recordedStep(run, step).state)
  const isForUsers = (step: PlannedStep) => 'holds' in step.args || isHolding(step)
  const between = steps.slice(steps.findIndex((step) => step.id === id) + 1, end)
  return isBehind(steps[end] as PlannedStep) || between.every((step) => isForUsers(step) || isBehind(step))
}

/** True for a step that only kept users waiting and let them go, or is the one that lets them go: nothing of it is left. */
export function isBehindUsers(run: Run, step: PlannedStep): boolean {
  return 'holds' in step.args || (isHolding(step) && !holdingSteps(run).includes(step))
}

/**
 * The begun steps by which users wait, whose end was not reached and whose users were not let go since. A failed or skipped one
 * may have had its effect before.
 */
function holdingSteps(run: Run): readonly PlannedStep[] {
  return run.plan.steps.filter((step) => {
    return isHolding(step) && mayHaveEffect(recordedStep(run, step)) && !isEnded(run, step)
  })
}

function isHolding({ kind }: PlannedStep): boolean {
  return stepKindOf(kind)?.holdsUsers === true
}

function isEnded(run: Run, { id }: PlannedStep): boolean {
  return run.plan.steps.some((step) => step.args.holds === id && recordedStep(run, step).state === 'done')
}
