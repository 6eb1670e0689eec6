// Runs one statement on one session, and detects changes of the session's settings by it.

import type { Client, QueryResultRow } from 'pg'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { abortable } from '../../network/wait-timeout.ts'
import { endpointName } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import type { SessionSettings } from './session-settings.ts'

export interface SessionStatement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
  /** Refuses a text of several statements, as for one with a name or with values. */
  readonly single?: boolean
}

/** Name and value of a setting as the session began with it. */
export type ChangedSetting = readonly [string, string]

/** The session that a statement runs on. */
export interface StatementContext {
  readonly client: Client
  readonly session: { readonly endpoint: ConnectionEndpoint; destroy(): void }
  /** Abandons the session while its answer may still come. */
  readonly leave: () => void
  /** Called for each answer that is no error. */
  readonly answered: () => void
  /** A setting of the session that the server reports as changed; null: none. */
  readonly changed: () => ChangedSetting | null
}

/**
 * Throws the driver's error, or the signal's reason. Then the session is abandoned, because its answer may still come.
 */
export async function runStatement<Row extends QueryResultRow>(
  context: StatementContext,
  { name, text, values, single }: SessionStatement,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  signal.throwIfAborted()
  const asked = context.client.query<Row>({
    text,
    ...(name ? { name } : {}),
    ...(values ? { values: [...values] } : {}),
    ...(single ? { queryMode: 'extended' } : {}),
  })
  asked.catch(() => {})
  const result: unknown = await answered(context, asked, signal)
  // Several statements in one message give several results.
  const results = (Array.isArray(result) ? result : [result]) as readonly { readonly rows: readonly Row[] }[]
  return results.flatMap(({ rows }) => rows)
}

async function answered<T>(context: StatementContext, asked: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    const answer = await abortable(asked, signal)
    context.answered()
    return answer
  } catch (error) {
    if (signal.aborted) context.leave()
    throw error
  } finally {
    // A setting of a transaction lasts only until its end.
    const changed = context.client.getTransactionStatus() === 'I' ? context.changed() : null
    if (changed !== null) {
      context.session.destroy()
      // Whatever it answered was read under settings of somebody else.
      // biome-ignore lint/correctness/noUnsafeFinally: it outranks the answer, and an error of the same statement
      throw new FaultError(settingChangedFault(context.session.endpoint, changed))
    }
  }
}

/**
 * Watches the settings of a session that the server reports by itself (`default_transaction_read_only` from 14 on,
 * `search_path` from 18 on): a statement may change them for later ones. `reported` is by name in lower case. A setting
 * that differed from the start is not watched.
 */
export function watchSettings(
  settings: SessionSettings,
  reported: ReadonlyMap<string, string>,
): StatementContext['changed'] {
  const differs = ([name, value]: ChangedSetting) => !isSameValue(reported.get(name.toLowerCase()) ?? value, value)
  const guarded = Object.entries(settings).filter((each) => !differs(each))
  return () => guarded.find(differs) ?? null
}

/** Whether two texts are the same value of a setting. */
export function isSameValue(one: string, other: string): boolean {
  return plainValue(one) === plainValue(other)
}

/** The server prints lists with blanks. */
export function plainValue(value: string): string {
  return value.replaceAll(' ', '')
}

/** A statement changed a setting of the session. */
export function settingChangedFault(endpoint: ConnectionEndpoint, [setting, value]: ChangedSetting): Fault {
  const what =
    setting === 'default_transaction_read_only' && value === 'on'
      ? 'let the session of pgdeck write'
      : `changed ${setting} of the session of pgdeck`
  return {
    code: 'protocol',
    message: `${endpointName(endpoint)} ${what}, so that session was closed`,
    hint: 'Some code on the server did that: check event triggers on login, session_preload_libraries and functions that call set_config.',
  }
}
