// Where a manager and PostgreSQL, two agents, or the manager and the configuration say different things.

import { MANAGER_TITLES } from '../measured/managers/manager-signs.ts'
import { isMonitor } from '../measured/managers/monitor.ts'
import type { DatabaseView } from '../picture/picture.ts'
import { isReadableStandby, isWritable } from '../picture/roles.ts'
import { listText } from '../values/text.ts'
import type { ClusterManager } from './detection/cluster-manager.ts'
import type { ManagerDetails } from './detection/manager-details.ts'

interface Told {
  readonly title: string
  readonly details: ManagerDetails
  readonly databases: readonly DatabaseView[]
}

/** Sentences; none where all agree, and none of a manager that tells nothing now. */
export function managerContradictions(
  manager: ClusterManager | null,
  databases: readonly DatabaseView[],
): readonly string[] {
  const details = manager?.details
  if (!manager || !details?.areMembersCurrent) return []
  const told = { title: MANAGER_TITLES[manager.kind], details, databases }
  return [
    ...leadersApart(told),
    ...leaderInRecovery(told),
    ...otherPrimaries(told),
    ...strangers(told),
    ...outsiders(told),
  ]
}

/** The leader that the manager names is in recovery: its news is old, or a promotion is not done yet. */
export function leaderInRecovery({ title, details: { members, settings }, databases }: Told): readonly string[] {
  // No member of a standby cluster is writable.
  if (settings?.isStandbyCluster || members.some(({ facts }) => facts?.role === 'standby-leader')) return []
  const leaders = members.filter(({ isLeader }) => isLeader).map(({ databaseId }) => databaseId)
  return databases
    .filter((view) => leaders.includes(view.id) && isReadableStandby(view))
    .map(
      ({ name }) =>
        `${title} names ${name} as the primary, and it is in recovery: what ${title} tells is old, or the promotion is not done`,
    )
}

function otherPrimaries({ title, details: { members }, databases }: Told): readonly string[] {
  const leader = members.find(({ isLeader }) => isLeader)
  const followers = members.filter(({ isLeader }) => !isLeader).map(({ databaseId }) => databaseId)
  return databases
    .filter((view) => followers.includes(view.id) && isWritable(view))
    .map(({ name }) => `${name} is writable, and ${title} names ${leader?.name ?? 'nobody'} as the primary`)
}

/** Agents with news of different ages name different leaders. */
function leadersApart({ title, details: { leaders } }: Told): readonly string[] {
  return leaders.length < 2 ? [] : [`${title} names ${leaders.length} members as the primary: ${listText(leaders)}`]
}

function strangers({ title, details: { members }, databases }: Told): readonly string[] {
  const strange = members.filter(({ databaseId, facts }) => databaseId === null && facts?.role !== 'witness')
  if (strange.length === 0 || databases.length === 0) return []
  const names = strange.map(({ name, host, port }) => (host === null ? name : `${name} (${host}:${port ?? '?'})`))
  const word = strange.length === 1 ? 'is a member' : 'are members'
  return [`${listText(names)} ${word} of ${title}, and not watched: add to "databases"`]
}

/** Only where others are members: else no address matches at all. */
function outsiders({ title, details: { members }, databases }: Told): readonly string[] {
  if (members.every(({ databaseId }) => databaseId === null)) return []
  const outside = databases.filter(
    (view) =>
      view.problem === null &&
      view.pulse !== null &&
      !isMonitor(view) &&
      !members.some(({ databaseId }) => databaseId === view.id),
  )
  return outside.map(({ name }) => `${name} is no member of ${title}`)
}
