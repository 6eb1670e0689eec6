// Reads the ends of a server's logs through SQL, also of those that rotation has put aside.

import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { DatabaseLogging } from '../../model/logs/locations.ts'
import { LOG_FORMATS, type LogFormat, logNames, usualLogNames } from '../../model/logs/log-file-names.ts'
import { FaultError } from '../../model/values/fault.ts'
import { listServerLogs, readServerLog, type ServerLogFile } from './server-logs.ts'

/** Of each format. */
const TAIL_BYTES = 128 * 1024
const MOST_FILES = 6

/** The ends of the newest files, or the grants that this role lacks to read them. */
type LogTails = { readonly texts: readonly string[] } | { readonly texts: null; readonly grants: readonly string[] }

/**
 * Returns the end of the log in each format, the oldest lines first: of the newest file, and before it of as many older ones as there
 * is room for. None if the server has no collector that writes files. Throws FaultError.
 */
export async function readLogTails(
  link: DatabaseSession,
  { collector, filename }: Pick<DatabaseLogging, 'collector' | 'filename'>,
  signal: AbortSignal,
): Promise<LogTails> {
  // What lies in the folder then is of former times.
  if (!collector) return { texts: [] }
  const listed = await listServerLogs(link, signal)
  if (listed.files === null) return { texts: null, grants: listed.grants }
  const texts: string[] = []
  for (const format of LOG_FORMATS) {
    const text = await tailOf(link, filesOf(listed.files, filename, format), signal)
    if (text !== '') texts.push(text)
  }
  return { texts }
}

/** The newest first, where several servers share the folder the one of this server: those with the names that the server gives, or where there are none with usual ones. */
function filesOf(
  files: readonly ServerLogFile[],
  filename: string | null,
  format: LogFormat,
): readonly ServerLogFile[] {
  const newestFirst = files
    .filter(({ name, bytes }) => bytes > 0 && !name.endsWith('.gz'))
    .toSorted(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.modifiedAt - a.modifiedAt || (a.name < b.name ? 1 : -1),
    )
  for (const names of [logNames(filename, format), usualLogNames(format)]) {
    if (names === null) continue
    const [wanted, unwanted] = [new RegExp(names.wanted), new RegExp(names.unwanted)]
    const found = newestFirst.filter(({ name }) => wanted.test(name) && !unwanted.test(name))
    if (found.length > 0) return found.slice(0, MOST_FILES)
  }
  return []
}

async function tailOf(link: DatabaseSession, files: readonly ServerLogFile[], signal: AbortSignal): Promise<string> {
  const texts: string[] = []
  let left = TAIL_BYTES
  for (const { path, bytes } of files) {
    if (left <= 0) break
    const parts: Uint8Array[] = []
    try {
      const range = { offset: Math.max(0, bytes - left), end: bytes }
      for await (const part of readServerLog(link, path, range, signal)) parts.push(part)
    } catch (error) {
      // Rotated or removed since it was listed.
      if (error instanceof FaultError && error.fault.code === 'protocol') continue
      throw error
    }
    texts.unshift(Buffer.concat(parts).toString('utf8'))
    left -= bytes
  }
  return texts.join('\n')
}
