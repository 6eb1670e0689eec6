// Reads the end of a server's log through SQL, where this role may.

import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import { listServerLogs, readServerLog } from '../database/server-logs.ts'

const TAIL_BYTES = 128 * 1024

/** The last lines of the newest file, or what this role lacks to read them. */
export type LogTail =
  | { readonly lines: readonly string[] }
  | { readonly lines: null; readonly grants: readonly string[] }

/** The newest line comes last; no line where the log goes elsewhere. Throws FaultError. */
export async function readLogTail(link: DatabaseSession, signal: AbortSignal): Promise<LogTail> {
  const listed = await listServerLogs(link, signal)
  if (listed.files === null) return { lines: null, grants: listed.grants }
  const plain = listed.files.filter(({ name }) => !/\.(csv|json)$/.test(name))
  const [newest] = plain.toSorted((a, b) => b.modifiedAt - a.modifiedAt || (a.name < b.name ? 1 : -1))
  if (!newest) return { lines: [] }
  const range = { offset: Math.max(0, newest.bytes - TAIL_BYTES), end: newest.bytes }
  const parts: Uint8Array[] = []
  for await (const part of readServerLog(link, newest.path, range, signal)) parts.push(part)
  return { lines: Buffer.concat(parts).toString('utf8').split('\n') }
}
