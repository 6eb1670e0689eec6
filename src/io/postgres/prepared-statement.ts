// A statement of the watching: its texts by version, and how it is sent.

import type { SearchPath } from '../../model/values/sql-names.ts'
import { runConfiguredQuery } from './configured-query.ts'
import type { StatementParts } from './session/refused-parts.ts'
import type { ServerSession } from './session/server-session.ts'
import type { SessionTimeouts } from './session/session-settings.ts'
import type { SessionStatement } from './session/statement.ts'

export interface PreparedStatement {
  /** The prepared statement's name on the server. One name stands for one text per version. */
  readonly name: string
  /** May depend on the server's version (180004 for 18.4), which is known before the first statement. */
  readonly text: string | ((versionNumber: number) => string)
  readonly values?: readonly unknown[]
  /**
   * For a statement of the user's configuration: it runs unnamed in a read-only transaction of its own, with these
   * schemas in its path, and only if no untrusted user may create objects in them. One more round trip.
   */
  readonly searchPath?: SearchPath
  /**
   * What the statement can do without. If the server refuses the statement, they are tried one by one, and those that it
   * refuses are left out until the next session. That is one further round trip of each session, at most.
   */
  readonly parts?: StatementParts
  /** Called when the statement is sent, so that a round trip can be timed without the connection. */
  readonly sent?: () => void
}

/** Sends the statement, and returns its rows. Throws the driver's error, or the signal's reason. */
export function askStatement(
  session: ServerSession,
  statement: PreparedStatement,
  limits: SessionTimeouts,
  signal: AbortSignal,
): Promise<readonly object[]> {
  const { searchPath } = statement
  const sent = sentOn(session, statement)
  if (!searchPath) return session.run(sent, signal)
  return runConfiguredQuery(session, { text: sent.text, values: sent.values ?? [], searchPath }, limits, signal)
}

/** The statement as this server gets it. */
export function sentOn(
  { versionNumber }: ServerSession,
  { name, text, values, sent }: PreparedStatement,
): SessionStatement {
  sent?.()
  return { name, text: typeof text === 'string' ? text : text(versionNumber), ...(values ? { values } : {}) }
}
