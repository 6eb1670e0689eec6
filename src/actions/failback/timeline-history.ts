// The history of a timeline, from a session of physical replication, else from the server's own file.

import { parseTimelineHistory, type TimelineEnd } from '../../io/base-backup/walsender-session.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { databaseServiceOf } from '../hosts/service.ts'

const LIMIT_MS = 8_000

/** Where each earlier timeline ended. Throws the FaultError of the session if no other way leads to the file. */
export async function timelineHistoryOf(
  database: string,
  timeline: number,
  tools: ActionToolbox,
): Promise<readonly TimelineEnd[]> {
  try {
    const session = await tools.replication(database)
    try {
      return await session.history(timeline)
    } finally {
      await session.close()
    }
  } catch (error) {
    // pgdeck may lack the REPLICATION attribute, or a line in pg_hba.conf.
    const text = await historyFile(database, timeline, tools).catch(() => null)
    if (text === null) throw error
    return parseTimelineHistory(text)
  }
}

const MAY_READ = `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_read_file(pg_catalog.text)', 'execute') AS may`

async function historyFile(database: string, timeline: number, tools: ActionToolbox): Promise<string | null> {
  const path = `pg_wal/${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
  const { host, dataDirectory } = await databaseServiceOf(database, tools)
  const connection = tools.host(host)
  if (connection && dataDirectory !== null) {
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const file = await connection.readFile(`${dataDirectory}/${path}`, { signal })
    if (file) return file.text
  }
  const [{ may } = { may: false }] = await tools.sql<{ may: boolean }>(database, { text: MAY_READ })
  if (!may) return null
  const [row] = await tools.sql<{ text: string }>(database, {
    text: 'SELECT pg_catalog.pg_read_file($1) AS text',
    values: [path],
  })
  return row?.text ?? null
}
