// Values and parts that several JSON documents share.

import type { Lag } from '../../src/model/picture/picture.ts'
import type { ClusterRunDocument } from '../../src/state/documents/status-document.ts'
import { describePart } from './describe.ts'

export const HEALTH = {
  about: 'the worst of its alerts or results',
  values: { ok: 'nothing is wrong', warning: 'a warning', critical: 'a critical problem', unknown: 'not known' },
} as const

const SEVERITY = {
  about: 'how bad it is',
  values: { warning: 'a warning', critical: 'a critical problem' },
} as const

export const MODELS = {
  about: 'how servers and databases belong together',
  values: {
    'shared-database-with-read-only': 'two servers on one database, and a read-only server on its standby',
    'primary-with-read-only': 'one server, and read-only servers on standbys',
    'shared-database': 'two servers on one database',
    mirrored: 'two servers with a database each, which exchange their changes',
    databases: 'databases alone',
  },
} as const

export const ACCESS = {
  about: 'what it gives its users',
  values: {
    'read-write': 'everything',
    'read-write-no-resets': 'everything except resets of passwords',
    'read-only': 'reading only',
    redirects: 'sends users to another server',
    none: 'nothing',
  },
} as const

export const DATABASE_STATUS = {
  about: 'its state',
  values: {
    active: 'a primary that answers',
    streaming: 'a standby that streams',
    'catching-up': 'a standby that receives or replays older WAL',
    archive: 'a standby that restores WAL files from an archive',
    'shared-storage': 'a reader of Aurora, which reads the storage of its writer',
    disconnected: 'a standby without a connection to its upstream',
    starting: 'starting up, or it accepts no sessions',
    stopping: 'shutting down',
    inactive: 'does not answer',
    unknown: 'not read yet, or unreachable from here',
  },
} as const

export const LINK_STATE = {
  about: 'its state',
  values: {
    streaming: 'sends new WAL',
    catchup: 'sends older WAL',
    startup: 'starting',
    stopping: 'stopping',
    backup: 'sends a base backup',
    archive: 'there is no connection; the standby restores WAL files from an archive',
    'shared-storage': 'there is no connection; a reader of Aurora reads the storage of its writer',
    disconnected: 'there is no connection',
    unknown: 'neither end can be read',
  },
} as const

export const SYNC = {
  about: '`sync_state` of `pg_stat_replication`; null: unknown',
  values: {
    async: 'asynchronous',
    potential: 'may become synchronous',
    sync: 'synchronous',
    quorum: 'part of a quorum',
  },
} as const

export const LAG = describePart<Lag>()({
  bytes: 'bytes: from the upstream’s position to the replayed position; null: unknown',
  seconds: 'seconds: `replay_lag`, or the closest estimate; null: unknown',
  sentBytes: 'bytes: not sent; null: unknown',
  writtenBytes: 'bytes: not written by the standby; null: unknown',
  flushedBytes: 'bytes: not flushed by the standby; null: unknown',
  replayedBytes: 'bytes: not replayed by the standby; null: unknown',
  atLeast: 'flag: true if the upstream can’t be read, so that newer WAL is not counted; absent otherwise',
  inUnfinishedFile:
    'bytes: of a standby that an archive feeds, so much is in the WAL file that the upstream still writes; absent otherwise',
})

/** A run on any host, as the sessions that lock its cluster show it. */
export const OBSERVED_RUN = describePart<ClusterRunDocument>()({
  by: 'text: user and host, such as `ann@jump-1`',
  action: 'text: the action, as in actions.md',
  target: 'text: id of its target, shortened if it is long; null: the whole cluster',
  step: 'number: of its step, from 1; 0 before the first',
  steps: 'number: how many steps it has',
  startedAt: 'time: when it began; null: hidden from this role',
  sessions: {
    about: 'the sessions that lock the cluster for it',
    each: {
      database: 'text: id of the database',
      process: 'number: process id of the backend',
      role: 'text: its role; null: hidden',
      address: 'text: its client address; null: hidden, or a Unix socket',
    },
  },
})

/** What every document tells of an alert. */
export const ALERT = {
  rule: 'id: the rule, as in checks.md',
  severity: SEVERITY,
  subject: 'text: `db-a`, `db-a/slot` or `host/data`; the name of the cluster for the whole',
  owner: 'text: the server, database or host of the subject, or the name of the cluster',
  message: 'text: one sentence with figure and limit',
  since: 'time: when it began',
} as const
