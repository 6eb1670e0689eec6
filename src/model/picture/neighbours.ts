// The upstream and the standbys of a database in the picture, and its links.

import { connectsTo, serverEndpoints } from '../values/address.ts'
import { listText } from '../values/text.ts'
import type { DatabaseView, LinkView, Picture } from './picture.ts'
import { isReadableStandby, standbyPositionOf } from './roles.ts'
import { isFlowing, isReplicating } from './status.ts'

type Links = Pick<Picture, 'links'>
type Databases = Pick<Picture, 'databases'>

/** Returns the watched database that it replicates from; null if unknown. */
export function upstreamOf(
  { databases }: Databases,
  { upstreamId }: Pick<DatabaseView, 'upstreamId'>,
): DatabaseView | null {
  return databases.find(({ id }) => id === upstreamId) ?? null
}

/** Returns the watched databases that replicate from it, connected or not, in drawing order. */
export function standbysOf({ databases }: Databases, id: string): readonly DatabaseView[] {
  return databases.filter(({ upstreamId }) => upstreamId === id)
}

/** True if it replicates from that database, connected or not; false if unknown. */
export function isStandbyOf({ upstreamId }: Pick<DatabaseView, 'upstreamId'>, id: string | null | undefined): boolean {
  return upstreamId !== null && upstreamId === id
}

/** Returns the links from a database: to watched standbys, and to unwatched receivers of WAL. */
export function linksFrom({ links }: Links, id: string): readonly LinkView[] {
  return links.filter(({ upstreamId }) => upstreamId === id)
}

/** Returns how many connected standbys of that primary are synchronous; null if hidden from this role. */
export function syncStandbyCount(picture: Links, primary: string): number | null {
  const links = linksFrom(picture, primary)
  const there = links.filter(({ sync }) => sync === 'sync' || sync === 'quorum').length
  return there === 0 && links.some(({ sync, state }) => sync === null && state !== 'disconnected') ? null : there
}

/** Returns the link through which a standby receives WAL. */
export function linkTo({ links }: Links, id: string): LinkView | null {
  return links.find(({ downstreamId }) => downstreamId === id) ?? null
}

/** The link between the two, or null. */
export function linkBetween({ links }: Links, upstream: string, downstream: string): LinkView | null {
  return links.find(({ upstreamId, downstreamId }) => upstreamId === upstream && downstreamId === downstream) ?? null
}

/**
 * The standbys that replicate from each other in a circle, beginning with this one and going up; empty where it is part of none. One
 * that replicates from itself is a circle of its own.
 */
export function ringAround({ databases }: Databases, id: string): readonly DatabaseView[] {
  const ring: DatabaseView[] = []
  let at = databases.find((view) => view.id === id) ?? null
  while (at && !ring.includes(at)) {
    if (!isReadableStandby(at) || !isReplicating(at)) return []
    ring.push(at)
    at = isItsOwnUpstream(at) ? at : upstreamOf({ databases }, at)
  }
  return at?.id === id ? ring : []
}

/** A standby can stream from itself. That it has a walsender tells its address from the same one on another host. */
function isItsOwnUpstream(view: DatabaseView): boolean {
  const receiver = standbyPositionOf(view)?.receiver
  if (!receiver || view.pulse?.senders.length === 0) return false
  const own = serverEndpoints(view, view.pulse)
  return connectsTo({ host: receiver.senderHost, port: receiver.senderPort }, own, own)
}

/** `a and b replicate from each other (a from b, b from a)`. */
export function ringText(ring: readonly Pick<DatabaseView, 'name'>[]): string {
  const [first] = ring
  if (!first) return ''
  if (ring.length === 1) return `${first.name} replicates from itself`
  const pairs = ring.map(({ name }, index) => `${name} from ${ring[(index + 1) % ring.length]?.name}`)
  return `${listText(ring.map(({ name }) => name))} replicate from each other (${pairs.join(', ')})`
}

/** `: dr1 streams from 10.0.0.9:5432, which is not watched`; empty where no standby gets its WAL from elsewhere. */
export function elsewhereText({ links }: Links): string {
  const heads = links.filter(({ upstreamId, downstreamId }) => upstreamId === null && downstreamId !== null)
  const link = heads.find(({ upstreamName, state }) => upstreamName !== '?' && isFlowing(state))
  if (link) return `: ${link.downstreamName} streams from ${link.upstreamName}, which is not watched`
  const fed = heads.find(({ state }) => state === 'archive')
  return fed ? `: ${fed.downstreamName} restores WAL from an archive, and its primary is not watched` : ''
}
