// Asks a session which server it leads to, and makes statements that do nothing on another one.

import * as z from 'zod'
import type { FoundServer, ServerIdentity } from '../../model/measured/server-identity.ts'
import type { ServerSession } from '../postgres-session.ts'

const SYSTEM = '(SELECT c.system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system() c)'
const START = microseconds('pg_catalog.pg_postmaster_start_time()')
const PORT = `pg_catalog.current_setting('port')`

const IDENTITY = `SELECT ${SYSTEM} AS "systemIdentifier", ${START} AS "postmasterStart",
  ${PORT}::pg_catalog.int4 AS port, ${microseconds('pg_catalog.clock_timestamp()')} AS clock`

function microseconds(instant: string): string {
  return `(extract(epoch FROM ${instant}) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8::pg_catalog.text`
}

const digits = z.string().regex(/^\d{1,20}$/)
const answer = z.object({
  systemIdentifier: digits,
  postmasterStart: z.string().regex(/^\d{1,16}$/),
  port: z.number(),
  clock: digits,
})

/** The server behind a session, by one statement. Throws the driver's error, and an Error for an answer of another form. */
export async function serverBehind(session: ServerSession, signal: AbortSignal): Promise<FoundServer> {
  const [row] = await session.run({ text: IDENTITY }, signal)
  const { clock, ...identity } = answer.parse(row)
  const upMicroseconds = BigInt(clock) - BigInt(identity.postmasterStart)
  return { identity, upMs: Number(upMicroseconds / 1000n), readAt: Date.now() }
}

export interface GuardedStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What a guarded statement answers with: `answer` is the row as an object, null where there is none. */
export interface GuardedAnswer<Row extends object> {
  readonly sameServer: boolean
  readonly answer: Row | null
}

/**
 * A SELECT that is carried out on that server alone, whatever the session leads to by then: its functions are not called
 * elsewhere. It must answer with one row at most, which comes as JSON.
 */
export function onlyOn(
  { systemIdentifier, postmasterStart, port }: ServerIdentity,
  { text, values }: GuardedStatement,
): GuardedStatement {
  const [system, start, own] = [1, 2, 3].map((more) => `$${values.length + more}::pg_catalog.text`)
  const same = `${SYSTEM} OPERATOR(pg_catalog.=) ${system}
    AND ${START} OPERATOR(pg_catalog.=) ${start} AND ${PORT} OPERATOR(pg_catalog.=) ${own}`
  return {
    text: `SELECT s.same AS "sameServer", CASE WHEN s.same THEN (SELECT pg_catalog.row_to_json(q) FROM (${text}) q) END AS answer
  FROM (SELECT ${same}) AS s(same)`,
    values: [...values, systemIdentifier, postmasterStart, String(port)],
  }
}
