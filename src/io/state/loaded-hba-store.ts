// Remembers in the state folder what each server's pg_hba.conf held when the server had certainly read it.

import * as z from 'zod'
import type { LoadedHba, LoadedHbaStore } from '../../model/hba/audit/reload-state.ts'
import { changeState, readState } from './state-folder.ts'

const FILE = 'hba-loaded.json'
/** Every start of a server makes a new entry; the oldest go. */
const MOST = 200

const book = z.record(z.string(), z.object({ loadedAt: z.number(), hash: z.string() })).catch({})

/** A memory in that folder. It never fails: one that can't be read or kept is one that remembers nothing. */
export function hbaMemory(folder: string): LoadedHbaStore {
  return {
    recall(key) {
      try {
        return read(readState(folder, FILE))[key] ?? null
      } catch {
        return null
      }
    },
    async keep(key, loaded) {
      try {
        await changeState(folder, FILE, read, (known) => withEntry(known, key, loaded))
      } catch {
        // Then times decide next time, too.
      }
    },
  }
}

type Book = Readonly<Record<string, LoadedHba>>

function read(content: unknown): Book {
  return book.parse(content ?? {})
}

/** The same book when it says so already. */
function withEntry(known: Book, key: string, loaded: LoadedHba): Book {
  const before = known[key]
  if (before?.hash === loaded.hash && before.loadedAt === loaded.loadedAt) return known
  const others = Object.entries(known).filter(([name]) => name !== key)
  return Object.fromEntries([...others.slice(1 - MOST), [key, loaded]])
}
