// Which derivations a replay must not leave out: those with which something begins or ends.

import { subjectText } from '../../model/picture/subject.ts'
import type { ClusterState } from '../state.ts'

/** Returns true if something other than figures changed: then the time of the derivation is a fact of its own. */
export function isTurningPoint(before: readonly ClusterState[], after: readonly ClusterState[]): boolean {
  return after.some((cluster, index) => {
    const earlier = before[index]
    if (earlier === cluster) return false
    return earlier?.events !== cluster.events || stateText(earlier) !== stateText(cluster)
  })
}

function stateText({ picture, complete }: ClusterState): string {
  if (!picture) return String(complete)
  const { health, alerts, pending, databases, servers, links } = picture
  const conditions = [...alerts, ...pending].map(
    ({ rule, severity, subject }) => `${rule} ${severity} ${subjectText(subject)}`,
  )
  const nodes = [...databases, ...servers].map(({ id, status, problem }) => `${id} ${status} ${problem?.code ?? ''}`)
  const roles = databases.map(({ role }) => role)
  const streams = links.map(({ state }) => state)
  return JSON.stringify([complete, health, conditions, nodes, roles, streams])
}
