// Which files of a log folder may be collected: those that everybody who may write the folder could have read anyway.

/** A file or folder, as the host reports it. */
export interface LogFileStat {
  readonly uid: number
  /** The permission bits. */
  readonly mode: number
  /** The number of its hard links. */
  readonly names: number
}

/**
 * The folder and the reading user. Root and this user are trusted: only they could have put a file there if nobody
 * else may write.
 */
export interface LogFolder {
  readonly facts: LogFileStat
  /** The user who reads. */
  readonly uid: number
}

/**
 * Why a symbolic link on the path to a log folder is not followed; null if all may be. Whoever may write a folder can
 * make it a link to any other. A link is safe if it leads to a folder of its own maker, or if root or this user made
 * it.
 */
export function whyLinkNotFollowed(linkOwners: readonly number[], { facts, uid }: LogFolder): string | null {
  const strange = linkOwners.find((owner) => owner !== 0 && owner !== uid && owner !== facts.uid)
  if (strange === undefined) return null
  return `a link of user ${strange} leads there, to a folder of user ${facts.uid}: it is not followed`
}

/**
 * Why a file or folder in a log folder is not collected; null if it may be. Another user can put a file there by a
 * hard link or a move, and the collector reads with its own rights.
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
