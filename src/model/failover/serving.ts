// Who serves the users now and who would next, for all deployment models.

import { fullAccess } from '../app-servers/server-judgement.ts'
import { isMonitor } from '../measured/managers/monitor.ts'
import { readOnlyByDefault } from '../measured/read-only-default.ts'
import type { ModelId, ServerType } from '../measured/spec.ts'
import type { AccessLevel, DatabaseView, FailoverEstimate, Mirroring, ServerView, Serving } from '../picture/picture.ts'
import { isActivePrimary, isPrimary } from '../picture/roles.ts'
import type { SplitBrain } from '../picture/split-brain.ts'
import { isDown } from '../picture/status.ts'

const TYPE_RANK: Readonly<Record<ServerType, number>> = { primary: 0, secondary: 1, 'read-only': 2 }
const ACCESS_RANK: Readonly<Record<AccessLevel, number>> = {
  'read-write': 0,
  'read-write-no-resets': 1,
  'read-only': 2,
  redirects: 3,
  none: 4,
}

/** The best access first; then the primary, the secondary and the read-only server; then configured order. */
function inOrder(offers: readonly (Serving & { readonly type: ServerType })[]): readonly Serving[] {
  return [...offers]
    .sort((a, b) => ACCESS_RANK[a.access] - ACCESS_RANK[b.access] || TYPE_RANK[a.type] - TYPE_RANK[b.type])
    .map(({ id, access }) => ({ id, access }))
}

/** The server that serves the users; null if there is none, or none is known to. */
export function servingServer(servers: readonly ServerView[]): Serving | null {
  const offers = servers.flatMap(({ id, type, access }) =>
    access !== null && ACCESS_RANK[access] <= ACCESS_RANK['read-only'] ? [{ id, type, access }] : [],
  )
  return inOrder(offers)[0] ?? null
}

/** Servers that are writable for their own users beside `serving`, while the link between mirrored databases is cut. */
export function alsoServing(
  servers: readonly ServerView[],
  exchange: readonly Mirroring[],
  serving: Serving | null,
): readonly Serving[] {
  if (serving === null || !exchange.some(({ state }) => state === 'cut')) return []
  return servers.flatMap(({ id, access }) =>
    id !== serving.id && access !== null && ACCESS_RANK[access] < ACCESS_RANK['read-only'] ? [{ id, access }] : [],
  )
}

/** Servers that would serve after `serving`, in order, with the access they would give. */
export function nextServers(
  servers: readonly ServerView[],
  databases: readonly DatabaseView[],
  model: ModelId,
  serving: Serving | null,
): readonly Serving[] {
  const offers = servers.flatMap((server) => {
    const access = server.id === serving?.id ? null : accessInTurn(server, databases, model)
    return access ? [{ id: server.id, type: server.type, access }] : []
  })
  return inOrder(offers)
}

/** The access of a server if it had to serve: one that redirects now would give the access of its database. */
function accessInTurn(server: ServerView, databases: readonly DatabaseView[], model: ModelId): AccessLevel | null {
  if (server.access === null || server.access === 'none') return null
  if (server.access !== 'redirects') return server.access
  const database = databases.find((view) => view.id === server.databaseId)
  if (database && isDown(database)) return null
  const full = fullAccess(server.type, model)
  return database && !isPrimary(database) && full !== 'read-only' ? 'read-only' : full
}

/**
 * The system identifiers that most of the databases have; several where as many have each. A database of another one
 * serves other users, and a monitor serves none.
 */
function mainSystems(databases: readonly DatabaseView[]): ReadonlySet<string> {
  const counted = Map.groupBy(
    databases.filter((view) => view.systemIdentifier !== null && !isMonitor(view)),
    ({ systemIdentifier }) => systemIdentifier ?? '',
  )
  const most = Math.max(0, ...[...counted.values()].map(({ length }) => length))
  return new Set([...counted].filter(([, { length }]) => length === most).map(([system]) => system))
}

/** A database that does not tell its system may be one of them. */
function isOfSystem(view: DatabaseView, systems: ReadonlySet<string>): boolean {
  return (
    !isMonitor(view) && (view.systemIdentifier === null || systems.size === 0 || systems.has(view.systemIdentifier))
  )
}

/** In the model without servers: the primary; if several are writable, the one that the users are most likely on. */
export function servingDatabase(databases: readonly DatabaseView[], splits: readonly SplitBrain[]): Serving | null {
  const systems = mainSystems(databases)
  const primaries = databases.filter((view) => isActivePrimary(view) && isOfSystem(view, systems))
  const chosen = splits.map(({ shown }) => shown)
  const members = splits.flatMap((split) => split.members.map(({ id }) => id))
  const best = primaries.find(({ id }) => chosen.includes(id)) ?? primaries.find(({ id }) => !members.includes(id))
  if (!best) return null
  const isReadOnly = best.pulse !== null && readOnlyByDefault(best.pulse).kind === 'server'
  return { id: best.id, access: isReadOnly ? 'read-only' : 'read-write' }
}

/** In the model without servers: the standby that a failover would promote. */
export function nextDatabases(failover: FailoverEstimate): readonly Serving[] {
  return failover.candidate === null ? [] : [{ id: failover.candidate, access: 'read-write' }]
}
