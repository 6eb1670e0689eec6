// Notes in the audit trail that somebody has taken logs away.

import { appendAuditLog } from '../../io/audit/audit-log-writer.ts'
import type { Principal } from '../../model/events/audit-entry.ts'
import { clean } from '../../model/values/text.ts'

export interface CollectionNote {
  /** Where the audit trail is. */
  readonly folder: string
  readonly who: Principal
  readonly cluster: string
  /** null: of the whole cluster. */
  readonly node: string | null
  readonly what: string
  readonly path: string
}

/** Answers with why it could not be noted; null when it was. What was collected is there all the same. */
export async function auditCollection({
  folder,
  who,
  cluster,
  node,
  what,
  path,
}: CollectionNote): Promise<string | null> {
  const entry = {
    at: Date.now(),
    who,
    cluster,
    server: node,
    category: 'user',
    what,
    plan: null,
    result: clean(path),
  } as const
  try {
    await appendAuditLog(folder, [entry])
    return null
  } catch (error) {
    return `the audit trail has no word of it: ${clean(error instanceof Error ? error.message : String(error))}`
  }
}
