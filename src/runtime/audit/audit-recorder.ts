// Writes the audit log from the store: state changes and the actions of people. It disturbs nothing else.

import { readAuditLog } from '../../io/audit/audit-log-reader.ts'
import type { AuditEntry, Principal } from '../../model/events/audit-entry.ts'
import type { ClusterEvent } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { MAX_AUDIT_ENTRIES } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { newAuditEntries } from './audit-entries.ts'
import { createAuditQueue } from './audit-queue.ts'

export interface AuditRecorder {
  /** Adds an entry that is not a state change of a watched target. */
  note(entry: Omit<AuditEntry, 'at' | 'who'>): void
  /** Writes what is pending and ends. Takes at most a second and never throws. */
  close(): Promise<void>
}

export interface AuditRecorderOptions {
  readonly store: Store
  readonly folder: string
  readonly who: Principal
}

/**
 * Gives the store what the audit log holds, and writes its changes from now on. A failure is reported once, as a
 * notice, and disturbs nothing.
 */
export function startAuditRecorder({ store, folder, who }: AuditRecorderOptions): AuditRecorder {
  let isReported = false
  const failed = (error: unknown) => {
    if (!isReported) store.dispatch({ type: 'notified', notice: notice(error) })
    isReported = true
  }
  const written = (entries: readonly AuditEntry[]) => {
    isReported = false
    store.dispatch({ type: 'audit-written', entries: entries.toReversed() })
  }
  const writer = createAuditQueue({ folder, who, written, failed })
  readAuditLog({ folder, limit: MAX_AUDIT_ENTRIES }).then(
    (entries) => store.dispatch({ type: 'audit-read', entries: entries.toReversed() }),
    failed,
  )
  const seen = new Map<string, readonly ClusterEvent[]>()
  for (const { spec, events } of store.latest().clusters) seen.set(spec.name, events)
  const unsubscribe = store.subscribe(() => {
    for (const cluster of store.published().clusters) {
      const { name } = cluster.spec
      for (const entry of newAuditEntries(cluster, seen.get(name) ?? [], who)) writer.add(entry)
      seen.set(name, cluster.events)
    }
  })
  return {
    note: (entry) => writer.add({ ...entry, what: clean(entry.what), at: Date.now(), who }),
    async close() {
      unsubscribe()
      await writer.finish()
    },
  }
}

function notice(error: unknown) {
  const why = clean(messageOf(error))
  return { at: Date.now(), severity: 'warning', text: `audit log: ${why}; pgdeck continues to watch` } as const
}
