// The real store and poller over a fleet, in this process: what they cost, and how fresh what they publish is.

import { setTimeout as after } from 'node:timers/promises'
import { loadConfig } from '../../src/config/load.ts'
import { createPoller, type Poller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import type { State } from '../../src/state/state.ts'
import { createStore, type Store } from '../../src/state/store.ts'

export interface Watcher {
  readonly store: Store
  /** Answers and failures of databases that the store was told of so far. */
  readonly polls: () => number
  readonly poller: Poller
  /** Milliseconds from the start until every database was read. */
  readonly allReadMs: number
  stop(): Promise<void>
}

export interface Use {
  /** Share of one core. */
  readonly cpu: number
  readonly polls: number
  readonly publishes: number
  /** CPU of a poll with all that follows from it, in milliseconds. */
  readonly msPerPoll: number
}

/** Starts to watch and waits until every database was read once. */
export async function watch(config: string, intervalMs: number, records = true): Promise<Watcher> {
  const { clusters } = loadConfig({ path: config, env: {}, cwd: process.cwd() })
  const specs = clusters.map(({ spec }) => spec)
  const store = createStore(initialState({ clusters: specs, now: Date.now(), intervalMs, records }))
  let polls = 0
  const counted: Store = {
    ...store,
    dispatch(event) {
      if (event.type === 'database-probed') polls += 1
      store.dispatch(event)
    },
  }
  const poller = createPoller({ store: counted, clusters, intervalMs })
  const startedAt = performance.now()
  poller.start()
  await until(store, (state) => readings(state).every((reading) => reading.state === 'fresh'))
  return { store, poller, polls: () => polls, allReadMs: performance.now() - startedAt, stop: () => poller.stop() }
}

/** CPU over a window, and how much was done in it. */
export async function use(watcher: Watcher, windowMs: number): Promise<Use> {
  let publishes = 0
  const leave = watcher.store.subscribe(() => {
    publishes += 1
  })
  const pollsBefore = watcher.polls()
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await after(windowMs)
  const { user, system } = process.cpuUsage(before)
  const elapsed = performance.now() - startedAt
  const polls = watcher.polls() - pollsBefore
  leave()
  return { cpu: (user + system) / 1000 / elapsed, polls, publishes, msPerPoll: (user + system) / 1000 / polls }
}

/** Milliseconds since each database was last read, as published now; null for one that was never. */
export function ages(state: State): readonly (readonly (number | null)[])[] {
  const now = Date.now()
  return state.clusters.map(({ databases }) =>
    databases.map(({ pulse }) => (pulse.state === 'fresh' || pulse.state === 'stale' ? now - pulse.at : null)),
  )
}

async function until(store: Store, wanted: (state: State) => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!wanted(store.published())) {
    if (performance.now() > deadline)
      throw new Error(`not every database was read within a minute: ${missing(store.published())}`)
    await after(10)
  }
}

function readings(state: State) {
  return state.clusters.flatMap(({ databases }) => databases.map(({ pulse }) => pulse))
}

function missing(state: State): string {
  const problems = readings(state).flatMap((reading) => ('fault' in reading ? [reading.fault.message] : []))
  return `${problems.length} fail, the first with: ${problems[0] ?? 'no answer yet'}`
}
