// Stores in the state directory what must outlive the program: display names, and the last positions of each primary.

import * as z from 'zod'
import { readStateFile, stateFileStamp, updateStateFile, writeStateFile } from '../../io/state/state-folder.ts'
import type { LastSeenPrimary } from '../../model/measured/snapshot.ts'
import { messageOf } from '../../model/values/fault.ts'
import { formatLsn, parseLsn } from '../../model/values/lsn.ts'
import { lastGood } from '../../model/values/reading.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { serverIdentitySchema } from './server-identity-schema.ts'

const NAMES_FILE = 'names.json'
const SEEN_FILE = 'last-seen.json'
/** How soon a display name that a colleague set shows here: about a poll. */
const LOOK_EVERY_MS = 2_000
/** A crash loses at most this much. A poll more or less does not matter to an estimate with an age. */
const SAVE_EVERY_MS = 10_000

const names = z.record(z.string(), z.record(z.string(), z.string()))
const seen = z.object({
  at: z.number(),
  lsn: z.string().transform((text, context) => {
    const lsn = parseLsn(text)
    if (lsn === null) context.addIssue('is not a WAL position')
    return lsn ?? z.NEVER
  }),
  timeline: z.number().nullable(),
  systemIdentifier: z.string(),
  settings: z.object({
    max_connections: z.number(),
    max_worker_processes: z.number(),
    max_wal_senders: z.number(),
    max_prepared_transactions: z.number(),
    max_locks_per_transaction: z.number(),
  }),
  // Absent in files of 0.1.0.
  identity: serverIdentitySchema.optional(),
  endpoint: z.object({ host: z.string(), port: z.number() }).optional(),
})
const seenFile = z.record(z.string(), z.record(z.string(), seen))

export interface PersistedStateStore {
  /** Dispatches what is stored. A file that can't be read is shown as a notice and left as it is. */
  load(): void
  /** Saves positions and follows the display names that others set until `close`. */
  start(): void
  /** Stores a display name; an empty one removes it. Throws errors of the file system. */
  rename(cluster: string, id: string, name: string): Promise<void>
  /** Saves and ends. Never throws: a full disk must not prevent the end of the program. */
  close(): Promise<void>
}

/** Creates a store in one state folder. */
export function createPersistedStateStore({
  store,
  folder,
}: {
  readonly store: Store
  readonly folder: string
}): PersistedStateStore {
  let timer: NodeJS.Timeout | undefined
  let looks: NodeJS.Timeout | undefined
  let stamp: string | null = null
  let saved = ''
  const warn = (error: unknown) => store.dispatch({ type: 'notified', notice: notice(error) })

  const save = async () => {
    const now = positionsOf(store.latest())
    const text = JSON.stringify(now)
    if (text === saved || Object.keys(now).length === 0) return
    // Another pgdeck may watch other clusters with the same folder: their entries stay.
    const others = readStateFile(folder, SEEN_FILE)
    await writeStateFile(folder, SEEN_FILE, { ...(isRecord(others) ? others : {}), ...now })
    saved = text
  }
  const loadNames = () => {
    stamp = stateFileStamp(folder, NAMES_FILE)
    try {
      const all = contentOf(folder, NAMES_FILE, names)
      for (const { spec } of store.latest().clusters) {
        store.dispatch({ type: 'names-loaded', cluster: spec.name, names: all[spec.name] ?? {} })
      }
    } catch (error) {
      warn(error)
    }
  }
  return {
    load() {
      // Separately: a damaged file of names must not hide the positions, nor the other way round.
      loadNames()
      try {
        for (const [cluster, kept] of Object.entries(contentOf(folder, SEEN_FILE, seenFile))) {
          store.dispatch({ type: 'last-seen-loaded', cluster, seen: kept })
        }
      } catch (error) {
        warn(error)
      }
    },
    start() {
      timer = setInterval(() => void save().catch(warn), SAVE_EVERY_MS)
      timer.unref()
      looks = setInterval(() => {
        if (stateFileStamp(folder, NAMES_FILE) !== stamp) loadNames()
      }, LOOK_EVERY_MS)
      looks.unref()
    },
    async rename(cluster, id, name) {
      const parse = (content: unknown) => validContent(folder, NAMES_FILE, names, content)
      await updateStateFile(folder, NAMES_FILE, parse, (kept) => {
        const { [id]: _before, ...rest } = kept[cluster] ?? {}
        return { ...kept, [cluster]: name ? { ...rest, [id]: name } : rest }
      })
      store.dispatch({ type: 'renamed', cluster, id, name })
    },
    async close() {
      clearInterval(timer)
      clearInterval(looks)
      await save().catch(warn)
    },
  }
}

/** Returns the content of a file; nothing if it does not exist. Throws with its path if the content is not valid. */
function contentOf<T>(folder: string, file: string, schema: z.ZodType<T>): T {
  return validContent(folder, file, schema, readStateFile(folder, file))
}

function validContent<T>(folder: string, file: string, schema: z.ZodType<T>, content: unknown): T {
  const { success, data, error } = schema.safeParse(content ?? {})
  if (success) return data
  throw new Error(`${folder}/${file}: ${z.prettifyError(error).replaceAll('\n', ' ')}`, { cause: error })
}

function positionsOf(state: State): Record<string, Record<string, unknown>> {
  // If all readings are standbys, that is stored too. Otherwise one of them would count as a primary after a restart.
  const known = state.clusters.filter(({ databases }) =>
    databases.some(({ pulse, lastSeenAsPrimary }) => lastSeenAsPrimary !== null || lastGood(pulse) !== null),
  )
  const clusters = known.map(({ spec, databases }) => {
    const positions = databases.flatMap(({ spec: { id }, lastSeenAsPrimary }) =>
      lastSeenAsPrimary ? [[id, printable(lastSeenAsPrimary)] as const] : [],
    )
    return [spec.name, Object.fromEntries(positions)] as const
  })
  return Object.fromEntries(clusters)
}

function printable(position: LastSeenPrimary): object {
  return { ...position, lsn: formatLsn(position.lsn) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notice(error: unknown) {
  const reason = messageOf(error)
  return { at: Date.now(), severity: 'warning', text: `state directory: ${reason}` } as const
}
