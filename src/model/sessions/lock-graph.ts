// Who waits for whom as a graph: sessions, prepared transactions, and how many wait behind each of them.

import type { LockSession, LockWaits, PreparedTransaction } from '../measured/on-demand.ts'

/** A session, a prepared transaction, or a blocker of which nothing is known (it has just ended). */
type LockWaiter =
  | {
      readonly kind: 'session'
      /** Of a leader: also what its parallel workers wait for. */
      readonly session: LockSession
      /** Those of its parallel workers that wait or are waited for. */
      readonly workers: readonly LockSession[]
    }
  /** null where it can't be told which of several prepared transactions it is. */
  | { readonly kind: 'prepared'; readonly transaction: PreparedTransaction | null }
  | { readonly kind: 'unseen'; readonly pid: number }

interface LockVertex {
  /** Names it in every later reading too: pid and start of a session, gid of a prepared transaction. */
  readonly key: string
  readonly waiter: LockWaiter
  /** Keys of those it waits for, each once, in the order in which they asked for the lock. */
  readonly blockers: readonly string[]
}

/** Everybody who waits or is waited for: who has waited longest first. */
function lockVertices({ nodes, prepared }: LockWaits): readonly LockVertex[] {
  const teams = teamsOf(nodes)
  const sessions = new Map(
    teams.flatMap(({ session, workers }) => [session, ...workers].map(({ pid }) => [pid, session])),
  )
  const vertices = new Map<string, LockVertex>()
  const add = (key: string, waiter: LockWaiter, blockers: readonly string[] = []) => {
    if (!vertices.has(key)) vertices.set(key, { key, waiter, blockers })
    return key
  }
  const blocker = (pid: number) => {
    const session = sessions.get(pid)
    return session ? sessionKey(session) : add(`${pid} gone`, { kind: 'unseen', pid })
  }
  const preparedBlockers = ({ preparedBlockers: gids }: LockSession) => {
    const found = prepared.filter(({ gid }) => gids.includes(gid) || prepared.length === 1)
    return found.length === 0
      ? [add('prepared', { kind: 'prepared', transaction: null })]
      : found.map((transaction) => add(`prepared ${transaction.gid}`, { kind: 'prepared', transaction }))
  }
  for (const { session, workers } of teams) {
    const key = sessionKey(session)
    const blockers = new Set(session.blockers.flatMap((pid) => (pid === 0 ? preparedBlockers(session) : blocker(pid))))
    blockers.delete(key)
    add(key, { kind: 'session', session, workers }, [...blockers])
  }
  return [...vertices.values()].sort(inTurn)
}

interface Team {
  readonly session: LockSession
  readonly workers: readonly LockSession[]
}

/** A session and its parallel workers wait as one. A worker whose leader is not among them stands for itself. */
function teamsOf(nodes: readonly LockSession[]): readonly Team[] {
  const pids = new Set(nodes.map(({ pid }) => pid))
  const isWorker = ({ leader }: LockSession) => leader !== null && pids.has(leader)
  const workers = Map.groupBy(nodes.filter(isWorker), ({ leader }) => leader)
  return nodes.filter((node) => !isWorker(node)).map((session) => teamOf(session, workers.get(session.pid) ?? []))
}

function teamOf(session: LockSession, workers: readonly LockSession[]): Team {
  const members = [session, ...workers]
  const waits = members.flatMap(({ waitSeconds }) => waitSeconds ?? [])
  return {
    workers,
    session: {
      ...session,
      blockers: [...new Set(members.flatMap(({ blockers }) => blockers))],
      preparedBlockers: [...new Set(members.flatMap(({ preparedBlockers }) => preparedBlockers))],
      waitsFor: members.find(({ waitsFor }) => waitsFor !== null)?.waitsFor ?? null,
      waitSeconds: waits.length === 0 ? null : Math.max(...waits),
    },
  }
}

function sessionKey(session: LockSession): string {
  return `${session.pid} ${session.startedAt ?? '?'}`
}

/** Longest waiting first; then by pid, so that rows do not jump. */
function inTurn(one: LockVertex, other: LockVertex): number {
  return waited(other) - waited(one) || pidOf(one) - pidOf(other) || (one.key < other.key ? -1 : 1)
}

function waited({ waiter }: LockVertex): number {
  return waiter.kind === 'session' ? (waiter.session.waitSeconds ?? 0) : 0
}

function pidOf({ waiter }: LockVertex): number {
  return waiter.kind === 'session' ? waiter.session.pid : waiter.kind === 'unseen' ? waiter.pid : 0
}

interface WaitersBehind {
  /** Those that wait for it, directly or behind others, itself never counted. */
  readonly count: number
  /** It waits behind itself. */
  readonly itself: boolean
}

/**
 * Everybody who waits behind each, by key: sets of one bit per vertex, so that a queue of thousands is counted in
 * milliseconds. Who began to wait last is taken first: then one round is nearly always enough; cycles need more.
 */
function countWaitersBehind(vertices: readonly LockVertex[]): ReadonlyMap<string, WaitersBehind> {
  const places = new Map(vertices.map(({ key }, place) => [key, place]))
  const edges = vertices.map(({ blockers }) => blockers.flatMap((key) => places.get(key) ?? [])).entries()
  const lastFirst = [...edges].reverse()
  const sets = vertices.map(() => new Uint32Array(Math.ceil(vertices.length / 32)))
  for (let grown = true; grown; ) {
    grown = false
    for (const [place, blockers] of lastFirst) {
      const mine = sets[place]
      for (const blocker of blockers) {
        const its = sets[blocker]
        if (mine && its && join(its, mine, place)) grown = true
      }
    }
  }
  return new Map(
    vertices.map(({ key }, place) => {
      const set = sets[place] ?? new Uint32Array()
      const itself = ((set[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0
      return [key, { count: sizeOf(set) - (itself ? 1 : 0), itself }]
    }),
  )
}

/** Adds all of `more`, and `place` itself; true when that was news. */
function join(set: Uint32Array, more: Uint32Array, place: number): boolean {
  let grown = false
  for (let word = 0; word < set.length; word += 1) {
    const before = set[word] ?? 0
    const after = (before | (more[word] ?? 0) | (word === place >>> 5 ? 1 << (place & 31) : 0)) >>> 0
    if (after === before) continue
    set[word] = after
    grown = true
  }
  return grown
}

function sizeOf(set: Uint32Array): number {
  let count = 0
  for (let word of set) for (; word !== 0; word &= word - 1) count += 1
  return count
}

/** Returns how many sessions wait behind these processes, directly or behind others. The processes themselves do not count. */
export function sessionsBehind(locks: LockWaits, pids: ReadonlySet<number>): number {
  const vertices = lockVertices(locks)
  const isMeant = ({ waiter }: LockVertex) =>
    waiter.kind === 'session' && [waiter.session, ...waiter.workers].some(({ pid }) => pids.has(pid))
  const reached = new Set(vertices.filter(isMeant).map(({ key }) => key))
  const count = reached.size
  for (let before = -1; before < reached.size; ) {
    before = reached.size
    for (const { key, blockers } of vertices) if (blockers.some((blocker) => reached.has(blocker))) reached.add(key)
  }
  return reached.size - count
}

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
