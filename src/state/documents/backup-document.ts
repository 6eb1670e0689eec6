// What documents tell of the backups of a database, as its configured source shows them.

import type { BackupView } from '../../model/picture/picture.ts'
import { type ProblemDocument, problemDocument } from './problem-document.ts'

export interface BackupDocument {
  readonly source: string
  /** When the newest one was taken; null: there is none, or unknown. */
  readonly takenAt: string | null
  readonly name: string | null
  /** A restore reaches each moment between; null: nothing can be restored, or the source does not tell. */
  readonly window: { readonly from: string; readonly to: string } | null
  /** null: unknown. */
  readonly running: boolean | null
  readonly trouble: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

/** The document; null without a configured source. */
export function backupDocument(view: BackupView | null): BackupDocument | null {
  if (view === null) return null
  const { source, at, name, window, isRunning, trouble, readAt, problem } = view
  return {
    source,
    takenAt: instant(at),
    name,
    window: window && { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() },
    running: isRunning,
    trouble,
    readAt: instant(readAt),
    problem: problemDocument(problem),
  }
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
