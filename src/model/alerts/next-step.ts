// The next step after an alert: the key of the view or command that explains it.

import type { Alert, AlertRule } from '../picture/picture.ts'

export interface NextStep {
  /** As the footer shows it. */
  readonly key: string
  /** What the key shows, as the text after "key:". */
  readonly does: string
}

const DETAILS: NextStep = { key: 'enter', does: 'all its details, with what to do' }
const DIAGNOSIS: NextStep = { key: 'd', does: 'diagnose: each step of the connection, and the likely cause' }
const TOPOLOGY: NextStep = { key: '1', does: 'who serves and who is down' }
const REPLICATION: NextStep = { key: '2', does: 'the link from both ends, stage by stage' }
const SESSIONS: NextStep = { key: '3', does: 'its sessions, the longest first' }
const LOCKS: NextStep = { key: '4', does: 'which commits wait, and for which standby' }
const STORAGE: NextStep = { key: '5', does: 'WAL, slots and the archiver' }
const MANAGER: NextStep = { key: '1', does: 'the databases; enter there shows what the manager tells of each' }
const HOSTS: NextStep = { key: '6', does: 'the hosts, this one included' }

const NEXT: Readonly<Record<AlertRule, NextStep>> = {
  'nobody-serves': TOPOLOGY,
  'commits-wait': LOCKS,
  'primary-read-only': DIAGNOSIS,
  'server-inactive': DIAGNOSIS,
  'database-inactive': DIAGNOSIS,
  'no-new-connections': DIAGNOSIS,
  'login-refused': DIAGNOSIS,
  'replica-disconnected': REPLICATION,
  'split-brain': { key: '1', does: 'both writable databases, with their timelines' },
  'other-history': DIAGNOSIS,
  'replication-lag': REPLICATION,
  'replication-lag-seconds': REPLICATION,
  'replay-paused': REPLICATION,
  'replay-stalled': SESSIONS,
  'required-settings': DETAILS,
  'pending-restart': DETAILS,
  'slot-inactive': STORAGE,
  'slot-retained': STORAGE,
  'slot-lost': STORAGE,
  'slot-not-failover-ready': STORAGE,
  sessions: SESSIONS,
  'connections-for-users': SESSIONS,
  'lock-waits': { key: '4', does: 'who waits for whom, as a tree' },
  'idle-in-transaction': SESSIONS,
  'transaction-age': SESSIONS,
  'prepared-transactions': { key: '4', does: 'prepared transactions, with their owners' },
  'xmin-horizon': DIAGNOSIS,
  certificate: { key: '7', does: 'the certificates, with their expiry' },
  'read-only-serves': TOPOLOGY,
  'schedules-stopped': DIAGNOSIS,
  archiver: STORAGE,
  'archiver-stalled': STORAGE,
  wraparound: { key: '5', does: 'the age of its transactions' },
  multixact: DIAGNOSIS,
  disk: HOSTS,
  clock: HOSTS,
  'backup-age': DETAILS,
  'backup-window': DETAILS,
  stale: DIAGNOSIS,
  pooler: DIAGNOSIS,
  'two-servers': DETAILS,
  'address-silent': DETAILS,
  'address-elsewhere': DETAILS,
  'pooler-silent': DETAILS,
  'pooler-elsewhere': DETAILS,
  'pooler-paused': DETAILS,
  'pooler-disabled': DETAILS,
  'pooler-waiting': DETAILS,
  'proxy-silent': DETAILS,
  'proxy-elsewhere': DETAILS,
  'proxy-no-server': DETAILS,
  'cut-off': HOSTS,
  'started-without-restore': TOPOLOGY,
  'manager-silent': DETAILS,
  'manager-agent-down': DETAILS,
  'manager-no-candidate': MANAGER,
  'manager-paused': MANAGER,
  'dcs-lost': MANAGER,
  failsafe: MANAGER,
  'switchover-scheduled': MANAGER,
}

/** Returns the key to press after this alert; `enter` applies to the row of its subject. */
export function nextStepAfter({ rule }: Pick<Alert, 'rule'>): NextStep {
  return NEXT[rule]
}
