// Every cause that a diagnosis tells apart: what is said of the subject, and which of several causes is the root.

/** `says` follows the subject's name. The first of them that holds is the root: what follows is its consequence. */
const CAUSES = {
  'cut-off': 'can’t be judged, because this host is cut off from the network',
  'seen-by-others': 'is up as others see it; it can’t be seen from here',
  'disk-full': 'has no disk space left',
  'service-crashed': 'is down: its postmaster died',
  'service-stopped': 'is down: its service is stopped',
  'name-not-found': 'has a name that does not resolve here',
  'host-silent': 'is on a host that does not answer at all',
  'port-filtered': 'is on a host that answers, but something drops the packets to its port',
  'read-only-server-down': 'itself is down, while its replica is fine',
  'port-refused': 'is down: nothing listens on its port',
  'not-answering': 'takes connections but answers none: it hangs or its host is overloaded',
  'tls-expired': 'shows a certificate that has expired',
  'tls-wrong-name': 'shows a certificate for another name',
  'tls-untrusted': 'shows a certificate that is not trusted here',
  'tls-broken': 'does not complete the TLS handshake',
  'other-service': 'is not what listens on its port',
  'application-database-unreachable': 'is up, but can’t reach its database',
  'application-error': 'is up, but does not answer as it should',
  'database-starting': 'is starting up and takes no connections yet',
  'database-shutting-down': 'is shutting down',
  'no-hot-standby': 'is up, but takes no sessions: hot_standby is off',
  'too-many-connections': 'has no connection left',
  slow: 'is up, but too slow to be read',
  'hba-refuses-us': 'refuses pgdeck by its pg_hba.conf',
  'wrong-password': 'does not accept pgdeck’s password',
  'login-refused': 'does not let pgdeck in',
  'split-brain': 'takes writes beside another database of its system: a split brain',
  'source-down': 'gets no log, because its source is down',
  'other-system': 'is a copy of another cluster than its source',
  'timeline-fork': 'can’t follow its source: their histories have forked',
  'replication-hba': 'is refused by the pg_hba.conf of its source',
  'replication-credentials': 'can’t log in to its source',
  'slot-lost': 'can’t stream: its slot on the source is lost',
  'slot-missing': 'can’t stream: its slot is not there on the source',
  'slot-in-use': 'can’t stream: another one uses its slot',
  'senders-exhausted': 'can’t stream: its source has no connection left for it',
  'wal-removed': 'can’t stream: the WAL it needs was removed from the source',
  'replication-network': 'can’t reach its source over the network',
  'replication-broken': 'does not stream from its source',
  'standby-disconnected': 'is up, but a standby does not stream from it',
  'server-of-it-down': 'is fine, but an application server that uses it is not',
  'not-connected': 'answers, but no session of it is seen on its database',
  'replica-behind': 'is fine, but its replica does not stream',
  'hba-reverse': 'is fine, but its source would be refused by its pg_hba.conf after a failover',
  'replay-paused': 'receives, but does not replay',
  'read-only-database': 'is up, but its database takes no writes',
  'database-unreachable': 'answers, but its database can’t be reached from here',
  'connection-pooler': 'is behind a connection pooler: the dsn does not lead to the server itself',
  'disk-low': 'is running out of disk space',
  'clock-apart': 'and this host have clocks that are apart',
} as const

export type CauseId = keyof typeof CAUSES

export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[]

/** What is said of the subject after its name. */
export function causeText(cause: CauseId): string {
  return CAUSES[cause]
}

/** The root comes first. */
export function causeRank(cause: CauseId): number {
  return CAUSE_IDS.indexOf(cause)
}

/** With these nothing can be told of the subject itself. */
export const MASKING_CAUSES: ReadonlySet<CauseId> = new Set<CauseId>(['cut-off', 'seen-by-others'])
