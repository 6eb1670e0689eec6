// Which two databases mirror each other. Both are writable, and they may have the same system identifier: the pack for
// the second server contains a copy of the first one's data files.

import { isOtherSystem, isSameSystem } from '../measured/server-identity.ts'
import type { ClusterSpec } from '../measured/spec.ts'
import type { DatabaseView, Picture } from '../picture/picture.ts'

/** Ids of the databases of the primary and the secondary server, else the first two that are configured. */
export function mirroredIds({ model, servers, databases }: ClusterSpec): readonly [string, string] | null {
  if (model !== 'mirrored') return null
  const known = databases.map(({ id }) => id)
  const types = ['primary', 'secondary']
  const used = types.map((type) => servers.find((server) => server.type === type)?.databaseId ?? null)
  const named = [...new Set(used)].filter((id) => id !== null && known.includes(id))
  const configured = databases.filter((spec) => spec.configured).map(({ id }) => id)
  const [one, other] = named.length === 2 ? named : configured
  return one == null || other == null ? null : [one, other]
}

type MirroredPicture = Pick<Picture, 'databases' | 'mirroring'>

/** The mirrored database that this one is, or replicates from; null without one, or if unknown. */
function mirroredSideOf({ databases, mirroring }: MirroredPicture, id: string): string | null {
  const [pair] = mirroring
  const seen = new Set<string>()
  let at: string | null = pair ? id : null
  while (at !== null && !seen.has(at)) {
    if (at === pair?.from || at === pair?.to) return at
    seen.add(at)
    const current: string = at
    at = databases.find((view) => view.id === current)?.upstreamId ?? null
  }
  return null
}

/** Whether two databases belong to the two sides of a mirrored cluster: neither replaces the other, nor is its copy. */
export function areMirrored(
  picture: MirroredPicture,
  one: Pick<DatabaseView, 'id'>,
  other: Pick<DatabaseView, 'id'>,
): boolean {
  const [first, second] = [mirroredSideOf(picture, one.id), mirroredSideOf(picture, other.id)]
  return first !== null && second !== null && first !== second
}

/** Whether both have the same system identifier. False if one is unknown, and for a database that mirrors the other. */
export function areSameSystem(picture: MirroredPicture, one: DatabaseView, other: DatabaseView): boolean {
  return isSameSystem(one, other) && !areMirrored(picture, one, other)
}

/** Whether they are not known to be of different systems. */
export function mayBeCopies(picture: MirroredPicture, one: DatabaseView, other: DatabaseView): boolean {
  return !isOtherSystem(one, other) && !areMirrored(picture, one, other)
}
