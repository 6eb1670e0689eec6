// Two databases of one system that are both writable, whatever their timelines say.

import { isSameServer, serverIdentityOf } from '../measured/server-identity.ts'
import type { Picture } from '../picture/picture.ts'
import { isActivePrimary, isWritable } from '../picture/roles.ts'
import type { Member } from '../replication/member.ts'

/** Two readings this close count as taken at one time: no role moves from one node to another so fast. */
const SIMULTANEOUS_MS = 500

/**
 * Groups of at least two nodes with one system identifier that take writes at the same time. Timelines don't count: a
 * standby that was promoted by hand can stay on its old one. Two entries for one and the same server are no split brain,
 * nor are two databases that mirror each other.
 */
export function detectSplitBrains(
  nodes: readonly Member[],
  previous: Picture | null,
  timeoutMs: number,
): readonly (readonly Member[])[] {
  const systems = new Map<string, Member[]>()
  for (const node of nodes) {
    const system = isWritable(node) ? (node.pulse?.systemIdentifier ?? null) : null
    if (system === null) continue
    const group = systems.get(system) ?? []
    if (!group.some((other) => isOneServer(other, node))) systems.set(system, [...group, node])
  }
  const isReported = previous?.alerts.some(({ rule }) => rule === 'split-brain') ?? false
  const isSplit = (group: readonly Member[]) => group.length > 1 && group.some(({ mirroredId }) => mirroredId === null)
  return [...systems.values()].filter((group) => isSplit(group) && (isReported || overlap(group, timeoutMs)))
}

function isOneServer(one: Member, other: Member): boolean {
  const [its, others] = [one.pulse && serverIdentityOf(one.pulse), other.pulse && serverIdentityOf(other.pulse)]
  return its !== null && others !== null && isSameServer(its, others)
}

/**
 * Whether two were writable at one time. During a switchover the old primary's last reading may still be the newest
 * one of it when the new primary is first read: so one must have been read after the other had become writable.
 */
function overlap(group: readonly Member[], timeoutMs: number): boolean {
  return group.some((one, index) =>
    group.slice(index + 1).some((other) => {
      const toleranceMs = SIMULTANEOUS_MS + (isFirstReading(one) || isFirstReading(other) ? timeoutMs : 0)
      return Math.max(writableFrom(one), writableFrom(other)) <= Math.min(at(one), at(other)) + toleranceMs
    }),
  )
}

/** The first look at a cluster takes as long as its slowest answer, and there is nothing older to be misled by. */
function isFirstReading({ previousView }: Member): boolean {
  return previousView === null || previousView.readAt === null
}

/** The earliest reading known here at which it was writable without a break. */
function writableFrom(node: Member): number {
  const { previousView } = node
  const wasWritable = previousView !== null && isActivePrimary(previousView) && previousView.readAt !== null
  return wasWritable ? Math.min(previousView.readAt, at(node)) : at(node)
}

function at(node: Member): number {
  return node.readAt ?? 0
}
