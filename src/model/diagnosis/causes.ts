// Every cause of a diagnosis: its text, and which of several causes is the root.

/** `says` follows the subject's name. The first that holds is the root cause; later ones are its consequences. */
const CAUSES = {
  'cut-off': 'has an unknown state: this host is cut off from the network',
  'seen-by-others': 'is up as other nodes see it, but not reachable from here',
  'disk-full': 'has no disk space left',
  'start-refused': 'is down: it does not start',
  'service-crashed': 'is down: its postmaster died',
  'service-stopped': 'is down: its service is stopped',
  'not-asked': 'was not asked: pgdeck itself can’t',
  'name-not-found': 'has a name that does not resolve here',
  'host-silent': 'is on a host that does not answer at all',
  'port-filtered': 'is on a host that answers, but something drops the packets to its port',
  'read-only-server-down': 'itself is down, while its standby is up',
  'port-refused': 'is down: nothing listens on its port',
  'not-answering': 'accepts connections but does not answer: it hangs or its host is overloaded',
  'tls-expired': 'presents a certificate that has expired',
  'tls-wrong-name': 'presents a certificate for another name',
  'tls-untrusted': 'presents a certificate that is not trusted here',
  'tls-broken': 'does not complete the TLS handshake',
  'other-service': 'is not what listens on its port',
  'application-database-unreachable': 'is up, but can’t reach its database',
  'application-error': 'is up, but does not answer as it should',
  'database-starting': 'is starting up and accepts no connections yet',
  'database-shutting-down': 'is shutting down',
  'no-hot-standby': 'is up, but accepts no sessions: hot_standby is off',
  'not-accepting': 'is up, but accepts no sessions now: it is starting, stopping, or in recovery',
  'role-limit': 'is up, but the connection limit of pgdeck’s role is reached',
  'database-limit': 'is up, but the connection limit of the database that pgdeck uses is reached',
  'too-many-connections': 'has no connection slot left for pgdeck',
  slow: 'is up, but too slow for pgdeck to read',
  'hba-refuses-us': 'refuses pgdeck by its pg_hba.conf',
  'server-error': 'is up, but answers pgdeck with an error',
  'no-password': 'asks for a password that pgdeck does not have',
  'wrong-password': 'does not accept pgdeck’s password',
  'login-refused': 'refuses the login of pgdeck',
  'split-brain': 'is writable beside another database with the same system identifier: a split brain',
  'primary-read-only': 'is up, but is not writable',
  'commits-wait': 'is up, but its commits wait for a synchronous standby',
  'connections-for-users': 'is up, but refuses users: their connections are used up',
  wraparound: 'is up, but its transaction IDs are not frozen in time',
  multixact: 'is up, but its MultiXact IDs are not frozen in time',
  'dcs-lost': 'receives no WAL: its manager has lost its configuration store (DCS)',
  'source-down': 'receives no WAL: its upstream is down',
  'other-system': 'has another system identifier than its upstream',
  'replication-ring': 'receives from no primary: it is part of a ring of standbys',
  'timeline-fork': 'can’t follow its upstream: their timelines have forked',
  'replication-hba': 'is refused by the pg_hba.conf of its upstream',
  'replication-credentials': 'can’t log in to its upstream',
  'slot-lost': 'can’t stream: its slot on the upstream is lost',
  'slot-hollow': 'streams, but its slot retains no WAL for it any more',
  'slot-missing': 'can’t stream: its slot does not exist on the upstream',
  'slot-in-use': 'can’t stream: another standby uses its slot',
  'senders-exhausted': 'can’t stream: its upstream has no walsender left for it (max_wal_senders or max_connections)',
  'wal-removed': 'can’t stream: the WAL it needs was removed from the upstream',
  'replication-network': 'can’t reach its upstream over the network',
  'replication-broken': 'does not stream from its upstream',
  'standby-disconnected': 'is up, but a standby does not stream from it',
  'users-elsewhere': 'is up, but users do not reach it by every way',
  'entry-point-silent': 'does not answer',
  'entry-point-no-server': 'has no server that is up',
  'entry-point-elsewhere': 'leads to another database than it should',
  'entry-point-holds': 'keeps its clients waiting, or refuses them',
  'server-of-it-down': 'is up, but an application server that uses it is not',
  'not-connected': 'answers, but has no session on its database',
  'replica-behind': 'is up, but its standby does not stream',
  'hba-reverse': 'is up, but its pg_hba.conf would refuse its upstream after a failover',
  'replay-paused': 'receives, but does not replay',
  'replay-stalled': 'receives, but its replay stands still',
  'replay-behind': 'receives, but is too far behind with replay',
  'read-only-database': 'is up, but its database is read-only',
  'database-unreachable': 'answers, but its database is not reachable from here',
  'connection-pooler': 'is behind a connection pooler: the dsn does not name the server itself',
  'archiver-stalled': 'is up, but its WAL is not archived',
  'lock-waits': 'is up, but sessions wait for locks',
  'prepared-transactions': 'is up, but has an old prepared transaction',
  'transaction-age': 'is up, but has an old transaction',
  'xmin-horizon': 'is up, but VACUUM can’t remove old rows: something holds back the xmin horizon',
  'disk-low': 'is running out of disk space',
  'clock-apart': 'and this host have clocks that differ',
} as const

export type CauseId = keyof typeof CAUSES

export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[]

/** The text of a cause, after the subject's name. */
export function causeText(cause: CauseId): string {
  return CAUSES[cause]
}

/** The root cause has the lowest rank. */
export function causeRank(cause: CauseId): number {
  return CAUSE_IDS.indexOf(cause)
}

/** Causes that concern the session of pgdeck: others may use the same database. */
export const CAUSES_OF_OUR_SESSION: ReadonlySet<CauseId> = new Set<CauseId>([
  'not-asked',
  'tls-expired',
  'tls-wrong-name',
  'tls-untrusted',
  'tls-broken',
  'role-limit',
  'slow',
  'hba-refuses-us',
  'server-error',
  'no-password',
  'wrong-password',
  'login-refused',
  'connection-pooler',
])

/** Causes that leave the subject itself unknown. */
export const MASKING_CAUSES: ReadonlySet<CauseId> = new Set<CauseId>(['cut-off', 'not-asked', 'seen-by-others'])
