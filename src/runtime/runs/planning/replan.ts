// A plan that somebody thought about for a while is made again before it runs: what was true then may not be now.

import { ActionError } from '../../../model/runs/action-error.ts'
import { blockingChecks, type Plan, type PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { stepKindOf } from '../../../profiles/step-kinds.ts'
import { RUN_LOCK_CHECK } from '../locks/lock-request.ts'

/** Whether the readings that a plan rests on are too old to act on. */
export function isPlanOld(plan: Plan, now: number, intervalMs: number): boolean {
  return now - plan.plannedAt > Math.max(2 * intervalMs, LEAST_MS)
}

/** Whoever types a name needs a moment; a plan that was made just before is not made again. */
const LEAST_MS = 5_000

/**
 * What runs of a plan that was made again: statements as they were confirmed. They name the sessions that were shown, and
 * none that only fits what was asked for by now. Edits of files too: one that was changed since is refused, not edited
 * by a diff that nobody has seen.
 */
export function mergeReplanned(confirmed: Plan, now: Plan): Plan {
  const steps = now.steps.map((step, index) => (staysAsConfirmed(step) ? (confirmed.steps[index] ?? step) : step))
  // Not asked again, as the run has the cluster by now; what was overruled stays in the record.
  const overruled = confirmed.checks.filter(({ id }) => id === RUN_LOCK_CHECK)
  const { title, confirm, impact } = confirmed
  return { ...now, title, confirm, impact, checks: [...overruled, ...now.checks], steps }
}

function staysAsConfirmed({ kind }: PlannedStep): boolean {
  return stepKindOf(kind)?.staysAsConfirmed ?? false
}

/** Reasons of the checks that were overruled, to plan again with. */
export function planOverrides({ checks }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.flatMap(({ id, overridden }) => (overridden === null ? [] : [[id, overridden]])))
}

/** Throws ActionError where the plan as it is now is not the one that was confirmed. */
export function requireSamePlan(confirmed: Plan, now: Plan): void {
  requireNoWorsePlan(confirmed, now)
  if (outline(now) !== outline(confirmed)) throw changed('the steps have changed since you confirmed')
}

/** Throws ActionError where it is blocked now, or would lose more than what was agreed to. */
export function requireNoWorsePlan(confirmed: Plan, now: Plan): void {
  const blocked = blockingChecks(now)
  if (blocked.length > 0) throw changed(`blocked now by ${blocked.map(({ message }) => message).join('; ')}`)
  if (now.danger !== confirmed.danger) throw changed(`it is ${now.danger} now, and was ${confirmed.danger}`)
  const [before, after] = [confirmed.impact.lossBytes, now.impact.lossBytes]
  if (after === null ? before !== null : after > (before ?? Number.POSITIVE_INFINITY)) {
    const words = (bytes: number | null) => (bytes === null ? 'an unknown amount' : formatBytes(bytes))
    throw changed(`${words(after)} of commits would be lost now; it was ${words(before)} when this was planned`)
  }
  if (confirmed.impact.lossBound === 'none-confirmed' && now.impact.lossBound !== 'none-confirmed')
    throw changed('confirmed commits may be lost now, and none when this was planned')
}

/** After so long a run is not gone on with by figures of before. */
const LONG_MS = 15 * 60_000

/**
 * How a run that is gone on with is looked at again: like a plan where nothing was done of it yet; for what it would cost
 * where it lay for long and has yet to change a role; not at all where it is in the middle of that.
 */
export function resumeRequirement({ plan, steps }: Run, now: number): ((confirmed: Plan, now: Plan) => void) | null {
  if (steps.every(({ state }) => state === 'pending' || state === 'failed')) return requireSamePlan
  const last = Math.max(plan.plannedAt, ...steps.map(({ startedAt, endedAt }) => endedAt ?? startedAt ?? 0))
  const begun = new Set(steps.flatMap(({ id, attempts }) => (attempts > 0 ? [id] : [])))
  const roles = plan.steps.filter(({ changes }) => changes.length > 0)
  const isBefore = roles.length > 0 && roles.every(({ id }) => !begun.has(id))
  return isBefore && now - last > LONG_MS ? requireNoWorsePlan : null
}

function changed(why: string): ActionError {
  return new ActionError(`the cluster has changed since this was planned: ${why}`, 'Nothing was changed. Plan again.')
}

/** What makes two plans the same to whoever reads them: what is done, where and how. Positions and times go on. */
function outline({ steps }: Plan): string {
  return steps.map(({ id, kind, how, where }) => `${id} ${kind} ${how} ${where}`).join('\n')
}
