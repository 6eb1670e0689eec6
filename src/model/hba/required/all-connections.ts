// The connections that pg_hba.conf must let in for the topology to work, now and after any failover.

import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { linkBetween } from '../../picture/neighbours.ts'
import type { DatabaseView } from '../../picture/picture.ts'
import { areMirrored } from '../../replication/mirrored-pair.ts'
import { clean } from '../../values/text.ts'
import { pgdeckClients } from './pgdeck-connections.ts'
import type { HbaAuditInput, HbaClient, RequiredConnection, RequiredConnectionKind } from './required-connection.ts'
import { serverClients } from './server-connections.ts'
import { rewindClients, standbyClients } from './standby-connections.ts'

/** With more databases than this, only those next in line are held to be able to become the primary. */
export const MAX_POSSIBLE_PRIMARIES = 24

/** Every connection that must be let in: standbys in both directions, application servers, pgdeck. */
export function requiredConnections(known: HbaAuditInput): readonly RequiredConnection[] {
  return [...replicationNeeds(known), ...serverNeeds(known), ...ownNeeds(known)]
}

/** The databases that may become the primary of their system, the primary itself left in: it may become it again. */
function possiblePrimaries({ snapshot, picture, planned }: HbaAuditInput): ReadonlySet<string> {
  const all = snapshot.databases.map(({ spec }) => spec.id)
  if (all.length <= MAX_POSSIBLE_PRIMARIES) return new Set(all)
  const { ifFails, candidate } = picture.failover
  return new Set([ifFails, candidate, planned?.upstream ?? null].filter((id): id is string => id !== null))
}

function replicationNeeds(known: HbaAuditInput): readonly RequiredConnection[] {
  const { snapshot, picture } = known
  const may = possiblePrimaries(known)
  return snapshot.databases.flatMap((from) =>
    snapshot.databases.flatMap((to) => {
      const link = linkBetween(picture, to.spec.id, from.spec.id)
      if (from === to || (!link && !(may.has(to.spec.id) && isOneSystem(from, to, known)))) return []
      const kind = link ? 'replicates from' : 'may replicate from'
      const rewinding = { spec: from.spec, displayName: `${from.displayName} (pg_rewind)` }
      return [
        ...standbyClients(from, to, known).map((client) => requiredConnection(kind, from, to, client)),
        ...rewindClients(from, to, known).map((client) => requiredConnection(kind, rewinding, to, client)),
      ]
    }),
  )
}

/** Whether one may follow the other. Of mirrored databases only what is known to be a copy may. */
function isOneSystem(one: DatabaseRecord, other: DatabaseRecord, { picture, snapshot }: HbaAuditInput): boolean {
  const systemOf = ({ spec }: DatabaseRecord) =>
    picture.databases.find(({ id }) => id === spec.id)?.systemIdentifier ?? null
  if (areMirrored(picture, one.spec, other.spec)) return false
  const [first, second] = [systemOf(one), systemOf(other)]
  if (first === null || second === null) return snapshot.spec.model !== 'mirrored'
  return first === second
}

function serverNeeds(known: HbaAuditInput): readonly RequiredConnection[] {
  const { snapshot, picture } = known
  const may = possiblePrimaries(known)
  return snapshot.servers.flatMap((server) => {
    const own = server.spec.databaseId
    // The read-only server keeps to its replica, mirrored servers to their own: only the others move in a failover.
    const moves = server.spec.type !== 'read-only' && snapshot.spec.model !== 'mirrored'
    return snapshot.databases.flatMap((to) => {
      const isOwn = to.spec.id === own
      if (!isOwn && !(moves && to.spec.configured && may.has(to.spec.id) && isTaken(to, picture.databases))) return []
      return serverClients(server, to, known).map((client) =>
        requiredConnection(isOwn ? 'uses' : 'may use', server, to, client),
      )
    })
  })
}

function isTaken({ spec }: DatabaseRecord, views: readonly DatabaseView[]): boolean {
  return views.some(({ id }) => id === spec.id)
}

function ownNeeds(known: HbaAuditInput): readonly RequiredConnection[] {
  return known.snapshot.databases.flatMap((to) =>
    pgdeckClients(to, known).map((client) => requiredConnection('watches', null, to, client)),
  )
}

interface Named {
  readonly spec: { readonly id: string }
  readonly displayName: string
}

function requiredConnection(
  kind: RequiredConnectionKind,
  from: Named | null,
  to: Named,
  client: HbaClient,
): RequiredConnection {
  const fromId = from?.spec.id ?? null
  const who = client.local ? 'local' : client.address.value
  const id = [fromId ?? '', to.spec.id, kind, client.user.value, client.database.value, who].join('>')
  const name = from ? clean(from.displayName) : 'pgdeck'
  return { ...client, id, kind, fromId, from: name, toId: to.spec.id, to: clean(to.displayName) }
}
