// Stores in the state folder what each server's pg_hba.conf contained when the server had certainly loaded it.

import * as z from 'zod'
import type { LoadedHba, LoadedHbaStore } from '../../model/hba/audit/reload-state.ts'
import { readStateFile, updateStateFile } from './state-folder.ts'

const FILE = 'hba-loaded.json'
/** Every start of a server adds an entry; the oldest are dropped. */
const MOST = 200

const book = z.record(z.string(), z.object({ loadedAt: z.number(), hash: z.string() })).catch({})

/** Returns the store in that folder. It never fails: if its file can't be read or written, it has no entries. */
export function loadedHbaStore(folder: string): LoadedHbaStore {
  return {
    recall(key) {
      try {
        return read(readStateFile(folder, FILE))[key] ?? null
      } catch {
        return null
      }
    },
    async keep(key, loaded) {
      try {
        await updateStateFile(folder, FILE, read, (known) => withEntry(known, key, loaded))
      } catch {
        // The times of files decide next time too, then.
      }
    },
  }
}

type LoadedHbaEntries = Readonly<Record<string, LoadedHba>>

function read(content: unknown): LoadedHbaEntries {
  return book.parse(content ?? {})
}

/** The same object if it has that entry already. */
function withEntry(known: LoadedHbaEntries, key: string, loaded: LoadedHba): LoadedHbaEntries {
  const before = known[key]
  if (before?.hash === loaded.hash && before.loadedAt === loaded.loadedAt) return known
  const others = Object.entries(known).filter(([name]) => name !== key)
  return Object.fromEntries([...others.slice(1 - MOST), [key, loaded]])
}
