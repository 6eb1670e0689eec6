// Who waits behind whom, as rows of a tree: what blocks others first, each followed by those that wait for it.

import type { LockNode, Locks, PreparedTransaction } from './looks.ts'

/** Who stands in a row: a session, a prepared transaction, or a blocker of which nothing is known (it has just ended). */
export type Waiter =
  | { readonly kind: 'session'; readonly session: LockNode }
  /** null where it can't be told which of several prepared transactions it is. */
  | { readonly kind: 'prepared'; readonly transaction: PreparedTransaction | null }
  | { readonly kind: 'unseen'; readonly pid: number }

export type LockTreeRow = Waiter & {
  /** Names this row in every later reading: pid and start of a session, gid of a prepared transaction. */
  readonly key: string
  readonly depth: number
  /** True for the last among those that wait for the same blocker; for drawing the branches. */
  readonly lastChild: boolean
  /** Sessions that wait for this one, directly or behind others; itself never counted. */
  readonly waitingBehind: number
  /** Keys of its blockers besides the one that it is drawn under. */
  readonly otherBlockers: readonly string[]
  /** True when it waits for a session that waits for it: a deadlock that PostgreSQL is about to break. */
  readonly inCycle: boolean
}

interface Vertex {
  readonly key: string
  readonly waiter: Waiter
  /** Keys, the most telling first. */
  readonly blockers: readonly string[]
}

/** The tree, roots first: those with most waiting behind them before others. A session stands under its first blocker. */
export function lockTree(locks: Locks): readonly LockTreeRow[] {
  const vertices = verticesOf(locks)
  const behind = waitersBehind(vertices)
  const parents = parentsOf(vertices)
  const children = Map.groupBy(vertices.values(), (vertex) => parents.get(vertex.key) ?? null)
  const crowd = (vertex: Vertex) => behind.get(vertex.key)?.count ?? 0
  for (const siblings of children.values())
    siblings.sort((one, other) => crowd(other) - crowd(one) || inTurn(one, other))
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
function entries(siblings: readonly Vertex[] = [], depth: number) {
  return siblings.map((vertex, index) => ({ vertex, depth, lastChild: index === siblings.length - 1 })).reverse()
}

function sessionKey(session: LockNode): string {
  return `${session.pid} ${session.startedAt ?? '?'}`
}

function verticesOf({ nodes, prepared }: Locks): ReadonlyMap<string, Vertex> {
  const sessions = new Map(nodes.map((node) => [node.pid, node]))
  const vertices = new Map<string, Vertex>()
  const add = (key: string, waiter: Waiter, blockers: readonly string[] = []) => {
    if (!vertices.has(key)) vertices.set(key, { key, waiter, blockers })
    return key
  }
  const blocker = (pid: number) => {
    const session = sessions.get(pid)
    return session ? sessionKey(session) : add(`${pid} gone`, { kind: 'unseen', pid })
  }
  const preparedBlockers = ({ preparedBlockers: gids }: LockNode) => {
    const found = prepared.filter(({ gid }) => gids.includes(gid) || prepared.length === 1)
    return found.length === 0
      ? [add('prepared', { kind: 'prepared', transaction: null })]
      : found.map((transaction) => add(`prepared ${transaction.gid}`, { kind: 'prepared', transaction }))
  }
  for (const session of nodes) {
    const keys = session.blockers.flatMap((pid) => (pid === 0 ? preparedBlockers(session) : blocker(pid)))
    const key = sessionKey(session)
    add(
      key,
      { kind: 'session', session },
      [...new Set(keys)].filter((other) => other !== key),
    )
  }
  return vertices
}

interface Behind {
  readonly count: number
  /** Waits behind itself. */
  readonly itself: boolean
}

/**
 * Everybody who waits behind each, as one bit per session, so that a queue of thousands is counted at once. Who began
 * to wait last is taken first: then one round is nearly always enough, and cycles need one more.
 */
function waitersBehind(vertices: ReadonlyMap<string, Vertex>): ReadonlyMap<string, Behind> {
  const ordered = [...vertices.values()].sort((one, other) => inTurn(other, one))
  const bits = new Map(ordered.map(({ key }, index) => [key, 1n << BigInt(index)]))
  const behind = new Map<string, bigint>()
  for (let grown = true; grown; ) {
    grown = false
    for (const { key, blockers } of ordered) {
      const mine = (bits.get(key) ?? 0n) | (behind.get(key) ?? 0n)
      for (const blocker of blockers) {
        const before = behind.get(blocker) ?? 0n
        if ((before | mine) === before) continue
        behind.set(blocker, before | mine)
        grown = true
      }
    }
  }
  return new Map(
    ordered.map(({ key }) => {
      const all = behind.get(key) ?? 0n
      const own = bits.get(key) ?? 0n
      return [key, { count: population(all & ~own), itself: (all & own) !== 0n }]
    }),
  )
}

function population(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length
}

/** The first blocker of each that does not itself hang below it; none for roots, and for one of each cycle. */
function parentsOf(vertices: ReadonlyMap<string, Vertex>): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  const hangsBelow = (key: string, above: string) => {
    let at: string | undefined = key
    while (at !== undefined && at !== above) at = parents.get(at)
    return at === above
  }
  for (const { key, blockers } of [...vertices.values()].sort(inTurn)) {
    const parent = blockers.find((blocker) => !hangsBelow(blocker, key))
    if (parent !== undefined) parents.set(key, parent)
  }
  return parents
}

/** Longest waiting first; then by pid, so that rows do not jump. */
function inTurn(one: Vertex, other: Vertex): number {
  return waited(other) - waited(one) || pidOf(one) - pidOf(other) || (one.key < other.key ? -1 : 1)
}

function waited({ waiter }: Vertex): number {
  return waiter.kind === 'session' ? (waiter.session.waitSeconds ?? 0) : 0
}

function pidOf({ waiter }: Vertex): number {
  return waiter.kind === 'session' ? waiter.session.pid : waiter.kind === 'unseen' ? waiter.pid : 0
}
