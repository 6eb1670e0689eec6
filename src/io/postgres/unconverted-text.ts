// Text that a server can't convert: names of roles and databases are the same bytes in databases of every encoding.

import { sqlStateOf } from './connection/server-error.ts'
import { type PreparedStatement, sentOn } from './prepared-statement.ts'
import type { ServerSession } from './session/server-session.ts'
import type { SessionStatement } from './session/statement.ts'

/** character_not_in_repertoire, untranslatable_character. */
const NOT_CONVERTED: ReadonlySet<string> = new Set(['22021', '22P05'])

/** The setting lasts only as long as the transaction: that of the session stays what pgdeck relies on. */
const BEGIN = `BEGIN READ ONLY; SET LOCAL client_encoding TO 'SQL_ASCII'`

/** Which session gets its answers in the bytes that the server has: one that failed to convert an answer. */
export class UnconvertedText {
  #session: ServerSession | null = null

  /** Returns what `send` does; if the server can't convert that, asks again. Rethrows any other error. */
  async ask(
    session: ServerSession,
    statement: PreparedStatement,
    send: () => Promise<readonly object[]>,
    signal: AbortSignal,
  ): Promise<readonly object[]> {
    const mayHelp = session.pooler === null && !statement.searchPath
    if (mayHelp && this.#session === session) return runUnconverted(session, sentOn(session, statement), signal)
    try {
      return await send()
    } catch (error) {
      if (!mayHelp || !NOT_CONVERTED.has(sqlStateOf(error) ?? '')) throw error
      this.#session = session
      return runUnconverted(session, sentOn(session, statement), signal)
    }
  }
}

/**
 * Runs a statement whose answer comes in the bytes that the server has: what is not UTF-8 shows as replacement characters.
 * Throws as `ServerSession.run`.
 */
async function runUnconverted(
  session: ServerSession,
  { text, values = [] }: SessionStatement,
  signal: AbortSignal,
): Promise<readonly object[]> {
  try {
    if (values.length === 0) return await session.run({ text: `${BEGIN}; ${text}\n; COMMIT` }, signal)
    await session.run({ text: BEGIN }, signal)
    const rows = await session.run({ text, values, single: true }, signal)
    await session.run({ text: 'COMMIT' }, signal)
    return rows
  } catch (error) {
    if (session.isAlive()) await session.run({ text: 'ROLLBACK' }, signal).catch(() => session.destroy())
    throw error
  }
}
