// The figures of a database in the status document that tell whether its users stand still, now or soon.

import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { type ReadOnlyByDefault, readOnlyByDefault } from '../../model/measured/read-only-default.ts'
import type { DatabaseView, Picture } from '../../model/picture/picture.ts'
import { isPrimary, isReadAsPrimary, isReadAsStandby } from '../../model/picture/roles.ts'
import { commitWaitsOf } from '../../model/replication/sync/commit-waits.ts'
import { longestTransactionSeconds, preparedTransactions } from '../../model/sessions/longest-transaction.ts'
import { xminHorizonOf } from '../../model/sessions/xmin-horizon.ts'
import { workingArchiver } from '../../model/storage/archiver-stall.ts'
import { oldestMultixactAge } from '../../model/storage/frozen-ids.ts'

/** As of `readAt` of the database. */
export interface DatabaseFigures {
  /** Of a primary with sessions that wait for synchronous standbys, or whose settings ask for that. */
  readonly commitWaits: {
    readonly waiting: number
    readonly longestSeconds: number | null
    /** How many standbys are asked for beyond those that can confirm. */
    readonly standbysLacking: number
  } | null
  readonly readOnlyByDefault: ReadOnlyByDefault['kind'] | null
  readonly readOnlyDatabases: readonly string[]
  /** Of a server that archives. */
  readonly archiving: {
    readonly failing: boolean
    readonly waitingFiles: number | null
    readonly waitingSeconds: number | null
    /** How long ago they were counted. */
    readonly countedSecondsAgo: number | null
    readonly lastArchivedAt: string | null
  } | null
  /** Of a standby. */
  readonly replay: {
    readonly state: 'runs' | 'paused' | 'stalled' | 'unknown'
    /** How long it makes no progress. */
    readonly stalledSeconds: number | null
    readonly reason: string | null
  } | null
  readonly transactions: {
    readonly oldestIdAge: number | null
    readonly oldestMultixactAge: number | null
    /** Before PostgreSQL 19 no role of monitoring can read them. */
    readonly multixactMembers: number | null
    readonly longestSeconds: number | null
    readonly prepared: number | null
    readonly oldestPreparedSeconds: number | null
  } | null
  /** Of all databases of the server, by its cumulative statistics. Rates need two readings. */
  readonly throughput: {
    readonly committed: number | null
    readonly rolledBack: number | null
    readonly countedSince: string | null
    readonly commitsPerSecond: number | null
    readonly rollbacksPerSecond: number | null
    readonly walBytesPerSecond: number | null
  } | null
  /** What holds back the xmin horizon of a primary, over all nodes. */
  readonly xminHorizon: {
    readonly state: 'none' | 'held' | 'unknown'
    readonly age: number | null
    readonly holder: string | null
    /** Id of the database where it can be ended. */
    readonly database: string | null
    /** There may be an older holder that this role does not see. */
    readonly isBound: boolean
  } | null
  /** CONNECTION LIMITs of roles and databases that have sessions, the fullest first. */
  readonly connectionLimits: readonly {
    readonly kind: 'role' | 'database'
    readonly name: string
    readonly limit: number
    readonly used: number
  }[]
}

const NOT_READ: DatabaseFigures = {
  commitWaits: null,
  readOnlyByDefault: null,
  readOnlyDatabases: [],
  archiving: null,
  replay: null,
  transactions: null,
  throughput: null,
  xminHorizon: null,
  connectionLimits: [],
}

export function databaseFigures(view: DatabaseView, picture: Picture): DatabaseFigures {
  const { pulse } = view
  if (!pulse) return NOT_READ
  return {
    commitWaits: commitWaits(view),
    ...readOnly(view, pulse),
    archiving: archiving(view),
    replay: replay(view),
    transactions: transactions(view),
    throughput: throughput(view),
    xminHorizon: xminHorizon(view, picture),
    connectionLimits: (pulse.connectionLimits ?? []).map(({ kind, name, limit, used }) => ({
      kind,
      name,
      limit,
      used,
    })),
  }
}

function readOnly(
  view: DatabaseView,
  pulse: DatabasePulse,
): Pick<DatabaseFigures, 'readOnlyByDefault' | 'readOnlyDatabases'> {
  if (!isPrimary(view)) return { readOnlyByDefault: null, readOnlyDatabases: [] }
  const found = readOnlyByDefault(pulse)
  const names = found.kind === 'databases' ? found.names : found.kind === 'server' ? found.here : null
  return { readOnlyByDefault: names ? 'databases' : found.kind, readOnlyDatabases: names ?? [] }
}

function commitWaits({ pulse }: DatabaseView): DatabaseFigures['commitWaits'] {
  const waits = pulse && commitWaitsOf(pulse)
  if (!waits || !('waiting' in waits)) return null
  return { waiting: waits.waiting, longestSeconds: waits.longestSeconds, standbysLacking: waits.lacking }
}

function archiving({ pulse }: DatabaseView): DatabaseFigures['archiving'] {
  const archiver = pulse && workingArchiver(pulse)
  if (!archiver) return null
  const { failing, waiting, lastArchivedAt } = archiver
  return {
    failing,
    waitingFiles: waiting?.files ?? null,
    waitingSeconds: waiting?.seconds ?? null,
    countedSecondsAgo: waiting?.files == null ? null : (waiting.ageSeconds ?? 0),
    lastArchivedAt: lastArchivedAt === null ? null : new Date(lastArchivedAt).toISOString(),
  }
}

function replay({ pulse, replayPause, replayStall }: DatabaseView): DatabaseFigures['replay'] {
  if (!isReadAsStandby({ pulse })) return null
  if (replayPause) return { state: 'paused', stalledSeconds: null, reason: replayPause.text }
  if (replayStall === 'unknown') return { state: 'unknown', stalledSeconds: null, reason: null }
  if (replayStall) return { state: 'stalled', stalledSeconds: replayStall.seconds, reason: replayStall.text }
  return { state: 'runs', stalledSeconds: null, reason: null }
}

function throughput({ pulse, throughput: rates }: DatabaseView): DatabaseFigures['throughput'] {
  const counters = pulse?.transactionCounters
  const resetAt = counters?.resetAt ?? null
  return {
    committed: counters?.committed ?? null,
    rolledBack: counters?.rolledBack ?? null,
    countedSince: resetAt === null ? null : new Date(resetAt).toISOString(),
    commitsPerSecond: tenths(rates.commits),
    rollbacksPerSecond: tenths(rates.rollbacks),
    walBytesPerSecond: tenths(rates.walBytes),
  }
}

function transactions(view: DatabaseView): DatabaseFigures['transactions'] {
  const { pulse } = view
  if (!pulse?.transactions) return null
  const prepared = preparedTransactions(view)
  return {
    oldestIdAge: pulse.oldestTransactionAge,
    oldestMultixactAge: oldestMultixactAge(pulse),
    multixactMembers: pulse.transactions.multixactMembers,
    longestSeconds: longestTransactionSeconds(pulse),
    prepared: prepared?.count ?? null,
    oldestPreparedSeconds: prepared?.oldestSeconds ?? null,
  }
}

function xminHorizon(view: DatabaseView, picture: Picture): DatabaseFigures['xminHorizon'] {
  if (!isReadAsPrimary(view)) return null
  const found = xminHorizonOf(view, picture)
  if (found.kind !== 'held') return { state: found.kind, age: null, holder: null, database: null, isBound: false }
  const { age, text, nodeId } = found.holder
  return { state: 'held', age, holder: text, database: nodeId, isBound: found.isBound }
}

/** A tenth is finer than any of these rates is measured. */
function tenths(rate: number | null): number | null {
  return rate === null ? null : Math.round(rate * 10) / 10
}
