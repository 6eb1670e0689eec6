// The session by which a run holds one server: it takes keys, reads who else has one, and lives as long as the run.

import type { ServerIdentity } from '../../model/measured/server-identity.ts'
import type { LockHolder } from '../../model/runs/lock/cluster-run.ts'
import { lockClass, toSignedInt32 } from '../../model/runs/lock/lock-key.ts'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { startWaitLimit } from '../network/wait-timeout.ts'
import { endpointName } from './connection/postgres-fault.ts'
import type { Tunnel } from './connection/tunnel.ts'
import { countsForOthersSql, lockHoldersSql } from './run-lock-sql.ts'
import { createConnector } from './session/connector.ts'
import type { ServerSession } from './session/server-session.ts'

export interface RunLockOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly tunnel?: Tunnel | undefined
  /** The run and its user: its application_name. */
  readonly name: string
}

export interface RunLockSession {
  /** The server that the session leads to. */
  readonly identity: ServerIdentity
  /** Process id of the session on that server. */
  readonly pid: number
  /** Runs of other roles respect the keys of this one: its role can act, or may at least watch like pg_monitor. */
  readonly countsForOthers: boolean
  /** False after the connection, and every key with it, is lost. */
  isAlive(): boolean
  /**
   * Takes the key with that second number, and then releases the previous one. False, without a change, if another
   * session has the very same key. Throws FaultError.
   */
  takeKey(objid: number): Promise<boolean>
  /** Releases its key. Throws FaultError. */
  giveBack(): Promise<void>
  /** Returns the other holders of a key of this system on this server whose role can act. Throws FaultError. */
  otherHolders(): Promise<readonly LockHolder[]>
  /** Ends the session of such a holder. Throws FaultError if this role may not. */
  endOther(pid: number): Promise<void>
  /** Ends the session and releases every key. Never takes long. */
  close(): Promise<void>
}

const CONNECT_MS = 5_000
const STATEMENT_MS = 4_000
/** Behind an ssh forward the server sees its own host, which stays when this one is gone: then a timeout must end it. */
const LEASE_MS = 15_000
const HEARTBEAT_MS = 4_000

const IDENTITY = `SELECT c.system_identifier::pg_catalog.text AS "systemIdentifier",
  (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint::pg_catalog.text AS "postmasterStart",
  pg_catalog.current_setting('port')::int AS port, pg_catalog.pg_backend_pid() AS pid, ${countsForOthersSql()} AS "countsForOthers"
  FROM pg_catalog.pg_control_system() c`
const GIVE_BACK = 'SELECT pg_catalog.pg_advisory_unlock($1::int, $2::int)'
const HOLD = 'SELECT pg_catalog.pg_try_advisory_lock($1::int, $2::int) AS done'
// CASE determines the order: the old key is released only after the new one is held.
const HOLD_INSTEAD = `SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($1::int, $2::int)
  THEN pg_catalog.pg_advisory_unlock($1::int, $3::int) ELSE false END AS done`
const OTHERS = `SELECT ${lockHoldersSql('l.pid <> pg_catalog.pg_backend_pid()')} AS holders`
// Only while it still holds a key: the process id may belong to another session by now.
const END = `SELECT pg_catalog.pg_terminate_backend(h.pid) FROM (SELECT DISTINCT (j->>'pid')::int AS pid
  FROM pg_catalog.json_array_elements(${lockHoldersSql('l.pid <> pg_catalog.pg_backend_pid()')}) j) h WHERE h.pid = $1::int`

/**
 * Opens a session with the server itself, never through a pooler. Throws FaultError. Only the run, this process, or the
 * server (when this host is gone for 20 seconds) ends it.
 */
export async function openRunLockSession(options: RunLockOptions): Promise<RunLockSession> {
  const { name, tunnel } = options
  const connection = { ...options.connection, applicationName: name }
  const idle = tunnel ? { idleMs: LEASE_MS } : {}
  const limits = { statementMs: STATEMENT_MS, lockMs: STATEMENT_MS, ...idle }
  const connector = createConnector({ ...options, connection, purpose: 'lock', limits })
  const limit = within(CONNECT_MS)
  try {
    const session = await connector.open({ signal: limit.signal, deadline: performance.now() + CONNECT_MS })
    try {
      const [row] = await session.run<ServerIdentity & Own>({ text: IDENTITY }, limit.signal)
      if (!row) throw new Error('the server did not report its identity')
      const fault = (error: unknown) => new FaultError(connector.faultOf(error, session.endpoint), { cause: error })
      const { pid, countsForOthers, ...identity } = row
      return heldBy(session, identity, { pid, countsForOthers }, fault, tunnel !== undefined)
    } catch (error) {
      session.destroy()
      throw error instanceof FaultError ? error : new FaultError(connector.faultOf(error, session.endpoint))
    }
  } finally {
    limit.done()
  }
}

interface Own {
  readonly pid: number
  readonly countsForOthers: boolean
}

function heldBy(
  session: ServerSession,
  identity: ServerIdentity,
  own: Own,
  faultOf: (error: unknown) => FaultError,
  beats: boolean,
): RunLockSession {
  const key = toSignedInt32(lockClass(identity.systemIdentifier))
  let held: number | null = null
  let last: Promise<unknown> = Promise.resolve()
  const ask = async <Row extends object>(text: string, values: readonly unknown[]): Promise<Row | undefined> => {
    const limit = within(STATEMENT_MS)
    try {
      const [row] = await session.run<Row & Record<string, unknown>>({ text, values }, limit.signal)
      return row
    } catch (error) {
      throw limit.signal.aborted ? new FaultError(silence(session)) : faultOf(error)
    } finally {
      limit.done()
    }
  }
  /** One statement at a time. */
  const inTurn = <Row extends object>(text: string, values: readonly unknown[]) => {
    const turn = last.then(() => ask<Row>(text, values))
    last = turn.catch(() => {})
    return turn
  }
  const beat = beats ? setInterval(() => void inTurn('SELECT', []).catch(() => {}), HEARTBEAT_MS) : undefined
  beat?.unref()
  return {
    identity,
    ...own,
    isAlive: () => session.isAlive(),
    async takeKey(objid) {
      if (objid === held) return true
      const [text, values] =
        held === null
          ? [HOLD, [key, toSignedInt32(objid)]]
          : [HOLD_INSTEAD, [key, toSignedInt32(objid), toSignedInt32(held)]]
      const row = await inTurn<{ done: boolean }>(text, values)
      if (row?.done) held = objid
      return row?.done ?? false
    },
    async giveBack() {
      if (held !== null) await inTurn(GIVE_BACK, [key, toSignedInt32(held)])
      held = null
    },
    otherHolders: async () => (await inTurn<{ holders: readonly LockHolder[] }>(OTHERS, []))?.holders ?? [],
    endOther: async (other) => void (await inTurn(END, [other])),
    async close() {
      clearInterval(beat)
      await session.end()
    },
  }
}

function silence({ endpoint }: ServerSession) {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} did not answer the session that holds the run’s lock within ${STATEMENT_MS / 1000} s`,
    hint: 'Look at its processes, the load of its host and the network: a process may be frozen (state T in ps), the host overloaded, the network cut.',
  } as const
}

function within(ms: number) {
  return startWaitLimit({ ms, signals: [] })
}
