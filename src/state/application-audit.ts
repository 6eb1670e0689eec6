// How a reading of the audit of an application changes its server. A fault erases no entry.

import { UNREAD_SOURCE, withReading } from '../model/application-audit/entry.ts'
import type { ServerRecord } from '../model/measured/snapshot.ts'
import type { MeasurementEvent } from './event.ts'

type AuditReadEvent = Extract<MeasurementEvent, { readonly type: 'application-audit-read' }>

/** The server after the reading of one source. */
export function withAuditOutcome(record: ServerRecord, { source, at, outcome }: AuditReadEvent): ServerRecord {
  const count = record.spec.auditSources?.length ?? 0
  const audits = Array.from({ length: count }, (_, index) => {
    const before = record.audits?.[index] ?? UNREAD_SOURCE
    if (index !== source) return before
    return outcome.ok ? withReading(before, outcome.value, at) : { ...before, fault: outcome.fault }
  })
  return { ...record, audits }
}
