// Who waits behind whom, as rows of a tree: what blocks others first, each followed by those that wait for it.

import type { LockWaits } from '../measured/on-demand.ts'
import { countWaitersBehind, type LockVertex, type LockWaiter, lockVertices } from './lock-graph.ts'

export type LockTreeRow = LockWaiter & {
  /** Names this row in every later reading too. */
  readonly key: string
  readonly depth: number
  /** True for the last among those that are drawn under the same blocker. */
  readonly lastChild: boolean
  /** Sessions that wait for this one, directly or behind others; itself never counted. */
  readonly waitingBehind: number
  /** Keys of its blockers besides the one that it is drawn under. */
  readonly otherBlockers: readonly string[]
  /** True when it waits for a session that waits for it: a deadlock that PostgreSQL is about to break. */
  readonly inCycle: boolean
}

/**
 * The tree, roots first. A session stands under its first blocker; siblings are sorted by how many wait behind them,
 * then by how long they wait. Of a deadlock one session is drawn as a root.
 */
export function lockTree(locks: LockWaits): readonly LockTreeRow[] {
  const vertices = lockVertices(locks)
  const behind = countWaitersBehind(vertices)
  const crowd = (vertex: LockVertex) => behind.get(vertex.key)?.count ?? 0
  const parents = parentsOf(vertices)
  const children = Map.groupBy(vertices, ({ key }) => parents.get(key) ?? null)
  for (const siblings of children.values()) siblings.sort((one, other) => crowd(other) - crowd(one))
  const rows: LockTreeRow[] = []
  const pending = entries(children.get(null), 0)
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { vertex, depth, lastChild } = next
    const { key, waiter, blockers } = vertex
    const parent = parents.get(key) ?? null
    const otherBlockers = blockers.filter((blocker) => blocker !== parent)
    const inCycle = behind.get(key)?.itself ?? false
    rows.push({ ...waiter, key, depth, lastChild, waitingBehind: crowd(vertex), otherBlockers, inCycle })
    pending.push(...entries(children.get(key), depth + 1))
  }
  return rows
}

/** In reverse, because they are taken from the end. */
function entries(siblings: readonly LockVertex[] = [], depth: number) {
  return siblings.map((vertex, index) => ({ vertex, depth, lastChild: index === siblings.length - 1 })).reverse()
}

/** The first blocker of each that does not itself hang below it; none for roots, and for one of each cycle. */
function parentsOf(vertices: readonly LockVertex[]): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  const hangsBelow = (key: string, above: string) => {
    let at: string | undefined = key
    while (at !== undefined && at !== above) at = parents.get(at)
    return at === above
  }
  for (const { key, blockers } of vertices) {
    const parent = blockers.find((blocker) => !hangsBelow(blocker, key))
    if (parent !== undefined) parents.set(key, parent)
  }
  return parents
}
