// Poolers, proxies and addresses in the status document.

import type {
  Destination,
  EntryPointStatus,
  EntryPointView,
} from '../../model/measured/entry-points/entry-point-view.ts'
import { type ProblemDocument, problemDocument } from './problem-document.ts'

/** Durations are seconds, times RFC 3339 in UTC. Unknown is null. */
export interface EntryPointDocument {
  readonly id: string
  readonly kind: EntryPointView['kind']
  readonly where: string
  readonly expects: EntryPointView['expects']
  readonly status: EntryPointStatus
  readonly leadsTo: readonly DestinationDocument[]
  readonly sessions: number | null
  readonly waiting: number | null
  /** null for a proxy or an address. */
  readonly longestWaitSeconds: number | null
  /** Of a pooler: its databases; empty for the others. */
  readonly pools: readonly PoolDocument[]
  /** Of a proxy: the servers of its backend; empty for the others. */
  readonly servers: readonly ProxiedServerDocument[]
  /** Of an address: the server that answered a new session; null for the others. */
  readonly server: ReachedServerDocument | null
  readonly since: string | null
  readonly readAt: string | null
  readonly problem: ProblemDocument | null
}

interface DestinationDocument {
  /** Id of a database of the cluster; null: none that is known. */
  readonly database: string | null
  readonly name: string
  readonly expected: boolean | null
}

interface PoolDocument {
  readonly name: string
  readonly host: string | null
  readonly port: number
  readonly paused: boolean
  readonly disabled: boolean
  readonly clientsActive: number
  readonly clientsWaiting: number
  readonly longestWaitSeconds: number
  readonly serversActive: number
  readonly serversIdle: number
  readonly leadsTo: readonly DestinationDocument[]
}

interface ProxiedServerDocument {
  readonly name: string
  readonly status: string
  readonly used: boolean
  readonly backup: boolean
  readonly sessions: number
  readonly sinceSeconds: number | null
  readonly check: string | null
  readonly address: string | null
  readonly database: string | null
}

interface ReachedServerDocument {
  readonly systemIdentifier: string | null
  readonly address: string | null
  readonly port: number
  readonly inRecovery: boolean
  readonly pooler: boolean
  readonly latencyMs: number
}

export function entryPointDocument(view: EntryPointView): EntryPointDocument {
  const { id, kind, where, expects, status, sessions, waiting, since, readAt } = view
  return {
    id,
    kind,
    where,
    expects,
    status,
    leadsTo: view.leadsTo.map(destinationDocument),
    sessions,
    waiting,
    longestWaitSeconds: longestWait(view),
    pools: view.kind === 'pooler' ? view.databases.map(poolDocument) : [],
    servers: view.kind === 'proxy' ? view.servers.map(proxiedServerDocument) : [],
    server: view.kind === 'address' ? reachedServer(view) : null,
    since: instantOf(since),
    readAt: instantOf(readAt),
    problem: problemDocument(view.problem),
  }
}

function destinationDocument({ databaseId, name, isExpected }: Destination): DestinationDocument {
  return { database: databaseId, name, expected: isExpected }
}

function longestWait(view: EntryPointView): number | null {
  if (view.kind !== 'pooler' || view.readAt === null) return null
  return Math.max(0, ...view.databases.map(({ longestWaitSeconds }) => thousandths(longestWaitSeconds)))
}

function poolDocument(pool: Extract<EntryPointView, { kind: 'pooler' }>['databases'][number]): PoolDocument {
  const { name, host, port, paused, disabled, clientsActive, clientsWaiting, serversActive, serversIdle } = pool
  return {
    name,
    host,
    port,
    paused,
    disabled,
    clientsActive,
    clientsWaiting,
    longestWaitSeconds: thousandths(pool.longestWaitSeconds),
    serversActive,
    serversIdle,
    leadsTo: pool.leadsTo.map(destinationDocument),
  }
}

function proxiedServerDocument(
  server: Extract<EntryPointView, { kind: 'proxy' }>['servers'][number],
): ProxiedServerDocument {
  const { name, status, isUsed, isBackup, sessions, sinceSeconds, check, address, destination } = server
  return {
    name,
    status,
    used: isUsed,
    backup: isBackup,
    sessions,
    sinceSeconds,
    check,
    address: address ? `${address.host}:${address.port}` : null,
    database: destination.databaseId,
  }
}

function reachedServer({ reading }: Extract<EntryPointView, { kind: 'address' }>): ReachedServerDocument | null {
  if (!reading) return null
  const { systemIdentifier, serverAddress, port, isInRecovery, pooler, latencyMs } = reading
  return {
    systemIdentifier,
    address: serverAddress,
    port,
    inRecovery: isInRecovery,
    pooler: pooler !== null,
    latencyMs: thousandths(latencyMs),
  }
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function thousandths(figure: number): number {
  return Math.round(figure * 1000) / 1000
}
