// Stores acknowledgements and silences in the state directory, shared with every other pgdeck that uses it.

import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { readStateFile, updateStateFile } from '../../io/state/state-folder.ts'
import { isSilenceOver, type Silence, type SilenceRequest, whyNotSilenced } from '../../model/alerts/silence.ts'
import { ALERT_RULES } from '../../model/picture/picture.ts'
import { clean } from '../../model/values/text.ts'
import type { Store } from '../../state/store.ts'

const FILE = 'silences.json'
/** How soon another pgdeck's silence, or its end, shows here. */
const LOOK_EVERY_MS = 5_000

const text = z.string().transform(clean)
const silence = z.object({
  id: z.string(),
  cluster: z.string(),
  rule: z.enum(ALERT_RULES).nullable(),
  subject: z.string().nullable(),
  owner: z.string().optional(),
  reason: text,
  by: text,
  kind: z.enum(['acknowledged', 'silenced']),
  at: z.number(),
  until: z.number().nullable(),
})
const parse = (content: unknown): readonly Silence[] => z.array(silence).parse(content ?? [])

export interface SilenceStore {
  /** Dispatches what is stored. A file that can't be read is shown as a notice and left as it is. */
  load(): void
  /** Follows the file and ends expired silences until `close`. Without it the file is only read. */
  start(): void
  /** Throws an Error for a request without a reason or an end, and errors of the file system. */
  silence(request: SilenceRequest): Promise<Silence>
  /** Ends a silence early. Resolves to it, or to null if there is none with that id. Throws errors of the file system. */
  unsilence(id: string): Promise<Silence | null>
  /** Writes what has ended meanwhile. Never throws. */
  close(): Promise<void>
}

export interface SilenceStoreOptions {
  readonly store: Store
  readonly folder: string
  /** The user who makes silences. */
  readonly by: string
}

export function createSilenceStore({ store, folder, by }: SilenceStoreOptions): SilenceStore {
  /** Ids that were in the state before: one that is missing now has ended. */
  const seen = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let warned = false

  const active = () => store.latest().clusters.flatMap(({ silences }) => silences)
  const isOver = (each: Silence, ids: ReadonlySet<string>) =>
    isSilenceOver(each, Date.now()) || (seen.has(each.id) && !ids.has(each.id))
  const keepUp = async () => {
    const ids = new Set(active().map(({ id }) => id))
    const kept = parse(readStateFile(folder, FILE))
    const left = kept.filter((each) => !isOver(each, ids))
    if (left.length < kept.length) {
      await updateStateFile(folder, FILE, parse, (now) => now.filter((each) => !isOver(each, ids)))
    }
    show(store, left, seen)
  }
  const warn = (error: unknown) => {
    if (!warned) store.dispatch({ type: 'notified', notice: notice(error) })
    warned = true
  }
  return {
    load() {
      try {
        show(store, parse(readStateFile(folder, FILE)), seen)
      } catch (error) {
        warn(error)
      }
    },
    start() {
      timer = setInterval(() => void keepUp().catch(warn), LOOK_EVERY_MS)
      timer.unref()
    },
    async silence(request) {
      const at = Date.now()
      const reason = whyNotSilenced(request, at)
      if (reason !== null) throw new Error(reason)
      const made: Silence = { ...request, reason: clean(request.reason).trim(), id: randomUUID(), by, at }
      await updateStateFile(folder, FILE, parse, (kept) => [...kept, made])
      seen.add(made.id)
      store.dispatch({ type: 'silenced', silence: made })
      return made
    },
    async unsilence(id) {
      const silence = active().find((each) => each.id === id) ?? null
      if (!silence) return null
      await updateStateFile(folder, FILE, parse, (kept) => kept.filter((each) => each.id !== id))
      store.dispatch({ type: 'silence-ended', cluster: silence.cluster, id })
      return silence
    },
    async close() {
      if (timer === undefined) return
      clearInterval(timer)
      await keepUp().catch(() => undefined)
    },
  }
}

/** Gives each cluster its stored silences, if they differ from those it has. */
function show(store: Store, kept: readonly Silence[], seen: Set<string>): void {
  const now = Date.now()
  for (const { spec, silences } of store.latest().clusters) {
    const wanted = kept.filter((each) => each.cluster === spec.name && !isSilenceOver(each, now))
    for (const { id } of wanted) seen.add(id)
    if (idsOf(wanted) !== idsOf(silences)) {
      store.dispatch({ type: 'silences-loaded', cluster: spec.name, silences: wanted })
    }
  }
}

function notice(error: unknown) {
  const why = error instanceof z.ZodError ? `${FILE}: ${z.prettifyError(error)}` : String((error as Error).message)
  return { at: Date.now(), severity: 'warning', text: clean(`state directory: ${why}`) } as const
}

function idsOf(silences: readonly Silence[]): string {
  return silences
    .map(({ id }) => id)
    .sort()
    .join(' ')
}
