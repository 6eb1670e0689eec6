// Who waits for whom as a graph: sessions, prepared transactions, and how many wait behind each of them.

import type { LockSession, LockWaits, PreparedTransaction } from '../measured/on-demand.ts'

/** A session, a prepared transaction, or a blocker of which nothing is known (it has just ended). */
export type LockWaiter =
  | { readonly kind: 'session'; readonly session: LockSession }
  /** null where it can't be told which of several prepared transactions it is. */
  | { readonly kind: 'prepared'; readonly transaction: PreparedTransaction | null }
  | { readonly kind: 'unseen'; readonly pid: number }

export interface LockVertex {
  /** Names it in every later reading too: pid and start of a session, gid of a prepared transaction. */
  readonly key: string
  readonly waiter: LockWaiter
  /** Keys of those it waits for, each once, in the order in which they asked for the lock. */
  readonly blockers: readonly string[]
}

/** Everybody who waits or is waited for: who has waited longest first. */
export function lockVertices({ nodes, prepared }: LockWaits): readonly LockVertex[] {
  const sessions = new Map(nodes.map((node) => [node.pid, node]))
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
  for (const session of nodes) {
    const key = sessionKey(session)
    const blockers = new Set(session.blockers.flatMap((pid) => (pid === 0 ? preparedBlockers(session) : blocker(pid))))
    blockers.delete(key)
    add(key, { kind: 'session', session }, [...blockers])
  }
  return [...vertices.values()].sort(inTurn)
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

export interface WaitersBehind {
  /** Those that wait for it, directly or behind others, itself never counted. */
  readonly count: number
  /** It waits behind itself. */
  readonly itself: boolean
}

/**
 * Everybody who waits behind each, by key: sets of one bit per vertex, so that a queue of thousands is counted in
 * milliseconds. Who began to wait last is taken first: then one round is nearly always enough; cycles need more.
 */
export function countWaitersBehind(vertices: readonly LockVertex[]): ReadonlyMap<string, WaitersBehind> {
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
