// Journals of runs: one file each, JSON lines, on disk before the run continues.

import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalEntry } from '../../model/runs/run.ts'
import { distrustOf } from '../files/trust.ts'
import { readFileInTrustedFolder, refuseUntrusted } from '../files/trusted-file.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'

export interface Journal {
  /** Resolves when it is on disk. Throws errors of the file system; then nothing of it is written. */
  append(entry: JournalEntry): Promise<void>
  close(): Promise<void>
}

const FOLDER = 'runs'
const ENDING = '.jsonl'
const LINE_BREAK = 0x0a

/** Opens a run's journal for writing; with `begin` it must be new. An incomplete line after a crash is removed. */
export async function openJournal(stateFolder: string, run: string, { begin }: { begin: boolean }): Promise<Journal> {
  const folder = join(stateFolder, FOLDER)
  requirePrivateFolder(stateFolder)
  requirePrivateFolder(folder)
  const file = await open(join(folder, fileName(run)), begin ? 'wx+' : 'r+', 0o600)
  if (!begin) refuseUntrusted(distrustOf(join(folder, fileName(run)), await file.stat()))
  let size = begin ? 0 : await mend(file)
  if (begin) await syncFolder(folder)
  let last: Promise<void> = Promise.resolve()
  const write = async (entry: JournalEntry) => {
    const bytes = Buffer.from(`${JSON.stringify(entry, withBigints)}\n`)
    try {
      await writeAll(file, bytes, size)
      // Output is for people. Lines that decide about a resume are synced first.
      if (entry.type !== 'said') await file.datasync()
      size += bytes.length
    } catch (error) {
      await file.truncate(size).catch(() => {})
      throw error
    }
  }
  return {
    append(entry) {
      const appended = last.then(() => write(entry))
      last = appended.catch(() => {})
      return appended
    },
    async close() {
      await last
      await file.close()
    },
  }
}

/** A disk that becomes full accepts a part without an error. The rest then fails at the next try. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** Size of the complete lines. Text after the last line break is incomplete. */
async function mend(file: FileHandle): Promise<number> {
  const bytes = await file.readFile()
  const size = bytes.lastIndexOf(LINE_BREAK) + 1
  if (size < bytes.length) await file.truncate(size)
  return size
}

/** A new file's name is on disk only after its folder is synced. Not every system can open folders. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // The journal survives everything but a crash of the machine.
  }
}

function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Ids of all runs, newest first: they begin with their time. */
export async function listRunIds(stateFolder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(stateFolder, FOLDER))
    const ids = names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length))
    return ids.sort().reverse()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Ids of the runs whose journal has a line. The audit log is written first, so it must have an entry of each. */
export async function listStartedRuns(stateFolder: string): Promise<readonly string[]> {
  const begun: string[] = []
  for (const run of await listRunIds(stateFolder)) {
    const facts = await stat(join(stateFolder, FOLDER, `${run}${ENDING}`)).catch(() => null)
    if (facts !== null && facts.size > 0) begun.push(run)
  }
  return begun
}

/** The complete lines of a journal; null if there is no such run. Throws for a file that is not a journal. */
export async function readJournal(stateFolder: string, run: string): Promise<readonly JournalEntry[] | null> {
  if (!isRunId(run)) return null
  const path = join(stateFolder, FOLDER, fileName(run))
  let text: string
  try {
    text = readFileInTrustedFolder(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line, index) => entryOf(line, `${path}, line ${index + 1}`))
}

function entryOf(line: string, place: string): JournalEntry {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && 'type' in value) return value as JournalEntry
  } catch {
    // Reported below, with its position.
  }
  throw new Error(`${place}: this is not a line of a journal`)
}

/** Ids also come from the command line: they must not lead out of the folder. */
function isRunId(text: string): boolean {
  return /^[\w.:-]{1,200}$/.test(text) && !text.startsWith('.')
}

function fileName(run: string): string {
  if (!isRunId(run)) throw new Error(`"${run}" is not the id of a run`)
  return `${run}${ENDING}`
}
