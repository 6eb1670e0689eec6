// Events of alerts that were raised, got worse or ended. What a change of status already reports is left out.

import { isSubjectReadable } from '../alerts/silence.ts'
import { alertKey } from '../picture/alert.ts'
import type { Alert, AlertRule, ClusterEvent, Picture } from '../picture/picture.ts'
import { subjectName } from '../picture/subject-name.ts'
import { formatAge } from '../values/units.ts'

/** The text for the end of an alert; null if a change of status reports it. */
const TITLES: Readonly<Record<AlertRule, string | null>> = {
  'nobody-serves': null,
  'server-inactive': null,
  'database-inactive': null,
  'replica-disconnected': null,
  'read-only-serves': null,
  'schedules-stopped': null,
  'no-new-connections': 'refusal of new connections',
  'login-refused': 'refused login of pgdeck',
  'split-brain': 'split brain',
  'other-history': 'history of its own',
  'primary-read-only': 'primary that is not writable',
  'commits-wait': 'commits that wait for a synchronous standby',
  'replication-lag': 'replication lag',
  'replication-lag-seconds': 'replication lag in seconds',
  'replay-paused': 'pause of replay',
  'replay-stalled': 'replay that stands still',
  'required-settings': 'settings below the primary’s',
  'pending-restart': 'settings that wait for a restart',
  'slot-inactive': 'inactive slot',
  'slot-retained': 'WAL retained by a slot',
  'slot-lost': 'lost slot',
  'slot-not-failover-ready': 'failover slot without a synchronized copy',
  sessions: 'sessions near the limit',
  'connections-for-users': 'limit of connections that refuses users',
  'lock-waits': 'waits for locks',
  'idle-in-transaction': 'session idle in a transaction',
  'transaction-age': 'old transaction',
  'prepared-transactions': 'old prepared transaction',
  'xmin-horizon': 'xmin horizon that was held back',
  certificate: 'certificate problem',
  archiver: 'failing archiver',
  'archiver-stalled': 'archiver that stands still',
  wraparound: 'old transactions',
  multixact: 'old MultiXact IDs',
  disk: 'low disk space',
  clock: 'clock difference',
  'backup-age': 'old backup',
  'backup-window': 'backup that can’t be restored',
  stale: 'missing readings',
  pooler: 'connection pooler',
  'started-without-restore': 'start without restore',
  'two-servers': 'second server behind one dsn',
  'address-silent': 'address without an answer',
  'address-elsewhere': 'address that leads elsewhere',
  'pooler-silent': 'pooler that tells nothing',
  'pooler-elsewhere': 'pooler that leads elsewhere',
  'pooler-paused': 'pause of a pooler',
  'pooler-disabled': 'disabled database of a pooler',
  'pooler-waiting': 'clients that wait in a pooler',
  'proxy-silent': 'proxy that tells nothing',
  'proxy-elsewhere': 'proxy that leads elsewhere',
  'proxy-no-server': 'proxy without a server',
  'cut-off': 'network loss of this host',
  'manager-silent': 'manager without an answer',
  'manager-agent-down': 'agent of the manager down',
  'manager-no-candidate': 'manager without a candidate',
  'manager-paused': 'paused manager',
  'dcs-lost': 'loss of the configuration store (DCS)',
  failsafe: 'failsafe mode',
  'switchover-scheduled': 'scheduled switchover',
}

export function alertEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const before = new Map(previous.alerts.map((alert) => [alertKey(alert), alert]))
  const after = new Map(next.alerts.map((alert) => [alertKey(alert), alert]))
  const raised = next.alerts.filter((alert) => {
    const old = before.get(alertKey(alert))
    return TITLES[alert.rule] !== null && (!old || (old.severity === 'warning' && alert.severity === 'critical'))
  })
  const ended = previous.alerts.filter(
    (alert) => TITLES[alert.rule] !== null && !after.has(alertKey(alert)) && isSubjectReadable(alert.subject, next),
  )
  return [
    ...ended.map((alert) => {
      const lasted = formatAge(next.at - alert.since)
      return happening(alert, next, 'ok', `${TITLES[alert.rule]}: over after ${lasted}`)
    }),
    ...raised.map((alert) => happening(alert, next, alert.severity, alert.message)),
  ]
}

function happening(alert: Alert, next: Picture, severity: ClusterEvent['severity'], text: string): ClusterEvent {
  const { subject, rule } = alert
  const name = subjectName(next, subject)
  return { at: next.at, severity, subject, subjectName: name, text: withoutName(text, name), rule }
}

/** The name is already beside the text. */
function withoutName(text: string, name: string): string {
  for (const start of [`${name}: `, `${name} `]) if (text.startsWith(start)) return text.slice(start.length)
  return text
}
