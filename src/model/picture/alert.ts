// Alerts: the rule, the severity, the subject, and since when.

import { type Subject, type SubjectRecord, subjectFromRecord, subjectText } from './subject.ts'

/** Stable ids. `pgdeck check` takes them as names. */
export const ALERT_RULES = [
  'nobody-serves',
  'commits-wait',
  'primary-read-only',
  'server-inactive',
  'database-inactive',
  'no-new-connections',
  'login-refused',
  'replica-disconnected',
  'split-brain',
  'other-history',
  'replication-lag',
  'replication-lag-seconds',
  'replay-paused',
  'replay-stalled',
  'required-settings',
  'pending-restart',
  'slot-inactive',
  'slot-retained',
  'slot-lost',
  'slot-not-failover-ready',
  'sessions',
  'connections-for-users',
  'lock-waits',
  'idle-in-transaction',
  'transaction-age',
  'prepared-transactions',
  'xmin-horizon',
  'certificate',
  'read-only-serves',
  'schedules-stopped',
  'archiver',
  'archiver-stalled',
  'wraparound',
  'multixact',
  'disk',
  'clock',
  'backup-age',
  'backup-window',
  'stale',
  'pooler',
  'two-servers',
  'address-silent',
  'address-elsewhere',
  'pooler-silent',
  'pooler-elsewhere',
  'pooler-paused',
  'pooler-disabled',
  'pooler-waiting',
  'proxy-silent',
  'proxy-elsewhere',
  'proxy-no-server',
  'cut-off',
  'started-without-restore',
  'manager-silent',
  'manager-agent-down',
  'manager-no-candidate',
  'manager-paused',
  'dcs-lost',
  'failsafe',
  'switchover-scheduled',
] as const
/** The text of `nobody-serves`, also of its event and at the end of a run. */
export const NOBODY_SERVES_TEXT = 'no server serves the users'

export type AlertRule = (typeof ALERT_RULES)[number]
export type Severity = 'warning' | 'critical'

export interface Alert {
  readonly rule: AlertRule
  readonly severity: Severity
  readonly subject: Subject
  /** One sentence: subject, figure, threshold. */
  readonly message: string
  readonly since: number
  /** The run in which it was raised and which still runs: `ann@jump-1 runs promote db-ro`. Absent: none. */
  readonly during?: string
}

/** Identifies an alert in the next picture: its rule and its subject. */
export function alertKey({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): string {
  return `${rule} ${subjectText(subject)}`
}

/** Rules with a part as subject: a slot of a database, a file system of a host. */
const RULES_OF_PARTS: ReadonlySet<AlertRule> = new Set<AlertRule>([
  'slot-inactive',
  'slot-retained',
  'slot-lost',
  'slot-not-failover-ready',
  'disk',
])

/** Returns the subject of a stored alert, also from a version that stored only its text. */
export function alertSubject(rule: AlertRule | null, record: SubjectRecord): Subject {
  return subjectFromRecord(record, rule !== null && RULES_OF_PARTS.has(rule))
}
