// What is told of something that is wrong: by which rule, how bad, of what, since when.

/** Stable ids, also the names that `pgdeck check` takes. */
export const ALERT_RULES = [
  'nobody-serves',
  'server-inactive',
  'database-inactive',
  'replica-disconnected',
  'split-brain',
  'replication-lag',
  'replication-lag-seconds',
  'replay-paused',
  'required-settings',
  'slot-inactive',
  'slot-retained',
  'slot-lost',
  'sessions',
  'idle-in-transaction',
  'certificate',
  'read-only-serves',
  'archiver',
  'wraparound',
  'disk',
  'clock',
  'backup-age',
  'stale',
  'pooler',
  'two-servers',
  'cut-off',
  'started-without-restore',
  'manager-silent',
] as const
export type AlertRule = (typeof ALERT_RULES)[number]
export type Severity = 'warning' | 'critical'

export interface Alert {
  readonly rule: AlertRule
  readonly severity: Severity
  /**
   * Id of the server, database, slot (`database/slot`), host or file system (`host/data`, `host/wal`, `host/log`) it is
   * about; the cluster's name for the whole.
   */
  readonly subject: string
  /** One sentence: subject, figure, threshold. */
  readonly message: string
  readonly since: number
  /** The run in which it began and which still goes on: `ann@jump-1 runs promote db-ro`. Absent: none. */
  readonly during?: string
}

/** By which an alert is the same one in the next picture: its rule and its subject. */
export function alertKey({ rule, subject }: { readonly rule: AlertRule; readonly subject: string }): string {
  return `${rule} ${subject}`
}
