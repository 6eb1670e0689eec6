// The document of a notification.

import type { Alert, AlertRule, Severity } from '../picture/picture.ts'
import { subjectRecord, subjectText } from '../picture/subject.ts'
import { type NextStep, nextStepAfter } from './next-step.ts'

/** An alert in its cluster. */
export type ClusterAlert = Alert & { readonly cluster: string }

export type NotificationEvent = 'raised' | 'changed' | 'resolved'

/** The document that recipients get: `pgdeck.alert/1`. Times are RFC 3339 in UTC. */
export interface NotificationDocument {
  readonly schema: 'pgdeck.alert/1'
  readonly event: NotificationEvent
  readonly cluster: string
  readonly rule: AlertRule
  readonly severity: Severity
  /** Id of the server, database, slot (`database/slot`), host or file system (`host/data`), or the cluster's name. */
  readonly subject: string
  /** The server, database or host of the subject, or the cluster's name. */
  readonly owner: string
  readonly message: string
  readonly since: string
  /** The run in which it was raised and which still runs: `ann@jump-1 runs promote db-ro`; null: none. */
  readonly during: string | null
  readonly at: string
  /** The key that explains it; null after it is resolved. */
  readonly next: NextStep | null
  /** The end of the audit log at sending. Stored elsewhere, it proves the log later (`audit --verify --hash`). */
  readonly audit: AuditLogEnd | null
}

/** The number of lines of the audit log, and the SHA-256 of the last. */
export interface AuditLogEnd {
  readonly lines: number
  readonly hash: string
}

export interface NotificationMessage {
  readonly targetId: string
  /** Key of the alert, see keyOf. */
  readonly key: string
  readonly document: NotificationDocument
}

/** Identifies the alert in all clusters. */
export function clusterAlertKey({
  cluster,
  rule,
  subject,
}: Pick<ClusterAlert, 'cluster' | 'rule' | 'subject'>): string {
  return JSON.stringify([cluster, rule, subjectText(subject)])
}

/** Returns the document of an alert as of `now`. */
export function toNotificationDocument(
  alert: ClusterAlert,
  event: NotificationEvent,
  now: number,
): NotificationDocument {
  const { cluster, rule, severity, subject, message, since, during = null } = alert
  return {
    schema: 'pgdeck.alert/1',
    event,
    cluster,
    rule,
    severity,
    ...subjectRecord(subject),
    message,
    since: new Date(since).toISOString(),
    during,
    at: new Date(now).toISOString(),
    next: event === 'resolved' ? null : nextStepAfter(alert),
    audit: null,
  }
}
