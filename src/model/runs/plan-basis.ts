// The basis of a plan, from the picture, and whether it is unchanged.

import type { DatabaseView, Picture } from '../picture/picture.ts'
import { formatLsn } from '../values/lsn.ts'
import type { PlanBasis, PlanBasisNode } from './plan.ts'

/** Returns the basis as of now. `manager` is the kind of the manager; null without one. */
export function planBasisOf(picture: Picture, manager: string | null): PlanBasis {
  return { at: picture.at, nodes: picture.databases.map(basisNode), manager }
}

function basisNode(database: DatabaseView): PlanBasisNode {
  const { id, timeline, lsn, systemIdentifier, identity, readAt } = database
  const position = lsn === null ? null : formatLsn(lsn)
  return { id, role: currentRoleOf(database), timeline, lsn: position, systemIdentifier, identity, readAt }
}

/** Whether it is writable, by its last good reading; unknown while it can't be read. */
export function currentRoleOf({ pulse, problem }: DatabaseView): PlanBasisNode['role'] {
  if (!pulse || problem) return 'unknown'
  return pulse.position.kind
}

/** Whether it was writable when the plan was made. */
export function isPrimaryInBasis({ role }: Pick<PlanBasisNode, 'role'>): boolean {
  return role === 'primary'
}

/**
 * Returns what others changed since the plan was made, in one sentence; null if nothing. `ours` are the ids of the
 * databases whose role this run changes: their role and timeline may differ, their system identifier may not.
 */
export function describeBasisChange(before: PlanBasis, now: PlanBasis, ours: ReadonlySet<string>): string | null {
  if (before.manager !== now.manager) {
    return now.manager === null
      ? `${before.manager} is no longer in charge of this cluster`
      : `${now.manager} is in charge of this cluster now`
  }
  for (const node of now.nodes) {
    const was = before.nodes.find(({ id }) => id === node.id)
    const change = ours.has(node.id) ? null : nodeChange(was, node)
    if (change !== null) return change
  }
  return null
}

function nodeChange(was: PlanBasisNode | undefined, node: PlanBasisNode): string | null {
  if (node.role === 'unknown') return null
  if (!was || was.role === 'unknown') {
    return node.role === 'primary'
      ? `${node.id} answers and is writable, which was unknown when this was planned`
      : null
  }
  if (was.systemIdentifier !== node.systemIdentifier) return `${node.id} has another system identifier now`
  if (was.role !== node.role) {
    return `${node.id} is ${node.role === 'primary' ? 'a writable primary' : 'a standby'} now; it was a ${was.role}`
  }
  if (node.role === 'primary' && was.timeline !== null && node.timeline !== null && was.timeline !== node.timeline) {
    return `${node.id} is on timeline ${node.timeline} now; it was on ${was.timeline}`
  }
  return null
}
