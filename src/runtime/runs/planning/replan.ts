// Makes a plan again before it runs if the user took a while to confirm it: the cluster may have changed.

import { ActionError } from '../../../model/runs/action-error.ts'
import { blockingChecks, type Plan, type PlannedStep } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { stepKindOf } from '../../../profiles/step-kinds.ts'
import { RUN_LOCK_CHECK } from '../locks/lock-request.ts'

/** Whether the readings of a plan are too old to act on. */
export function isPlanOld(plan: Plan, now: number, intervalMs: number): boolean {
  return now - plan.plannedAt > Math.max(2 * intervalMs, LEAST_MS)
}

/** Typing a name takes a moment: a plan that was made just before is not made again. */
const LEAST_MS = 5_000

/**
 * What runs of a plan that was made again. Statements stay as confirmed: they name the sessions that the user saw, and
 * not later ones. Edits of files stay too: a file that changed since is refused, not edited by a diff that the user
 * never saw.
 */
export function mergeReplanned(confirmed: Plan, now: Plan): Plan {
  const steps = now.steps.map((step, index) => (staysAsConfirmed(step) ? (confirmed.steps[index] ?? step) : step))
  // Not checked again, because the run has the cluster by now. The override stays in the record.
  const overruled = confirmed.checks.filter(({ id }) => id === RUN_LOCK_CHECK)
  const { title, confirm, impact } = confirmed
  return { ...now, title, confirm, impact, checks: [...overruled, ...now.checks], steps }
}

function staysAsConfirmed({ kind, args }: PlannedStep): boolean {
  const stays = stepKindOf(kind)?.staysAsConfirmed ?? false
  return typeof stays === 'function' ? stays(args) : stays
}

/** The reasons of the overruled checks, for planning again. */
export function planOverrides({ checks }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.flatMap(({ id, overridden }) => (overridden === null ? [] : [[id, overridden]])))
}

/** Throws ActionError if the current plan differs from the confirmed one. */
export function requireSamePlan(confirmed: Plan, now: Plan): void {
  requireNoWorsePlan(confirmed, now)
  if (outline(now) !== outline(confirmed)) throw changed('the steps have changed since you confirmed')
}

/** Throws ActionError if it is blocked now, or would lose more than the user confirmed. */
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

/** After this time, a run is not resumed with its old figures. */
const LONG_MS = 15 * 60_000

/**
 * How the plan of a resumed run is checked again: like a new plan if no step was done; by its cost if it was
 * interrupted long ago and has not changed a role yet; not at all in the middle of a change of roles.
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

/** What makes two plans equal for a reader: what is done, where and how. Positions and times may differ. */
function outline({ steps }: Plan): string {
  return steps.map(({ id, kind, how, where }) => `${id} ${kind} ${how} ${where}`).join('\n')
}
