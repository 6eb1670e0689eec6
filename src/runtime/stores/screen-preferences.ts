// Stores the last view, order and filter of the screen, for the next start with the same clusters.

import * as z from 'zod'
import { readStateFile, writeStateFile } from '../../io/state/state-folder.ts'
import { clean } from '../../model/values/text.ts'
import type { Navigation, PaneId, ScreenLocation } from '../../state/navigation.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'

const FILE = 'screen.json'
/** A crash loses at most this much of it. */
const SAVE_AFTER_MS = 3_000
/** For how many sets of clusters it is stored. */
const MOST = 20

const text = z
  .string()
  .max(500)
  .transform((given) => clean(given))
const pane = text.transform((given) => given as PaneId)
const sort = z.object({ column: text, descending: z.boolean() }).nullable()
const place = z.object({
  view: text,
  cluster: text.nullable(),
  pane,
  filter: text,
  sort: z.record(text, sort),
  left: z.record(text, z.object({ pane, filter: text })),
}) satisfies z.ZodType<ScreenLocation>
const file = z.array(z.object({ clusters: z.array(z.string()), place }))

export interface ScreenPreferences {
  /** Dispatches the stored location; nothing if there is none or it can't be read. */
  load(): void
  /** Stores the current location and ends. Never throws: a full disk must not prevent the end of the program. */
  close(): Promise<void>
}

/** Stores changes from now on. A failure is not reported, because this is only a convenience. */
export function openScreenPreferences({
  store,
  folder,
}: {
  readonly store: Store
  readonly folder: string
}): ScreenPreferences {
  let timer: NodeJS.Timeout | undefined
  let saved = store.latest().navigation
  const save = async () => {
    timer = undefined
    const state = store.latest()
    if (isSame(state.navigation, saved)) return
    saved = state.navigation
    const clusters = namesOf(state)
    const others = kept(folder).filter((entry) => !isOf(entry, clusters))
    await writeStateFile(folder, FILE, [{ clusters, place: placeOf(saved) }, ...others].slice(0, MOST))
  }
  let writing: Promise<void> = Promise.resolve()
  const saveNext = () => {
    writing = writing.then(save).catch(() => {})
    return writing
  }
  const leave = store.subscribe(() => {
    if (timer !== undefined || isSame(store.latest().navigation, saved)) return
    timer = setTimeout(() => void saveNext(), SAVE_AFTER_MS)
    timer.unref()
  })
  return {
    load() {
      const clusters = namesOf(store.latest())
      const known = kept(folder).find((entry) => isOf(entry, clusters))
      if (known) store.dispatch({ type: 'location-restored', place: firstGlance(known.place) })
      saved = store.latest().navigation
    },
    async close() {
      leave()
      clearTimeout(timer)
      await saveNext()
    },
  }
}

type Entry = z.output<typeof file>[number]

function kept(folder: string): readonly Entry[] {
  try {
    return file.parse(readStateFile(folder, FILE) ?? [])
  } catch {
    return []
  }
}

function isOf({ clusters }: Entry, names: readonly string[]): boolean {
  return clusters.length === names.length && clusters.every((name, index) => name === names[index])
}

function namesOf({ clusters }: State): readonly string[] {
  return clusters.map(({ spec }) => spec.name).sort()
}

/** A filter that is still being typed was not entered: the line may have dropped. */
function placeOf({ view, cluster, pane, filter, sort, left, overlay }: Navigation): ScreenLocation {
  return { view, cluster, pane, filter: overlay.kind === 'filter' ? (overlay.before ?? '') : filter, sort, left }
}

/** What is bad is seen at once: these views show all their rows at the start. */
const UNFILTERED: ReadonlySet<string> = new Set(['topology', 'fleet', 'replication', 'alerts'])

function firstGlance(place: ScreenLocation): ScreenLocation {
  const left = Object.entries(place.left).map(([view, saved]) => {
    return [view, UNFILTERED.has(view) ? { ...saved, filter: '' } : saved] as const
  })
  return { ...place, filter: UNFILTERED.has(place.view) ? '' : place.filter, left: Object.fromEntries(left) }
}

function isSame(one: Navigation, other: Navigation): boolean {
  const [a, b] = [placeOf(one), placeOf(other)]
  return (Object.keys(a) as (keyof ScreenLocation)[]).every((key) => a[key] === b[key])
}
