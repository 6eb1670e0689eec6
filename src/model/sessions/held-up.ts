// Who holds up whom among the sessions of one server, from the blockers of each.

import type { SessionRow } from '../measured/on-demand.ts'

export interface HoldUp {
  /** Sessions that wait for it, also indirectly. */
  readonly holds: number
  /** Pids that it waits for itself, the first of them. */
  readonly blockers: readonly number[]
}

/** By pid: sessions that wait for others, and those that others wait for. A parallel worker counts as its leader. */
export function heldUp(sessions: readonly SessionRow[]): ReadonlyMap<number, HoldUp> {
  const leaderOf = new Map(sessions.flatMap(({ pid, leader }) => (leader === null ? [] : [[pid, leader] as const])))
  const one = (pid: number) => leaderOf.get(pid) ?? pid
  const waits = new Map<number, Set<number>>()
  for (const { pid, blockers } of sessions) {
    for (const blocker of blockers ?? []) {
      // 0 stands for a prepared transaction.
      if (blocker === 0 || one(blocker) === one(pid)) continue
      waits.set(one(pid), (waits.get(one(pid)) ?? new Set()).add(one(blocker)))
    }
  }
  const holds = new Map<number, number>()
  for (const pid of waits.keys()) {
    for (const ahead of aheadOf(pid, waits)) holds.set(ahead, (holds.get(ahead) ?? 0) + 1)
  }
  const pids = new Set([...waits.keys(), ...holds.keys()])
  return new Map([...pids].map((pid) => [pid, { holds: holds.get(pid) ?? 0, blockers: [...(waits.get(pid) ?? [])] }]))
}

/** Everybody that it waits for, also indirectly; never itself, though in a deadlock it does. */
function aheadOf(pid: number, waits: ReadonlyMap<number, ReadonlySet<number>>): ReadonlySet<number> {
  const ahead = new Set<number>()
  const open = [...(waits.get(pid) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === pid || ahead.has(next)) continue
    ahead.add(next)
    open.push(...(waits.get(next) ?? []))
  }
  return ahead
}
