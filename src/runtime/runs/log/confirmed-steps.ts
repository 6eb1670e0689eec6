// Verifies that the steps of a run are the confirmed ones: the journal has their digest beside the confirmation.

import { createHash } from 'node:crypto'
import { readJournal } from '../../../io/runs/journal.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { Plan } from '../../../model/runs/plan.ts'
import type { JournalEntry } from '../../../model/runs/run.ts'
import { messageOf } from '../../../model/values/fault.ts'

/** SHA-256 of the steps as a journal stores them, with their order and arguments. */
export function digestOfSteps({ steps }: Pick<Plan, 'steps'>): string {
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex')
}

/**
 * Throws ActionError if the journal holds other steps than were confirmed, because it was edited, and if it can't be
 * read. Journals of versions without a digest pass, and so does a run without a journal.
 */
export async function requireConfirmedSteps(folder: string, id: string): Promise<void> {
  let steps: string | null = null
  for (const entry of await journalOf(folder, id)) {
    if (entry.type === 'planned') steps = digestOfSteps(entry.plan)
    if (entry.type !== 'confirmed' || entry.steps === undefined || entry.steps === steps) continue
    throw new ActionError(
      `pgdeck does not run or undo the steps of run ${id}: the steps in its journal are not those that were confirmed`,
      `Nothing was changed now. pgdeck runs ${id} shows what was done: undo that by hand where needed, then plan again.`,
    )
  }
}

async function journalOf(folder: string, id: string): Promise<readonly JournalEntry[]> {
  try {
    return (await readJournal(folder, id)) ?? []
  } catch (error) {
    // A file is in place of the folder: there is no journal to read.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return []
    throw new ActionError(
      `pgdeck can’t read the journal of run ${id}: ${messageOf(error)}`,
      'pgdeck continues to watch; actions need a readable and writable state directory.',
      { cause: error },
    )
  }
}
