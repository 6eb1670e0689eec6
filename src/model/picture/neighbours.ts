// What a database of the picture replicates from, what replicates from it, and by which links.

import type { DatabaseView, LinkView, Picture } from './picture.ts'

type Links = Pick<Picture, 'links'>
type Databases = Pick<Picture, 'databases'>

/** The watched database that it replicates from; null where none is known. */
export function upstreamOf(
  { databases }: Databases,
  { upstreamId }: Pick<DatabaseView, 'upstreamId'>,
): DatabaseView | null {
  return databases.find(({ id }) => id === upstreamId) ?? null
}

/** The watched databases that replicate from it, connected or not, in drawing order. */
export function standbysOf({ databases }: Databases, id: string): readonly DatabaseView[] {
  return databases.filter(({ upstreamId }) => upstreamId === id)
}

/** True where it replicates from that database, connected or not; false where nothing is known. */
export function isStandbyOf({ upstreamId }: Pick<DatabaseView, 'upstreamId'>, id: string | null | undefined): boolean {
  return upstreamId !== null && upstreamId === id
}

/** The links that lead out of a database: to watched standbys, and to whoever else takes WAL there. */
export function linksFrom({ links }: Links, id: string): readonly LinkView[] {
  return links.filter(({ upstreamId }) => upstreamId === id)
}

/**
 * How many connected standbys confirm commits of that primary as synchronous ones; null where this role may not see which
 * do.
 */
export function syncStandbyCount(picture: Links, primary: string): number | null {
  const links = linksFrom(picture, primary)
  const there = links.filter(({ sync }) => sync === 'sync' || sync === 'quorum').length
  return there === 0 && links.some(({ sync, state }) => sync === null && state !== 'disconnected') ? null : there
}

/** The link that a standby gets its WAL by. */
export function linkTo({ links }: Links, id: string): LinkView | null {
  return links.find(({ downstreamId }) => downstreamId === id) ?? null
}

/** The link between the two, or null. */
export function linkBetween({ links }: Links, upstream: string, downstream: string): LinkView | null {
  return links.find(({ upstreamId, downstreamId }) => upstreamId === upstream && downstreamId === downstream) ?? null
}
