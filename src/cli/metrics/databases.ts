// Metrics of databases, of the links between them and of replication slots.

import type { Lag, Link, Picture } from '../../model/picture.ts'
import { type Family, known, ofDatabases, type Sample } from './family.ts'

const STAGES = [
  ['sent', 'sentBytes'],
  ['written', 'writtenBytes'],
  ['flushed', 'flushedBytes'],
  ['replayed', 'replayedBytes'],
] as const satisfies readonly (readonly [string, keyof Lag])[]

/** What a link looked like when neither end answers any more is no figure of now. */
function ofLinks(samples: (link: Link, ends: { upstream: string; downstream: string }) => readonly Sample[]) {
  return ({ links, databases }: Picture): readonly Sample[] => {
    const read = new Set(
      databases.filter(({ problem, readAt }) => problem === null && readAt !== null).map(({ id }) => id),
    )
    return links
      .filter(({ upstreamId, downstreamId }) => read.has(upstreamId ?? '') || read.has(downstreamId ?? ''))
      .flatMap((link) => samples(link, endsOf(link)))
  }
}

/** One that is not watched has the name it shows itself with. */
function endsOf({ upstreamId, upstreamName, downstreamId, downstreamName }: Link) {
  return { upstream: upstreamId ?? upstreamName, downstream: downstreamId ?? downstreamName }
}

function ofSlots(figure: (slot: Picture['slots'][number]) => number | null): Family['samples'] {
  return ({ slots, databases }) => {
    const read = databases.filter(({ problem }) => problem === null).map(({ id }) => id)
    return slots
      .filter(({ databaseId }) => read.includes(databaseId))
      .flatMap((slot) => known(figure(slot), { node: slot.databaseId, slot: slot.name }))
  }
}

const NODES: readonly Family[] = [
  {
    name: 'pgdeck_up',
    help: 'Whether the last poll of a database was answered (1) or failed (0); left out before the first.',
    labels: ['node'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, problem, readAt }) => known(problem ? 0 : readAt === null ? null : 1, { node: id })),
  },
  {
    name: 'pgdeck_database_role',
    help: 'Role of a database: always 1, the role is a label (primary, replica or cascading-replica).',
    labels: ['node', 'role'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, role }) => known(role === 'unknown' ? null : 1, { node: id, role })),
  },
  {
    name: 'pgdeck_database_status',
    help: 'Status of a database: always 1, the status is a label.',
    labels: ['node', 'status'],
    samples: ({ databases }) =>
      databases.flatMap(({ id, status }) => known(status === 'unknown' ? null : 1, { node: id, status })),
  },
  {
    name: 'pgdeck_timeline',
    help: 'Timeline that a database is on.',
    labels: ['node'],
    samples: ofDatabases(({ timeline }) => timeline),
  },
  {
    name: 'pgdeck_wal_position_bytes',
    help: 'End of the write-ahead log: written on a primary, received on a replica.',
    labels: ['node'],
    samples: ofDatabases(({ lsn }) => lsn),
  },
  {
    name: 'pgdeck_replay_paused',
    help: 'Whether a replica has paused replay, asked for or by itself.',
    labels: ['node'],
    samples: ofDatabases(({ role, replayPaused }) => (role === 'primary' ? null : Number(replayPaused))),
  },
]

const SESSIONS: readonly Family[] = [
  {
    name: 'pgdeck_sessions',
    help: 'Sessions of clients.',
    labels: ['node'],
    samples: ofDatabases(({ sessions }) => sessions?.total),
  },
  {
    name: 'pgdeck_sessions_max',
    help: 'Most sessions that a database takes (max_connections).',
    labels: ['node'],
    samples: ofDatabases(({ sessions }) => sessions?.max),
  },
  {
    name: 'pgdeck_sessions_active',
    help: 'Sessions that run a statement.',
    labels: ['node'],
    samples: ofDatabases(({ sessions }) => sessions?.active),
  },
  {
    name: 'pgdeck_sessions_idle_in_transaction',
    help: 'Sessions that hold a transaction open without running a statement.',
    labels: ['node'],
    samples: ofDatabases(({ sessions }) => sessions?.idleInTransaction),
  },
  {
    name: 'pgdeck_sessions_waiting',
    help: 'Sessions that wait for a lock.',
    labels: ['node'],
    samples: ofDatabases(({ sessions }) => sessions?.waiting),
  },
  {
    name: 'pgdeck_oldest_transaction_age',
    help: 'Age of the oldest transaction ID in transactions; writes end at about 2.1e9.',
    labels: ['node'],
    samples: ofDatabases(({ pulse }) => pulse?.oldestTransactionAge),
  },
]

const LINKS: readonly Family[] = [
  {
    name: 'pgdeck_replication_lag_bytes',
    help: 'From the position of the upstream to what is sent, written, flushed or replayed downstream (stage).',
    labels: ['upstream', 'downstream', 'stage'],
    samples: ofLinks(({ lag }, ends) => STAGES.flatMap(([stage, field]) => known(lag[field], { ...ends, stage }))),
  },
  {
    name: 'pgdeck_replication_lag_seconds',
    help: 'Age of what the downstream has yet to replay; 0 when there is nothing.',
    labels: ['upstream', 'downstream'],
    samples: ofLinks(({ lag }, ends) => known(lag.seconds, ends)),
  },
  {
    name: 'pgdeck_slot_retained_bytes',
    help: 'Write-ahead log that a replication slot keeps back.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ retainedBytes }) => retainedBytes),
  },
  {
    name: 'pgdeck_slot_safe_bytes',
    help: 'What can still be written before a replication slot is in danger of being lost.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ safeBytes }) => safeBytes),
  },
  {
    name: 'pgdeck_slot_active',
    help: 'Whether a replication slot is in use.',
    labels: ['node', 'slot'],
    samples: ofSlots(({ active }) => Number(active)),
  },
]

export const databaseFamilies: readonly Family[] = [...NODES, ...SESSIONS, ...LINKS]
