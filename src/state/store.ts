// Holds the state, applies events, and publishes: the user's events at once, measurements in batches.

import type { Event, MeasurementEvent } from './event.ts'
import { reduce } from './reduce.ts'
import type { State } from './state.ts'

export interface Store {
  /** The state after every event so far, for decisions. */
  latest(): State
  /** The last published state, which the screen shows. */
  published(): State
  dispatch(event: Event): void
  /** Calls back after each publish. Returns a function that ends it. */
  subscribe(listener: () => void): () => void
  /** Derives and publishes pending changes now. */
  flush(): void
}

export interface StoreOptions {
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  readonly schedule?: (run: () => void, afterMs: number) => void
  /** Called with each event before it changes the state, also those of the store itself. */
  readonly onEvent?: ((event: Event, at: number) => void) | undefined
  /** `when told`: facts are derived only by a `derive-requested` event. For traces, which contain these events. */
  readonly derives?: 'by itself' | 'when told'
}

/** Drawing costs far more than reducing, so answers that arrive close together are shown together. */
const GATHER_MS = 12
/** At most this often, however many targets answer at their own intervals. */
const BATCH_MS = 200
/** Many clusters answer all the time, and each publish draws. Otherwise keys would often have to wait. */
const BATCH_PER_CLUSTER_MS = 10
const LONGEST_BATCH_MS = 500
/** For a large cluster, deriving alone takes longer than a key may wait. It may take at most a fifth of the time. */
const REST_PER_WORK = 4

const MEASURED: ReadonlySet<Event['type']> = new Set<MeasurementEvent['type'] | 'port-checked'>([
  'port-checked',
  'database-probed',
  'server-probed',
  'sessions-counted',
  'query-completed',
  'backup-checked',
  'exchange-read',
  'host-probed',
  'own-host-probed',
  'manager-polled',
  'new-connection-tested',
  'logged-in-anew',
  'manager-source-polled',
  'history-read',
  'spec-changed',
])

/** How long answers are collected before they are derived and shown together, in milliseconds. */
function batchOf(clusters: number, derivingMs: number): number {
  return Math.min(
    LONGEST_BATCH_MS,
    Math.max(BATCH_MS, clusters * BATCH_PER_CLUSTER_MS, derivingMs * (1 + REST_PER_WORK)),
  )
}

/** Runs once, at the first requested time. After a cancellation, the next request sets a new time. */
function postponed(schedule: NonNullable<StoreOptions['schedule']>, run: () => void) {
  let scheduled: symbol | null = null
  return {
    after(ms: number) {
      if (scheduled) return
      const mine = Symbol()
      scheduled = mine
      schedule(() => void (scheduled === mine && run()), ms)
    },
    callOff() {
      scheduled = null
    },
  }
}

/** Creates a store with one state. The screen subscribes; engines dispatch. */
export function createStore(initial: State, options: StoreOptions = {}): Store {
  const clock = options.clock ?? Date.now
  const schedule = options.schedule ?? ((run, afterMs) => void setTimeout(run, afterMs).unref())
  const derivesItself = options.derives !== 'when told'
  const listeners = new Set<() => void>()
  let latest = initial
  let published = initial
  let derived = { at: Number.NEGATIVE_INFINITY, tookMs: 0 }
  let roundShownAt = Number.NEGATIVE_INFINITY
  let pending = false

  const apply = (event: Event, at: number) => {
    options.onEvent?.(event, at)
    latest = reduce(latest, event)
  }
  const publish = () => {
    published = latest
    for (const listener of [...listeners]) listener()
  }
  const flush = () => {
    nextFlush.callOff()
    if (pending) {
      pending = false
      const at = clock()
      apply({ type: 'derive-requested', at }, at)
      derived = { at, tookMs: clock() - at }
    }
    if (latest !== published) publish()
  }
  const batchMs = () => batchOf(latest.clusters.length, derived.tookMs)
  const nextFlush = postponed(schedule, () => flush())
  const later = () => nextFlush.after(Math.max(GATHER_MS, derived.at + batchMs() - clock()))
  return {
    latest: () => latest,
    published: () => published,
    flush,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    dispatch(event) {
      apply(event, clock())
      if (event.type === 'derive-requested') publish()
      else if (MEASURED.has(event.type)) {
        pending = true
        if (derivesItself) later()
      } else if (event.type === 'poll-ended' && !derivesItself) return
      else if (event.type === 'poll-ended') {
        // A round is shown at once when it ends. With many clusters, rounds end shortly after one another.
        const followsAnother = clock() - roundShownAt < batchMs()
        if (followsAnother) return later()
        roundShownAt = clock()
        flush()
      } else if (latest !== published) publish()
    },
  }
}
