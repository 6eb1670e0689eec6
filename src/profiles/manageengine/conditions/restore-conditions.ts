// The alert `started-without-restore`: a former primary or secondary runs before the acting primary's backup is
// restored on it.

import { type AlertCondition, immediate, type RuleInput } from '../../../model/alerts/rules/condition.ts'
import type { ServerView } from '../../../model/picture/picture.ts'
import { closedRestoreGate } from '../../../model/picture/restore-gate.ts'
import { isWritable } from '../../../model/picture/roles.ts'
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
  const gate = closedRestoreGate(snapshot, { databases, servers })
  return [
    ...databases.filter((view) => gate?.databases.includes(view.id) && isWritable(view)),
    ...servers.filter((view) => gate?.servers.includes(view.id) && serves(view)),
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
