// Preconditions of starting or resuming a run and its steps, and the audit entry of a refused request.

import { PlanError } from '../../../actions/definition/action.ts'
import { appendAuditLog } from '../../../io/audit/audit-log-writer.ts'
import type { AuditEntry, Principal } from '../../../model/events/audit-entry.ts'
import { ActionError, RunInterruptedError, SkipRefusedError } from '../../../model/runs/action-error.ts'
import { type ConfirmationAnswer, whyNotConfirmed } from '../../../model/runs/confirmation.ts'
import { blockingChecks } from '../../../model/runs/plan.ts'
import { isResumableRun, type Run } from '../../../model/runs/run.ts'
import { whyNotSkipped } from '../../../model/runs/skipped-proof.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { readStep } from '../../../profiles/step-kinds.ts'
import type { RunLog } from '../log/run-log.ts'

/** Throws ActionError for a run that has ended. */
export function requireResumable(run: Run): void {
  if (!isResumableRun(run)) throw new ActionError(`run ${run.id} is ${run.state}: there is nothing to resume`)
}

/**
 * A step that the user wants to skip must not run because of a typing error. Throws PlanError; SkipRefusedError if the
 * reason must say more.
 */
export function requireSkippable(plan: Run['plan'], skips: Readonly<Record<string, string>>): void {
  const { action, steps } = plan
  for (const [id, reason] of Object.entries(skips)) {
    const step = steps.find((each) => each.id === id)
    const names = steps.filter(({ maySkip }) => maySkip).map((each) => each.id)
    const allowed = names.length === 0 ? 'no step can be skipped' : `steps that can be: ${names.join(', ')}`
    if (!step) throw new PlanError(`${action}: --skip ${id}: there is no such step; ${allowed}`)
    if (!step.maySkip) throw new PlanError(`${action}: --skip ${id}: you can’t skip this step; ${allowed}`)
    if (reason.trim() === '') throw new PlanError(`${action}: --skip ${id}: a reason is needed: --skip ${id}=REASON`)
    const why = whyNotSkipped(plan, step, reason)
    if (why !== null) throw new SkipRefusedError(why, 'Nothing was changed.')
  }
}

/**
 * Why a plan does not start: it is blocked, or that answer does not confirm it. `note` is for the audit log. null: it
 * may start.
 */
export function planRefusal(
  plan: Run['plan'],
  answer: ConfirmationAnswer,
): { readonly note: string; readonly error: ActionError } | null {
  const blocked = blockingChecks(plan)
  if (blocked.length > 0) {
    const note = `blocked by ${blocked.map(({ id }) => id).join(', ')}`
    return { note, error: new ActionError(`blocked: ${blocked.map(({ message }) => message).join('; ')}`) }
  }
  const doubt = whyNotConfirmed(plan, answer)
  if (doubt === null) return null
  const note = `not confirmed: ${doubt}`
  return { note, error: new ActionError(note, 'Nothing was changed.') }
}

/**
 * Writes a refused request to the audit log too. A failure to write it does not hide the refusal, which is reported
 * anyway.
 */
export async function auditRefusal(
  {
    folder,
    principal,
    noted,
  }: {
    readonly folder: string
    readonly principal: Principal
    readonly noted?: (entries: readonly AuditEntry[]) => void
  },
  { id, plan }: Run,
  why: string,
): Promise<void> {
  const entry: AuditEntry = {
    at: Date.now(),
    who: principal,
    cluster: plan.cluster,
    server: plan.target?.id ?? null,
    category: 'user',
    what: `${plan.action}${plan.target ? ` ${plan.target.id}` : ''}: refused: ${why}`,
    plan: { run: id },
    result: 'refused',
  }
  try {
    await appendAuditLog(folder, [entry])
    noted?.([entry])
  } catch {
    // The refusal itself is reported.
  }
}

/** An action that can't be journalled does not start. */
export async function requireRunLog(open: () => Promise<RunLog>): Promise<RunLog> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof ActionError && !(error instanceof RunInterruptedError)) throw error
    const cause = error instanceof RunInterruptedError ? error.cause : error
    const why = messageOf(cause)
    throw new ActionError(
      `pgdeck can’t write the journal of the run: ${why}`,
      'pgdeck continues to watch; actions need a writable state directory.',
    )
  }
}

/** Throws ActionError if an open step of the run can't be read: then no step of it runs. */
export function requireKnownSteps({ id, plan, steps }: Run): void {
  const problems = plan.steps.flatMap((step, index) => {
    const state = steps[index]?.state
    const known = state === 'done' || state === 'skipped' ? null : readStep(step)
    return known === null || known.fits ? [] : [known.why]
  })
  if (problems.length === 0) return
  throw new ActionError(
    `run ${id} can’t be carried out: ${problems.join('; ')}`,
    `Nothing was changed. Plan again with pgdeck do ${plan.action}; pgdeck runs ${id} shows what was done.`,
  )
}
