// What an alert or an event is about. The one place where an owner and its part are joined to a text, and where a text
// that was kept is read again: names may hold a "/" themselves, so that no other place can tell them apart.

/** A server, database or host by its id, or the cluster by its name; or a part of one. */
export interface Subject {
  readonly owner: string
  /** Name of a slot of a database, or which file system of a host (`data`, `wal`, `log`); null for the whole. */
  readonly part: string | null
}

/** A subject as documents, state files and traces have it. */
export interface SubjectRecord {
  /** See subjectText. */
  readonly subject: string
  /** Absent in what older versions wrote. */
  readonly owner?: string | undefined
}

export function subjectOf(owner: string, part: string | null = null): Subject {
  return { owner, part }
}

/** `db-a`, or `db-a/slot_1` for a part. */
export function subjectText({ owner, part }: Subject): string {
  return part === null ? owner : `${owner}/${part}`
}

export function subjectRecord(subject: Subject): { readonly subject: string; readonly owner: string } {
  return { subject: subjectText(subject), owner: subject.owner }
}

/**
 * The subject that was recorded. What older versions wrote has only the text: `isPart` says whether it then is of a part,
 * whose own name never holds a "/".
 */
export function subjectFromRecord({ subject, owner }: SubjectRecord, isPart: boolean): Subject {
  if (owner === subject) return subjectOf(owner)
  if (owner !== undefined && subject.startsWith(`${owner}/`)) return subjectOf(owner, subject.slice(owner.length + 1))
  const slash = isPart ? subject.lastIndexOf('/') : -1
  return slash < 0 ? subjectOf(subject) : subjectOf(subject.slice(0, slash), subject.slice(slash + 1))
}

export function isSameSubject(one: Subject, other: Subject): boolean {
  return one.owner === other.owner && one.part === other.part
}

/** Whether a subject is this server, database, host or cluster as a whole, not a part of it. */
export function isWhole({ owner, part }: Subject, id: string): boolean {
  return part === null && owner === id
}
