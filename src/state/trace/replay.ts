// Replays a trace into a store with the trace's clock: the same events make the same states.

import { initialState } from '../initial-state.ts'
import type { State } from '../state.ts'
import { createStore } from '../store.ts'
import { withThresholds } from './older-versions.ts'
import type { Trace, TraceEntry } from './trace-format.ts'

export interface ReplayOptions {
  /** Ignores entries after this moment, in milliseconds since the epoch. */
  readonly until?: number
  /**
   * Called with each state that was shown, and again after a change of size; with its time and the entry that led to
   * it.
   */
  readonly onPublished?: (state: State, at: number, entry: TraceEntry) => void
}

/** Returns the state that was shown at the end, or at `until`. */
export function replayTrace({ head, entries }: Trace, { until, onPublished }: ReplayOptions = {}): State {
  let now = head.initial.now
  // The trace says when facts were derived: the store must not derive at its own times.
  const store = createStore(initialState({ ...head.initial, clusters: head.initial.clusters.map(withThresholds) }), {
    clock: () => now,
    derives: 'when told',
  })
  let current: TraceEntry | null = null
  store.subscribe(() => {
    if (current) onPublished?.(store.published(), now, current)
  })
  for (const entry of entries) {
    if (until !== undefined && entry.at > until) break
    now = entry.at
    current = entry
    if ('event' in entry) store.dispatch(entry.event)
    else if ('size' in entry) onPublished?.(store.published(), now, entry)
  }
  return store.published()
}

/** The size of the terminal at that moment; null if the trace does not have it. */
export function traceSizeAt(
  { entries }: Trace,
  at: number,
): { readonly columns: number; readonly rows: number } | null {
  let size: { readonly columns: number; readonly rows: number } | null = null
  for (const entry of entries) {
    if (entry.at > at && size) break
    if ('size' in entry) size = entry.size
  }
  return size
}
