// Makes entries of the audit log from the events of a cluster.

import type { AuditEntry, Principal } from '../../model/events/audit-entry.ts'
import type { ClusterEvent } from '../../model/picture/picture.ts'
import type { Subject } from '../../model/picture/subject.ts'
import { clean } from '../../model/values/text.ts'
import type { ClusterState } from '../../state/state.ts'

/** Returns the events that were not in the list before, the oldest first. */
export function newAuditEntries(
  cluster: ClusterState,
  before: readonly ClusterEvent[],
  who: Principal,
): readonly AuditEntry[] {
  const { events } = cluster
  if (events === before) return []
  const known = before[0] ? events.indexOf(before[0]) : -1
  const fresh = known < 0 ? events : events.slice(0, known)
  return [...fresh].reverse().map((happening) => entryOf(happening, cluster, who))
}

function entryOf({ at, subject, text, category }: ClusterEvent, cluster: ClusterState, who: Principal): AuditEntry {
  const { spec } = cluster
  return {
    at,
    who,
    cluster: spec.name,
    server: auditedServer(subject, cluster),
    category: category ?? 'resource',
    what: clean(text),
    plan: null,
    result: null,
  }
}

/** The server, database or host that owns a subject; null if the subject belongs to the whole cluster. */
export function auditedServer({ owner }: Subject, { spec, databases, servers }: ClusterState): string | null {
  const isOfTheWhole = owner === spec.name && ![...databases, ...servers].some(isCalled(owner))
  return isOfTheWhole ? null : clean(owner)
}

function isCalled(id: string) {
  return (record: { readonly spec: { readonly id: string } }) => record.spec.id === id
}

/** The entry that marks where entries are missing. */
export function auditGapEntry(count: number, who: Principal): AuditEntry {
  const what = `${count} entries before this one are missing: pgdeck could not write the audit log for too long`
  return { at: Date.now(), who, cluster: null, server: null, category: 'task', what, plan: null, result: null }
}
