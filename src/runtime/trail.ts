// Writes state changes and people's actions to the audit trail, in batches, beside everything else.

import { appendTrail } from '../io/trail.ts'
import type { Happening } from '../model/picture.ts'
import { clean } from '../model/text.ts'
import type { Actor, TrailEntry } from '../model/trail.ts'
import type { ClusterState, State } from '../state/state.ts'
import type { Store } from '../state/store.ts'

export interface Trail {
  /** Notes something that is no state change of what is watched. */
  note(entry: Omit<TrailEntry, 'at' | 'who'>): void
  /** Writes what is pending and ends. Never throws, and waits no longer than a second. */
  close(): Promise<void>
}

export interface TrailOptions {
  readonly store: Store
  readonly folder: string
  readonly who: Actor
}

const BATCH_MS = 1_000
const RETRY_MS = 10_000
const LAST_MOMENT_MS = 1_000
/** What can't be written is kept in memory up to this many entries. */
const LONGEST_QUEUE = 1_000

/** Follows the store from now on. Whatever goes wrong is told once, as a notice, and disturbs nothing. */
export function startTrail({ store, folder, who }: TrailOptions): Trail {
  const seen = new Map<string, readonly Happening[]>(listsOf(store.latest()))
  const queue: TrailEntry[] = []
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | null = null
  let failing = false

  const add = (entry: TrailEntry) => {
    queue.push(entry)
    if (queue.length > LONGEST_QUEUE) {
      queue.shift()
      lost += 1
    }
    schedule()
  }
  const schedule = () => {
    if (timer || writing || queue.length === 0) return
    timer = setTimeout(() => void flush(), failing ? RETRY_MS : BATCH_MS)
    timer.unref()
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing ??= write().finally(() => {
      writing = null
      schedule()
    })
    return writing
  }
  const write = async () => {
    const batch = queue.splice(0)
    const gap = lost
    try {
      await appendTrail(folder, gap > 0 ? [gapEntry(gap, who), ...batch] : batch)
      lost -= gap
      failing = false
    } catch (error) {
      queue.unshift(...batch)
      if (!failing) store.dispatch({ type: 'notified', notice: notice(error) })
      failing = true
    }
  }
  const unsubscribe = store.subscribe(() => {
    for (const cluster of store.published().clusters) {
      const { name } = cluster.spec
      for (const entry of newIn(cluster, seen.get(name) ?? [], who)) add(entry)
      seen.set(name, cluster.happenings)
    }
  })
  return {
    note: (entry) => add({ ...entry, what: clean(entry.what), at: Date.now(), who }),
    async close() {
      unsubscribe()
      const done = writing ? writing.then(() => flush()) : queue.length > 0 ? flush() : Promise.resolve()
      const patience = new AbortController()
      await Promise.race([done, elapsed(LAST_MOMENT_MS, patience.signal)])
      patience.abort()
      clearTimeout(timer)
    },
  }
}

function listsOf({ clusters }: State): readonly (readonly [string, readonly Happening[]])[] {
  return clusters.map(({ spec, happenings }) => [spec.name, happenings])
}

/** The happenings that were not in the list before, the oldest first. */
function newIn(cluster: ClusterState, before: readonly Happening[], who: Actor): readonly TrailEntry[] {
  const { happenings } = cluster
  if (happenings === before) return []
  const known = before[0] ? happenings.indexOf(before[0]) : -1
  const fresh = known < 0 ? happenings : happenings.slice(0, known)
  return [...fresh].reverse().map((happening) => entryOf(happening, cluster, who))
}

function entryOf({ at, subject, text }: Happening, cluster: ClusterState, who: Actor): TrailEntry {
  const { spec } = cluster
  const owner = subject.split('/')[0] ?? subject
  const isOfTheWhole = owner === spec.name && ![...cluster.databases, ...cluster.servers].some(isCalled(owner))
  return {
    at,
    who,
    cluster: spec.name,
    server: isOfTheWhole ? null : clean(owner),
    category: 'resource',
    what: clean(text),
    plan: null,
    result: null,
  }
}

function isCalled(id: string) {
  return (record: { readonly spec: { readonly id: string } }) => record.spec.id === id
}

function gapEntry(count: number, who: Actor): TrailEntry {
  const what = `${count} entries before this one are missing: the trail could not be written for too long`
  return { at: Date.now(), who, cluster: null, server: null, category: 'task', what, plan: null, result: null }
}

function notice(error: unknown) {
  const why = clean(error instanceof Error ? error.message : String(error))
  return { at: Date.now(), severity: 'warning', text: `audit trail: ${why}; watching goes on` } as const
}

function elapsed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
}
