// A present fault as documents tell it.

import type { OngoingFault } from '../../model/picture/picture.ts'

export interface ProblemDocument {
  readonly code: OngoingFault['code']
  readonly message: string
  readonly since: string
  readonly hint: string | null
}

/** The document of a fault; null without one. */
export function problemDocument(problem: OngoingFault | null): ProblemDocument | null {
  if (!problem) return null
  const { code, message, since, hint } = problem
  return { code, message, since: new Date(since).toISOString(), hint }
}
