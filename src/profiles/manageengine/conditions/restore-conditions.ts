// The alert `started-without-restore`: a former primary or secondary runs before the acting primary's backup is
// restored on it.

import { type AlertCondition, immediate, type RuleInput } from '../../../model/alerts/rules/condition.ts'
import { isOtherSystem } from '../../../model/measured/server-identity.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isReadableStandby, isWritable } from '../../../model/picture/roles.ts'
import { subjectOf } from '../../../model/picture/subject.ts'
import { formatAge } from '../../../model/values/units.ts'

export function restoreConditions(findings: RuleInput): readonly AlertCondition[] {
  return startedWithoutRestore(findings).map(({ id, name }) =>
    immediate('started-without-restore', subjectOf(id), 'critical', messageOf(name, findings)),
  )
}

/** Finds former databases that are writable and former servers that serve, although no backup was restored on them. */
export function startedWithoutRestore({
  snapshot,
  databases,
  servers,
}: Pick<RuleInput, 'snapshot' | 'databases' | 'servers'>): readonly { readonly id: string; readonly name: string }[] {
  const { actingPrimary = null } = snapshot
  if (!actingPrimary || actingPrimary.restoredAt !== null) return []
  const { former, restoring } = actingPrimary
  const byId = (id: string | null) => databases.find((view) => view.id === id)
  const database = byId(actingPrimary.database)
  // The acting primary is a standby again: it acts no more, whatever was to be restored.
  if (database && isReadableStandby(database)) return []
  const isOther = (view: DatabaseView | undefined) => view !== undefined && isOtherSystem(view, actingPrimary)
  const isGated = (id: string | null) => id !== null && id !== restoring && !isOther(byId(id))
  return [
    ...databases.filter((view) => former.databases.includes(view.id) && isWritable(view) && isGated(view.id)),
    ...servers.filter((view) => former.servers.includes(view.id) && serves(view) && isGated(view.databaseId)),
  ]
}

function serves({ access }: ServerView): boolean {
  return access === 'read-write' || access === 'read-write-no-resets'
}

function messageOf(name: string, { snapshot, databases, servers, now }: RuleInput): string {
  const { actingPrimary } = snapshot
  const by =
    servers.find(({ id }) => id === actingPrimary?.server) ?? databases.find(({ id }) => id === actingPrimary?.database)
  const since = actingPrimary ? formatAge(now - actingPrimary.since) : '?'
  return `${name} was started without the restore: it lacks what ${by?.name ?? 'the acting primary'} wrote in ${since}; stop it at once`
}
