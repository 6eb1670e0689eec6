// What a new session verifies before anything else: that it has our settings and leads to the server itself.

import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import type { ServerSession } from './server-session.ts'
import { DECISIVE_SETTINGS, type SessionSettings } from './session-settings.ts'
import { isSameValue, settingChangedFault } from './statement.ts'

/** A setting of ours that no server has: its value shows whose start-up options the server got. */
export const MARK_SETTING = 'pgdeck.session'

/** What a session reported of itself. */
export interface SessionCheck {
  /** Why another program must have answered instead of the server; null: the server answered. */
  readonly pooler: string | null
  readonly standby: boolean
  /** In milliseconds as the server prints it; null before 17. */
  readonly transactionTimeout: string | null
}

// Not pg_settings: a server may refuse that view, and it builds a row for every setting. Times have units here.
/** SQL: a setting as text; times in milliseconds, without a unit. */
export const settingTextSql = (name: string) =>
  name.endsWith('_timeout')
    ? `(extract(epoch FROM pg_catalog.current_setting('${name}', true)::pg_catalog.interval) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8::pg_catalog.text`
    : `pg_catalog.current_setting('${name}', true)`
const SETTINGS = DECISIVE_SETTINGS.map((name) => `'${name}', ${settingTextSql(name)}`).join(', ')

const PROOF = `SELECT pg_catalog.pg_backend_pid() AS pid, coalesce(pg_catalog.current_setting('in_hot_standby', true) OPERATOR(pg_catalog.=) 'on', false) AS standby,
  pg_catalog.current_setting('${MARK_SETTING}', true) AS mark,
  pg_catalog.current_setting('transaction_read_only') AS "readOnly",
  pg_catalog.current_setting('transaction_timeout', true) AS "transactionTimeout",
  pg_catalog.json_build_object(${SETTINGS}) AS settings`

interface Row {
  readonly pid: number
  readonly standby: boolean
  readonly mark: string | null
  readonly readOnly: string
  readonly transactionTimeout: string | null
  readonly settings: Readonly<Record<string, string | null>>
}

/**
 * Asks the session in one round trip. Throws FaultError for a session whose settings code on the server changed as it
 * began, first of all for one that may write though it must not.
 */
export async function checkSession(
  session: ServerSession,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<SessionCheck> {
  // A session with the server's own default may be writable: it asks even this only inside a read-only transaction.
  const text = 'default_transaction_read_only' in settings ? PROOF : `BEGIN READ ONLY; ${PROOF}; COMMIT`
  const [row] = await session.run<Row & Record<string, unknown>>({ text }, signal)
  const { pid, standby = false, transactionTimeout = null } = row ?? {}
  const named = session.processId
  if (!row || row.mark !== settings[MARK_SETTING])
    return { pooler: 'it drops start-up options', standby, transactionTimeout }
  if (pid !== named)
    return { pooler: `it named process ${named ?? 'none'}, and process ${pid} answered`, standby, transactionTimeout }
  if (settings.default_transaction_read_only === 'on' && row.readOnly !== 'on')
    throw new FaultError(settingChangedFault(session.endpoint, ['default_transaction_read_only', 'on']))
  const changed = Object.entries(settings).find(([name, value]) => !isSameValue(row.settings[name] ?? value, value))
  if (changed) throw new FaultError(settingChangedFault(session.endpoint, changed))
  return { pooler: null, standby, transactionTimeout }
}

/** Whether a session of the replication protocol has our settings. It can't ask for its process id. */
export async function checkSettingsByShow(
  session: ServerSession,
  settings: SessionSettings,
  signal: AbortSignal,
): Promise<boolean> {
  let mark: string | null = null
  for await (const answer of session.runReplicationCommand(`SHOW ${MARK_SETTING}`, signal))
    if (answer.kind === 'row') mark = answer.fields[0] ?? null
  return mark === settings[MARK_SETTING]
}

/** A program that shares sessions of a server answered instead of the server. */
export function poolerFault(endpoint: ConnectionEndpoint, why: string): Fault {
  return {
    code: 'pooler',
    message: `${endpointName(endpoint)} is a connection pooler, not the server: ${why}`,
    hint: 'Connect to the server itself: put its own host and port into the dsn.',
  }
}

/** Versions that pgdeck does not read; a pooler's own version is none of PostgreSQL. */
export function tooOldFault(endpoint: ConnectionEndpoint, versionNumber: number): Fault | null {
  if (versionNumber < 90_000 || versionNumber >= 140_000) return null
  return {
    code: 'protocol',
    message: `${endpointName(endpoint)} runs PostgreSQL ${Math.floor(versionNumber / 10_000)}, and pgdeck supports 14 to 18`,
    hint: 'Upgrade the server: its version gets no more fixes from PostgreSQL.',
  }
}

/** Ends a session with a server that is too old. Throws a `protocol` FaultError then. */
export function refuseOldServer(session: Pick<ServerSession, 'endpoint' | 'versionNumber' | 'destroy'>): void {
  const fault = tooOldFault(session.endpoint, session.versionNumber)
  if (fault === null) return
  session.destroy()
  throw new FaultError(fault)
}
