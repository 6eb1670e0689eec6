// Which database of the cluster an entry point leads to, and whether that is the right one.

import type { AddressReading, PooledDatabase, ProxiedServer } from '../measured/entry-points/entry-point-reading.ts'
import type { EntryPointRole } from '../measured/entry-points/entry-point-spec.ts'
import type { AddressView, Destination } from '../measured/entry-points/entry-point-view.ts'
import { isOtherSystem, isSameServer, isSameSystem } from '../measured/server-identity.ts'
import type { DatabaseView } from '../picture/picture.ts'
import { isReadableStandby, isWritable } from '../picture/roles.ts'
import type { SplitBrain } from '../picture/split-brain.ts'
import {
  connectsTo,
  formatEndpoint,
  normalizeAddress,
  type ServerEndpoints,
  serverEndpoints,
} from '../values/address.ts'
import { clean } from '../values/text.ts'

/** What the cluster is, to compare with. */
export interface ClusterDatabases {
  readonly databases: readonly DatabaseView[]
  readonly splitBrains: readonly SplitBrain[]
  /** Addresses that a pooler may lead to in place of a database. */
  readonly addresses: readonly AddressView[]
  /** The manager's names of the databases, by id: a proxy of Patroni mostly has these. */
  readonly memberNames: Readonly<Record<string, string>>
}

interface Place {
  readonly host: string
  readonly port: number
}

/** Where the server that answered belongs. Its own words say whether it is in recovery. */
export function addressDestination(
  reading: AddressReading,
  expects: EntryPointRole,
  { databases, splitBrains }: ClusterDatabases,
): Destination {
  const view = databaseBehind(reading, databases)
  const isRole = reading.isInRecovery === (expects === 'standby')
  if (view) {
    const isExpected = isRole && !isOtherPrimary(view.id, splitBrains)
    return { databaseId: view.id, name: view.name, isExpected }
  }
  const place = formatEndpoint(reading.serverAddress ?? 'a Unix socket', reading.port)
  if (databases.some((each) => isOtherSystem(each, reading)) && !databases.some((each) => isSameSystem(each, reading)))
    return { databaseId: null, name: `${place}, a server of another system`, isExpected: false }
  // A server that is not watched: with a primary in the cluster it is no other one.
  const isSecond = !reading.isInRecovery && databases.some(isWritable)
  return { databaseId: null, name: `${place}, not watched`, isExpected: isRole && !isSecond ? null : false }
}

/** By its identity; after a restart by its address, where the system is the same. */
function databaseBehind(reading: AddressReading, databases: readonly DatabaseView[]): DatabaseView | null {
  const { identity, serverAddress, port } = reading
  const same = databases.filter((view) => identity && view.identity && isSameServer(view.identity, identity))
  if (same.length > 0) return same.find(({ sameServerAs }) => sameServerAs === undefined) ?? same[0] ?? null
  if (serverAddress === null) return null
  const there = databases.filter(
    (view) => !isOtherSystem(view, reading) && isAt({ host: serverAddress, port }, NOWHERE, view),
  )
  // Where the system is not told either, a loopback address is that of every host.
  const isTold = reading.systemIdentifier !== null || normalizeAddress(serverAddress) !== '127.0.0.1'
  return isTold && there.length === 1 ? (there[0] ?? null) : null
}

const NOWHERE: ServerEndpoints = { addresses: [], ports: [] }

function isAt(place: Place, from: ServerEndpoints, view: DatabaseView): boolean {
  return connectsTo(place, from, serverEndpoints(view, view.pulse))
}

/** Where a database of a pooler leads: by its open connections, else by its configuration. `pooler`: of its console. */
export function poolDestinations(
  pool: PooledDatabase,
  pooler: Place,
  expects: EntryPointRole,
  cluster: ClusterDatabases,
): readonly Destination[] {
  const configured = (pool.host ?? pooler.host).split(',').map((host) => ({ host: host.trim(), port: pool.port }))
  // The address behind a name of several or of a proxy shows which one it is.
  const through = configured.flatMap((place) => viaAddress(place, expects, cluster))
  if (through.length > 0) return distinct(through)
  const places = pool.connectedTo.length > 0 ? pool.connectedTo : configured
  const from = { addresses: [normalizeAddress(pooler.host)], ports: [pooler.port] }
  return distinct(places.map((place) => placeDestination(place, from, expects, cluster)))
}

/**
 * The destination of an address of the configuration that is at this place. It is judged by what the pooler expects; an
 * address that does not answer is neither right nor wrong.
 */
function viaAddress({ host, port }: Place, expects: EntryPointRole, cluster: ClusterDatabases): readonly Destination[] {
  const found = cluster.addresses.find(
    ({ spec }) => spec.port === port && normalizeAddress(spec.host) === normalizeAddress(host),
  )
  if (!found) return []
  const { reading, problem, leadsTo } = found
  if (reading === null || problem !== null) return leadsTo.map((each) => ({ ...each, isExpected: null }))
  return [addressDestination(reading, expects, cluster)]
}

/** Which database a server of a proxy is: by its address, else by its name. */
export function proxiedDestination(
  { name, address }: Pick<ProxiedServer, 'name' | 'address'>,
  expects: EntryPointRole,
  cluster: ClusterDatabases,
): Destination {
  if (address) return placeDestination(address, NOWHERE, expects, cluster)
  const named = cluster.databases.filter((view) => isNamed(view, name, cluster.memberNames[view.id]))
  const [view] = named
  return view && named.length === 1
    ? destinationOf(view, expects, cluster)
    : { databaseId: null, name, isExpected: null }
}

function isNamed({ id, name }: DatabaseView, given: string, memberName: string | undefined): boolean {
  return [id, name, memberName].some((each) => each?.toLowerCase() === given.toLowerCase())
}

function placeDestination(
  place: Place,
  from: ServerEndpoints,
  expects: EntryPointRole,
  cluster: ClusterDatabases,
): Destination {
  const all = cluster.databases.filter((view) => isAt(place, from, view))
  // Of several DSNs of one server, one counts.
  const main = all.filter(({ sameServerAs }) => sameServerAs === undefined)
  const there = main.length > 0 ? main : all
  const [view] = there
  if (view && there.length === 1) return destinationOf(view, expects, cluster)
  return { databaseId: null, name: clean(formatEndpoint(place.host, place.port)), isExpected: null }
}

/** A database that does not answer is neither right nor wrong. */
function destinationOf(view: DatabaseView, expects: EntryPointRole, { splitBrains }: ClusterDatabases): Destination {
  const isStandby = isReadableStandby(view)
  const isKnown = isStandby || isWritable(view)
  const isRight = expects === 'standby' ? isStandby : !isStandby && !isOtherPrimary(view.id, splitBrains)
  return { databaseId: view.id, name: view.name, isExpected: isKnown ? isRight : null }
}

/** Of two primaries the one that is not to be kept. */
function isOtherPrimary(id: string, splitBrains: readonly SplitBrain[]): boolean {
  return splitBrains.some(
    ({ members, shown }) => shown !== id && members.some((member) => member.id === id && !member.isMirrored),
  )
}

function distinct(destinations: readonly Destination[]): readonly Destination[] {
  return [...new Map(destinations.map((each) => [each.databaseId ?? `at ${each.name}`, each])).values()]
}
