// What documents tell of new connections to a database, beside the session that is open.

import type { NewConnectionsView } from '../../model/picture/picture.ts'
import { type ProblemDocument, problemDocument } from './problem-document.ts'

export interface NewConnectionsDocument {
  /** Whether the last test was answered; null: not tested yet. */
  readonly accepted: boolean | null
  /** When a test was answered last; null: never. */
  readonly answeredAt: string | null
  readonly problem: ProblemDocument | null
  /** Why pgdeck could not log in again; null: it could, or has not tried. */
  readonly loginProblem: ProblemDocument | null
}

/** The document; null before the first test. A single `status` makes none, as its own session is new. */
export function newConnectionsDocument(view: NewConnectionsView | null): NewConnectionsDocument | null {
  if (view === null) return null
  const { accepted, answeredAt, problem, loginProblem } = view
  return {
    accepted,
    answeredAt: answeredAt === null ? null : new Date(answeredAt).toISOString(),
    problem: problemDocument(problem),
    loginProblem: problemDocument(loginProblem),
  }
}
