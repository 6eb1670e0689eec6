// The runs in the state directory: by id, and all of them with the newest first.

import { hostname } from 'node:os'
import { isSameProcessAlive } from '../../../io/process/process.ts'
import { listRunIds, readJournal } from '../../../io/runs/journal.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { Plan } from '../../../model/runs/plan.ts'
import { redactPlan } from '../../../model/runs/redacted-plan.ts'
import { isUnfinishedRun, type JournalEntry, type Run, runFromJournal } from '../../../model/runs/run.ts'
import { messageOf } from '../../../model/values/fault.ts'

/** Returns the run with that id; null if there is none. Throws for a journal that can't be read. */
export async function loadRun(folder: string, id: string): Promise<Run | null> {
  const entries = await readJournal(folder, id)
  for (const entry of entries ?? []) requirePlan(entry, id)
  const run = entries && runFromJournal(entries)
  // Journals of 0.1.0 contain commands as they are in the configuration.
  return run && { ...run, plan: redactPlan(run.plan) }
}

/** Throws an Error for a plan without valid steps: the journal was edited. */
function requirePlan(entry: JournalEntry, id: string): void {
  if (entry.type !== 'planned') return
  const steps: unknown = (entry.plan as Partial<Plan> | null | undefined)?.steps
  const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  if (Array.isArray(steps) && steps.every(isRecord)) return
  throw new ActionError(`the journal of run ${id} holds no plan that can be read`, 'Plan again with pgdeck do.')
}

/** Returns the newest runs, at most `limit`. A run with an unreadable journal has the reason instead. */
export async function loadRuns(
  folder: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<{ readonly runs: readonly Run[]; readonly unreadable: readonly string[] }> {
  const runs: Run[] = []
  const unreadable: string[] = []
  for (const id of await listRunIds(folder)) {
    if (runs.length >= limit) break
    try {
      const run = await loadRun(folder, id)
      if (run) runs.push(run)
    } catch (error) {
      unreadable.push(messageOf(error))
    }
  }
  return { runs, unreadable }
}

/** How many runs are searched: older interrupted ones were left for long. */
const LOOKED_THROUGH = 50

/** Returns interrupted runs that may be resumed, newest first: started, not ended, and not running on this host. */
export async function interruptedRuns(folder: string): Promise<readonly Run[]> {
  const { runs } = await loadRuns(folder, LOOKED_THROUGH)
  return runs.filter((run) => isUnfinishedRun(run) && !isBeingRun(run))
}

function isBeingRun({ owner }: Run): boolean {
  if (owner === null || owner.host !== hostname() || owner.pid === process.pid) return false
  return isSameProcessAlive(owner.pid, owner.start ?? null)
}
