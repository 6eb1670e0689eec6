// Which files of a log folder may be taken away: those that whoever may write the folder could have read anyway.

/** Of a file or folder, as the host tells of it. */
export interface LogFileStat {
  readonly uid: number
  /** Permission bits. */
  readonly mode: number
  /** How many names it has. */
  readonly names: number
}

/** The folder and who looks into it: what root and this user alone may write was put there by them. */
export interface LogFolder {
  readonly facts: LogFileStat
  /** Who looks. */
  readonly uid: number
}

/**
 * Why a link on the way to a log folder is not followed; null when all may be. Whoever may write a folder can make it a link
 * to any other: one that leads to a folder of its own maker gives nothing away, one of root or of this user was meant.
 */
export function whyLinkNotFollowed(linkOwners: readonly number[], { facts, uid }: LogFolder): string | null {
  const strange = linkOwners.find((owner) => owner !== 0 && owner !== uid && owner !== facts.uid)
  if (strange === undefined) return null
  return `a link of user ${strange} leads there, to a folder of user ${facts.uid}: it is not followed`
}

/**
 * Why a file or folder in a log folder is not taken; null when it may be. Another's file can be brought there by a second name
 * (a hard link) or moved there, and is read with the rights of whoever collects.
 */
export function whyFileNotTrusted(entry: LogFileStat, isFolder: boolean, { facts, uid }: LogFolder): string | null {
  const isOurs = (owner: number) => owner === 0 || owner === uid
  const isShared = (facts.mode & 0o022) !== 0
  if (!isShared) {
    if (isOurs(facts.uid) || entry.uid === facts.uid) return null
    return `it belongs to user ${entry.uid}, its folder to user ${facts.uid}: it may have been put there`
  }
  if (isOurs(entry.uid) && entry.uid !== facts.uid)
    return `it belongs to user ${entry.uid}, and others may write its folder: it may have been put there`
  if (!isFolder && entry.names > 1)
    return 'it has a second name, and others may write its folder: it may be a link to another file'
  return null
}
