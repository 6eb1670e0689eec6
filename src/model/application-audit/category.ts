// The category of an entry of an application: `User`, `Task Audit`, `resources` are the three that pgdeck has too.

import type { AuditCategory } from '../events/audit-entry.ts'

const KNOWN: readonly (readonly [RegExp, AuditCategory])[] = [
  [/^resources?\b/i, 'resource'],
  [/^users?\b/i, 'user'],
  [/^(?:scheduled )?(?:tasks?|jobs?|schedules?)\b/i, 'task'],
]

/** Returns the category that a text means; null for any other word of the product. */
export function categoryOfText(text: string | null): AuditCategory | null {
  return KNOWN.find(([pattern]) => text !== null && pattern.test(text))?.[1] ?? null
}
