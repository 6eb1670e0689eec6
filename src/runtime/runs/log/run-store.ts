// The runs that the state directory keeps: by their id, and all of them, newest first.

import { hostname } from 'node:os'
import { isSameProcessAlive } from '../../../io/process/process.ts'
import { listRunIds, readJournal } from '../../../io/runs/journal.ts'
import { redactPlan } from '../../../model/runs/redacted-plan.ts'
import { isUnfinishedRun, type Run, runFromJournal } from '../../../model/runs/run.ts'
import { messageOf } from '../../../model/values/fault.ts'

/** The run of that id; null when there is none. Throws for a journal that can't be read. */
export async function loadRun(folder: string, id: string): Promise<Run | null> {
  const entries = await readJournal(folder, id)
  const run = entries && runFromJournal(entries)
  // Journals of 0.1.0 hold commands as they were written in the config.
  return run && { ...run, plan: redactPlan(run.plan) }
}

/** The newest runs first, at most `limit`; those whose journal can't be read come with the reason. */
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

/** How many runs are looked through: what was cut off before them was left alone for long. */
const LOOKED_THROUGH = 50

/** Runs that were cut off and may be gone on with, newest first: begun, not ended, and nobody here is at them. */
export async function interruptedRuns(folder: string): Promise<readonly Run[]> {
  const { runs } = await loadRuns(folder, LOOKED_THROUGH)
  return runs.filter((run) => isUnfinishedRun(run) && !isBeingRun(run))
}

function isBeingRun({ owner }: Run): boolean {
  if (owner === null || owner.host !== hostname() || owner.pid === process.pid) return false
  return isSameProcessAlive(owner.pid, owner.start ?? null)
}
