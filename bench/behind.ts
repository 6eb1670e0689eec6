// The same programs behind a network: 50 ms of round trip, made by proxies that also count round trips and connections.

import { setTimeout as after } from 'node:timers/promises'
import type { BenchCluster } from './cluster.ts'
import { type Delay, delay } from './delay.ts'
import {
  type BenchSubject,
  closeSubject,
  type KeyTimes,
  keyTimes,
  openSubject,
  type Spread,
  spread,
  startTime,
} from './measure.ts'
import { distantPeers, pgdeck } from './subjects.ts'

const ROUND_TRIP_MS = 50

export interface Behind {
  readonly name: string
  readonly databases: number
  readonly startMs: Spread
  readonly keys: KeyTimes | null
  /** Per database and poll, once it runs. */
  readonly roundTripsPerPoll: number
  readonly connectionsPerPoll: number
}

export interface BehindOptions {
  readonly folder: string
  readonly starts: number
  readonly keys: number
  readonly windowMs: number
}

/** pgdeck over three databases and pg_activity over one, all of them far away. */
export async function behind(cluster: BenchCluster, options: BehindOptions): Promise<readonly Behind[]> {
  const ways = await Promise.all(cluster.nodes.map((node) => delay(node, ROUND_TRIP_MS)))
  try {
    const ports = ways.map(({ port }) => port)
    const own = pgdeck(cluster, options.folder, 3, ports)
    const others = distantPeers(cluster, ports[0] ?? 0).filter(({ name }) => name === 'pg_activity')
    const found: Behind[] = [await measure(own, ways, 3, options)]
    for (const other of others) found.push(await measure(other, ways.slice(0, 1), 1, options))
    return found
  } finally {
    await Promise.all(ways.map((way) => way.close()))
  }
}

async function measure(
  subject: BenchSubject,
  ways: readonly Delay[],
  databases: number,
  options: BehindOptions,
): Promise<Behind> {
  const starts: number[] = []
  for (let round = 0; round < options.starts; round++) starts.push(await startTime(subject))
  const pty = openSubject(subject)
  try {
    await pty.until(subject.ready, `${subject.name}'s first figures`, 30_000)
    await after(2_000)
    const before = total(ways)
    await after(options.windowMs)
    const now = total(ways)
    const polls = (options.windowMs / subject.intervalMs) * databases
    const keys = subject.keys === null ? null : await keyTimes(subject, pty, options.keys)
    return {
      name: subject.name,
      databases,
      startMs: spread(starts),
      keys,
      roundTripsPerPoll: (now.roundTrips - before.roundTrips) / polls,
      connectionsPerPoll: (now.connections - before.connections) / polls,
    }
  } finally {
    await closeSubject(subject, pty)
  }
}

function total(ways: readonly Delay[]): { readonly roundTrips: number; readonly connections: number } {
  const all = ways.map((way) => way.counted())
  return {
    roundTrips: all.reduce((sum, each) => sum + each.roundTrips, 0),
    connections: all.reduce((sum, each) => sum + each.connections, 0),
  }
}
