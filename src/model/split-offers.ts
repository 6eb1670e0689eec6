// What can be done about two databases that both take writes: fence one, then rewind it where that can work, or rebuild it.

import type { DatabaseView, Picture } from './picture.ts'

export interface WayOut {
  readonly label: 'to fence it' | 'to rewind it' | 'to rebuild it'
  readonly text: string
}

/** The ways out of a split brain, for each database but the one to keep; empty while there is none. */
export function waysOut(picture: Picture): readonly WayOut[] {
  return twins(picture).flatMap(({ keep, other }) => {
    const fence = `pgdeck do fence ${other.id}: stops ${other.name}; what it took since the two parted is not on ${keep.name}`
    return [
      { label: 'to fence it', text: fence },
      { label: 'to rewind it', text: rewindWords(other, keep) },
      {
        label: 'to rebuild it',
        text: `pgdeck do rebuild-replica ${other.id}: works in any case, and takes as long as a base backup`,
      },
    ] as const
  })
}

/** Each that should go, with the one of its system that should stay: the newest timeline, then the most that follow it. */
function twins({ databases }: Picture): readonly { readonly keep: DatabaseView; readonly other: DatabaseView }[] {
  const primaries = databases.filter(({ pulse, problem }) => problem === null && pulse?.position.kind === 'primary')
  const followers = (view: DatabaseView) => databases.filter(({ upstreamId }) => upstreamId === view.id).length
  const ranked = primaries.toSorted((a, b) => (b.timeline ?? 0) - (a.timeline ?? 0) || followers(b) - followers(a))
  return ranked.flatMap((other) => {
    const keep = ranked.find(
      ({ systemIdentifier }) => systemIdentifier !== null && systemIdentifier === other.systemIdentifier,
    )
    return keep && keep !== other ? [{ keep, other }] : []
  })
}

/** Whether pg_rewind can take one back to where it parted from the other, and why not. */
function rewindWords(other: DatabaseView, keep: DatabaseView): string {
  if (other.timeline !== null && other.timeline === keep.timeline) {
    return `can’t work: both are on timeline ${keep.timeline}, so that pg_rewind sees no difference`
  }
  const { rewindable } = other.pulse ?? {}
  if (rewindable === false) return `can’t work: wal_log_hints and checksums are off on ${other.name}`
  const command = `pg_rewind on the host of ${other.name}, after it was stopped cleanly`
  return rewindable
    ? `can work: ${command}; needs the WAL from before they parted`
    : `may work: ${command}, if wal_log_hints or checksums are on`
}
