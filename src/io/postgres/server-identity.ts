// Asks a session which server it leads to, and builds statements that do nothing on another server.

import * as z from 'zod'
import { type FoundServer, isSameServer, type ServerIdentity } from '../../model/measured/server-identity.ts'
import { sqlLiteral } from './connection/literal.ts'
import type { ServerSession } from './session/server-session.ts'

const SYSTEM = '(SELECT c.system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system() c)'
const START = microseconds('pg_catalog.pg_postmaster_start_time()')
const PORT = `pg_catalog.current_setting('port')`

/** What a SELECT lists for `identityIn`. */
export const IDENTITY_COLUMNS = `${SYSTEM} AS "systemIdentifier", ${START} AS "postmasterStart", ${PORT}::pg_catalog.int4 AS port`

const IDENTITY = `SELECT ${IDENTITY_COLUMNS}, ${microseconds('pg_catalog.clock_timestamp()')} AS clock`

function microseconds(instant: string): string {
  return `(extract(epoch FROM ${instant}) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8::pg_catalog.text`
}

const digits = z.string().regex(/^\d{1,20}$/)
const identity = z.object({
  systemIdentifier: digits,
  postmasterStart: z.string().regex(/^\d{1,16}$/),
  port: z.number(),
})
const answer = identity.extend({ clock: digits })

/** Returns the server that a row with IDENTITY_COLUMNS names. Throws for a row of another form. */
export function identityIn(row: unknown): ServerIdentity {
  return identity.parse(row)
}

/**
 * Returns the server of a session, by one statement. Throws the driver's error, and an Error for an answer of another
 * form.
 */
export async function identifyServer(session: ServerSession, signal: AbortSignal): Promise<FoundServer> {
  const [row] = await session.run({ text: IDENTITY }, signal)
  const { clock, ...found } = answer.parse(row)
  const upMicroseconds = BigInt(clock) - BigInt(found.postmasterStart)
  return { identity: found, upMs: Number(upMicroseconds / 1000n), readAt: Date.now() }
}

export interface GuardedStatement {
  readonly text: string
  readonly values: readonly unknown[]
  /** A statement that follows in the same transaction; there are no values then. */
  readonly afterwards?: string | undefined
}

/** The session by which a run holds a server. */
export interface ServerLock {
  readonly identity: ServerIdentity
  readonly pid: number
}

/** The result of a guarded statement. `answer` is the row as an object, null if there is none. */
export interface GuardedResult<Row extends object> {
  readonly sameServer: boolean
  /** Whether the lock's session still holds the server; true if none had to. */
  readonly held: boolean
  readonly answer: Row | null
}

/** A session that holds a key of a run: other advisory locks have another key space, or belong to another session. */
const HELD = `EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid OPERATOR(pg_catalog.=) $PID
    AND l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.objsubid OPERATOR(pg_catalog.=) 2::pg_catalog.int2 AND l.granted)`

/**
 * A SELECT that runs only on that server, whatever the session leads to by then, and only while `holding` has its lock:
 * otherwise its functions are not called. It must return at most one row, which comes as JSON. A server that was
 * restarted since counts as another one: the lock is taken again there before the next step.
 */
export function guardStatement(
  identity: ServerIdentity,
  { text, values, afterwards }: GuardedStatement,
  holding: ServerLock | null = null,
): GuardedStatement {
  const { systemIdentifier, postmasterStart, port } = identity
  const holder = holding && isSameServer(holding.identity, identity) ? holding.pid : null
  const own = [systemIdentifier, postmasterStart, String(port), ...(holder === null ? [] : [String(holder)])]
  const [system, start, at, pid] = own.map((value, index) =>
    afterwards === undefined
      ? `$${values.length + index + 1}::pg_catalog.text`
      : `${sqlLiteral(value)}::pg_catalog.text`,
  )
  const same = `${SYSTEM} OPERATOR(pg_catalog.=) ${system}
    AND ${START} OPERATOR(pg_catalog.=) ${start} AND ${PORT} OPERATOR(pg_catalog.=) ${at}`
  const held = pid === undefined ? 'true' : HELD.replace('$PID', () => `${pid}::pg_catalog.int4`)
  const guarded = `SELECT s.same AS "sameServer", s.held,
    CASE WHEN s.same AND s.held THEN (SELECT pg_catalog.row_to_json(q) FROM (${text}) q) END AS answer
  FROM (SELECT ${same}, ${held}) AS s(same, held)`
  // Several statements in one message are one transaction.
  return afterwards === undefined
    ? { text: guarded, values: [...values, ...own] }
    : { text: `${guarded}; ${afterwards}`, values: [] }
}
