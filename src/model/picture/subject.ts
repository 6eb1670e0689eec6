// The subject of an alert or event. Only here an owner and its part are joined to a text, and a stored text is parsed:
// names may contain a "/" themselves.

/** A server, database or host by its id, or the cluster by its name; or a part of one. */
export interface Subject {
  readonly owner: string
  /** Name of a slot of a database, or the file system of a host (`data`, `wal`, `log`); null for the whole. */
  readonly part: string | null
}

/** A subject in documents, state files and traces. */
export interface SubjectRecord {
  /** See subjectText. */
  readonly subject: string
  /** Absent in files of older versions. */
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
 * Returns a stored subject. Older versions stored only the text: `isPart` then says whether it has a part, whose name
 * contains no "/".
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

/** Whether a subject is this server, database, host or cluster as a whole. */
export function isWhole({ owner, part }: Subject, id: string): boolean {
  return part === null && owner === id
}
