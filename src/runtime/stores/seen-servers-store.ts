// Stores which server answered behind each database, so that the next program notices when an address leads elsewhere.

import * as z from 'zod'
import { readStateFile, writeStateFile } from '../../io/state/state-folder.ts'
import type { ObservedServers } from '../../model/measured/observed-servers.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { createPeriodicSave, type PeriodicSave } from './periodic-save.ts'
import { serverIdentitySchema } from './server-identity-schema.ts'

const FILE = 'servers.json'
const SAVE_EVERY_MS = 30_000

const server = z.object({
  identity: serverIdentitySchema,
  readAt: z.number(),
  clockAt: z.number(),
  host: z.string(),
  port: z.number(),
})
const content = z.record(z.string(), z.record(z.string(), z.object({ last: server, other: server.nullable() })))

export interface SeenServersStore extends PeriodicSave {
  /** Dispatches what is stored. A file that can't be read is shown as a notice and left as it is. */
  load(): void
}

export function createSeenServersStore(options: { readonly store: Store; readonly folder: string }): SeenServersStore {
  const { store, folder } = options
  let saved = ''
  const warn = (error: unknown) => {
    const text = clean(`state directory: ${messageOf(error)}`)
    store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
  }
  const save = async () => {
    const now = serversOf(store.latest())
    const text = JSON.stringify(now)
    if (text === saved || Object.keys(now).length === 0) return
    // Another pgdeck may watch other clusters with the same folder: their entries stay.
    const others = content.safeParse(readStateFile(folder, FILE) ?? {}).data ?? {}
    await writeStateFile(folder, FILE, { ...others, ...now })
    saved = text
  }
  return {
    load() {
      try {
        const { success, data, error } = content.safeParse(readStateFile(folder, FILE) ?? {})
        if (!success) throw new Error(`${folder}/${FILE}: ${z.prettifyError(error).replaceAll('\n', ' ')}`)
        for (const [cluster, seen] of Object.entries(data)) store.dispatch({ type: 'servers-loaded', cluster, seen })
      } catch (error) {
        warn(error)
      }
    },
    ...createPeriodicSave(SAVE_EVERY_MS, save, warn),
  }
}

function serversOf(state: State): Readonly<Record<string, Readonly<Record<string, ObservedServers>>>> {
  const clusters = state.clusters.map(({ spec, databases }) => {
    const seen = databases.flatMap((record) => (record.servers ? [[record.spec.id, record.servers] as const] : []))
    return [spec.name, Object.fromEntries(seen)] as const
  })
  return Object.fromEntries(clusters.filter(([, seen]) => Object.keys(seen).length > 0))
}
