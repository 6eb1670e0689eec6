// What a new session proves before anything else is asked of it: that it has our settings, and leads to the server itself.

import { type Fault, FaultError } from '../../model/fault.ts'
import { targetName } from '../fault.ts'
import type { Endpoint } from '../postgres-route.ts'
import type { ServerSession } from '../postgres-session.ts'
import type { Settings } from './session-settings.ts'

/** A setting of ours that no server has: what comes back shows whose start-up options the server got. */
export const MARK = 'pgdeck.session'

/** What a session said of itself. */
export interface Proof {
  readonly standby: boolean
  /** In milliseconds as the server prints it; null before 17. */
  readonly transactionTimeout: string | null
}

const PROOF = `SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.pg_is_in_recovery() AS standby,
  pg_catalog.current_setting('${MARK}', true) AS mark, pg_catalog.current_setting('search_path') AS path,
  pg_catalog.current_setting('transaction_read_only') AS "readOnly",
  pg_catalog.current_setting('transaction_timeout', true) AS "transactionTimeout"`

interface Row {
  readonly pid: number
  readonly standby: boolean
  readonly mark: string | null
  readonly path: string
  readonly readOnly: string
  readonly transactionTimeout: string | null
}

/** Asks the session, in one round trip. Throws a `pooler` FaultError where something else answers for the server. */
export async function proven(session: ServerSession, settings: Settings, signal: AbortSignal): Promise<Proof> {
  const [row] = await session.run<Row & Record<string, unknown>>({ text: PROOF }, signal)
  if (!row || row.mark !== settings[MARK] || row.path.replaceAll(' ', '') !== settings.search_path)
    throw new FaultError(poolerFault(session.endpoint, 'it dropped the start-up options of the session'))
  if (row.pid !== session.processId)
    throw new FaultError(
      poolerFault(session.endpoint, `it named process ${session.processId ?? 'none'}, and process ${row.pid} answered`),
    )
  if (settings.default_transaction_read_only === 'on' && row.readOnly !== 'on')
    throw new FaultError(writableFault(session.endpoint))
  const { standby, transactionTimeout } = row
  return { standby, transactionTimeout }
}

/** The same of a session that speaks the replication protocol, which can't be asked for its process. */
export async function provenByShow(session: ServerSession, settings: Settings, signal: AbortSignal): Promise<void> {
  let mark: string | null = null
  for await (const answer of session.answers(`SHOW ${MARK}`, signal))
    if (answer.kind === 'row') mark = answer.fields[0] ?? null
  if (mark === settings[MARK]) return
  throw new FaultError(poolerFault(session.endpoint, 'it dropped the start-up options of the session'))
}

/** Something that hands out sessions of a server answered in its place. */
export function poolerFault(endpoint: Endpoint, why: string): Fault {
  return {
    code: 'pooler',
    message: `${targetName(endpoint)} is a connection pooler, not the server: ${why}`,
    hint: 'Connect to the server itself: put its own host and port into the dsn.',
  }
}

/** A session of ours may write that must not. */
export function writableFault(endpoint: Endpoint): Fault {
  return {
    code: 'protocol',
    message: `${targetName(endpoint)} switched the session of pgdeck to read-write, so it was closed`,
    hint: 'Something on the server did that: look for event triggers on login, session_preload_libraries, and functions that call set_config.',
  }
}
