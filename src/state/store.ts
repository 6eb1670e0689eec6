// Holds the state, applies events, publishes: what the user does at once, measurements in batches.

import type { Event, MeasurementEvent } from './event.ts'
import { reduce } from './reduce.ts'
import type { State } from './state.ts'

export interface Store {
  /** The state after every event so far: what decisions read. */
  latest(): State
  /** The state as last published: what the screen shows. */
  published(): State
  dispatch(event: Event): void
  /** Calls back after each publish; answers with a function that ends it. */
  subscribe(listener: () => void): () => void
  /** Derives and publishes what is pending now. */
  flush(): void
}

export interface StoreOptions {
  /** Milliseconds since the epoch. */
  readonly clock?: () => number
  readonly schedule?: (run: () => void, afterMs: number) => void
}

/** A paint costs far more than a reduction, so answers that come close together are shown together. */
const GATHER_MS = 12
/** At most this often, however many targets answer at their own pace. */
const BATCH_MS = 200

const MEASURED: ReadonlySet<Event['type']> = new Set<MeasurementEvent['type']>([
  'database-probed',
  'server-probed',
  'sessions-counted',
  'looked',
  'machine-probed',
  'host-probed',
  'spec-changed',
])

/** A store around one state. The screen subscribes; engines dispatch. */
export function createStore(initial: State, options: StoreOptions = {}): Store {
  const clock = options.clock ?? Date.now
  const schedule = options.schedule ?? ((run, afterMs) => void setTimeout(run, afterMs).unref())
  const listeners = new Set<() => void>()
  let latest = initial
  let published = initial
  let derivedAt = Number.NEGATIVE_INFINITY
  let roundEndedAt = Number.NEGATIVE_INFINITY
  let pending = false
  let scheduled = false

  const publish = () => {
    published = latest
    for (const listener of [...listeners]) listener()
  }
  const flush = () => {
    scheduled = false
    if (pending) {
      pending = false
      derivedAt = clock()
      latest = reduce(latest, { type: 'assessed', at: derivedAt })
    }
    if (latest !== published) publish()
  }
  const later = (waitMs: number) => {
    if (scheduled) return
    scheduled = true
    schedule(flush, waitMs)
  }
  return {
    latest: () => latest,
    published: () => published,
    flush,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    dispatch(event) {
      latest = reduce(latest, event)
      if (event.type === 'assessed') publish()
      else if (MEASURED.has(event.type)) {
        pending = true
        later(Math.max(GATHER_MS, derivedAt + BATCH_MS - clock()))
      } else if (event.type === 'round-ended') {
        // A round is shown whole at once, but many clusters' rounds end one shortly after the other.
        const followsAnother = clock() - roundEndedAt < BATCH_MS
        roundEndedAt = followsAnother ? roundEndedAt : clock()
        if (followsAnother) later(Math.max(GATHER_MS, derivedAt + BATCH_MS - clock()))
        else flush()
      } else if (latest !== published) publish()
    },
  }
}
