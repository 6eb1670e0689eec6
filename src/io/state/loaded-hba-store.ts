// Remembers in the state folder what each server's pg_hba.conf held when the server had certainly read it.

import * as z from 'zod'
import type { LoadedHba, LoadedHbaStore } from '../../model/hba/audit/reload-state.ts'
import { readStateFile, updateStateFile } from './state-folder.ts'

const FILE = 'hba-loaded.json'
/** Every start of a server makes a new entry; the oldest go. */
const MOST = 200

const book = z.record(z.string(), z.object({ loadedAt: z.number(), hash: z.string() })).catch({})

/** A memory in that folder. It never fails: one that can't be read or kept is one that remembers nothing. */
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
        // Then times decide next time, too.
      }
    },
  }
}

type LoadedHbaEntries = Readonly<Record<string, LoadedHba>>

function read(content: unknown): LoadedHbaEntries {
  return book.parse(content ?? {})
}

/** The same book when it says so already. */
function withEntry(known: LoadedHbaEntries, key: string, loaded: LoadedHba): LoadedHbaEntries {
  const before = known[key]
  if (before?.hash === loaded.hash && before.loadedAt === loaded.loadedAt) return known
  const others = Object.entries(known).filter(([name]) => name !== key)
  return Object.fromEntries([...others.slice(1 - MOST), [key, loaded]])
}
