// The first statement of a session, sent in one round trip with the proof that the session's settings are in force: the
// server runs the statement only if it has found the proof to be right.

import { FaultError } from '../../../model/values/fault.ts'
import { sqlLiteral } from '../connection/literal.ts'
import { endsSession, sqlStateOf } from '../connection/server-error.ts'
import type { ServerSession } from './server-session.ts'
import { MARK_SETTING, settingTextSql } from './session-check.ts'
import { DECISIVE_SETTINGS, type SessionSettings } from './session-settings.ts'
import { isSameValue, plainValue, type SessionStatement } from './statement.ts'

export interface FirstStatement {
  readonly textOn: (session: ServerSession) => SessionStatement
  /** The caller's: the time limit of opening a session may end before the answer comes. */
  readonly signal: AbortSignal
}

export interface ProvenSession {
  readonly standby: boolean
  /** Of the first statement. Rejects as `run` of the session does. */
  readonly answer: Promise<readonly Record<string, unknown>[]>
}

/**
 * Whether all settings that the server reports by itself are ours: it reports `default_transaction_read_only` among
 * others. A pooler reports those of sessions that it shares. The proof would fail there, which servers log as an error.
 */
export function seemsOurs(session: Pick<ServerSession, 'reported' | 'processId'>, settings: SessionSettings): boolean {
  if (session.processId === null || session.reported('default_transaction_read_only') !== 'on') return false
  return Object.entries(settings).every(([name, value]) => isSameValue(session.reported(name) ?? value, value))
}

/**
 * Sends the proof, the statement and the end of their transaction at once. When the proof fails, the server refuses the
 * statement, because the transaction has failed. Resolves when the server has proved the settings. Resolves to null if
 * it has not: `checkSession` on another session then says why. Throws the driver's error, or the signal's reason.
 */
export async function proveAndAsk(
  session: ServerSession,
  settings: SessionSettings,
  first: FirstStatement,
  signal: AbortSignal,
): Promise<ProvenSession | null> {
  const proof = session.run<{ standby: boolean }>({ text: proofSql(settings, session.processId) }, signal)
  const answer = session.run<Record<string, unknown>>(first.textOn(session), first.signal)
  const answers = Promise.allSettled([answer, session.run({ text: 'COMMIT' }, first.signal)]).then(accepted)
  // The session may be refused meanwhile, and nobody waits for the answer then.
  answers.catch(() => {})
  try {
    const [row] = await proof
    return { standby: row?.standby === true, answer: answers }
  } catch (error) {
    if (sqlStateOf(error) === null || endsSession(error)) throw error
    return null
  }
}

type Answers = readonly [PromiseSettledResult<readonly Record<string, unknown>[]>, PromiseSettledResult<unknown>]

/** A statement that changed a setting of the session is told as the transaction ends, and then nothing of it counts. */
function accepted([answer, ended]: Answers): readonly Record<string, unknown>[] {
  if (ended.status === 'rejected' && ended.reason instanceof FaultError) throw ended.reason
  if (answer.status === 'rejected') throw answer.reason
  if (ended.status === 'rejected') throw ended.reason
  return answer.value
}

/** The same conditions as those of `checkSession`, judged by the server. The planner can't compute any of them in advance. */
function proofSql(settings: SessionSettings, processId: number | null): string {
  const decisive = DECISIVE_SETTINGS.flatMap((name) => {
    const value = settings[name]
    return value === undefined
      ? []
      : [`pg_catalog.replace(${settingTextSql(name)}, ' ', '') OPERATOR(pg_catalog.=) ${sqlLiteral(plainValue(value))}`]
  })
  return `BEGIN; SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) ${Number(processId)}
    AND ${isNow(MARK_SETTING, settings[MARK_SETTING] ?? '')}
    AND ${isNow('transaction_read_only', 'on')}
    AND coalesce(pg_catalog.current_setting('transaction_timeout', true), '0') OPERATOR(pg_catalog.=) '0'
    AND ${decisive.join('\n    AND ')}
    THEN coalesce(pg_catalog.current_setting('in_hot_standby', true) OPERATOR(pg_catalog.=) 'on', false)
    ELSE pg_catalog.concat('this session has other settings than pgdeck gave it: process ', pg_catalog.pg_backend_pid())::pg_catalog.bool
    END AS standby`
}

function isNow(name: string, value: string): string {
  return `pg_catalog.current_setting(${sqlLiteral(name)}, true) OPERATOR(pg_catalog.=) ${sqlLiteral(value)}`
}
