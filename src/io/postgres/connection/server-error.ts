// An error that a server sent: what of it is the same in every language. Its words are in the server's (lc_messages); the
// SQLSTATE and the name of the function that sent it are not.

import { clean } from '../../../model/values/text.ts'
import { errorCodeOf } from '../../network/network-fault.ts'

export interface ServerError {
  /** SQLSTATE. */
  readonly code: string
  /** The function of the server that sent it; empty where none is named, as poolers do. */
  readonly routine: string
  readonly message: string
  readonly detail: string
  readonly hint: string
}

/** Who asked whom, as far as messages need it. */
export interface FaultContext {
  /** As targetName() gives it. */
  readonly target: string
  readonly user: string
  readonly database: string
  /** 180004 and the like; null while no session was ever open. */
  readonly versionNumber: number | null
  /** Where the password came from, in words; null when none was asked for. */
  readonly passwordSource: string | null
}

/** How the session that got an error came to its server. */
export interface SessionPath {
  /** Over a Unix socket of the server's own host. */
  readonly isLocal: boolean
  /** This end of the connection where nothing in between can have another; null: not known. */
  readonly address: string | null
  readonly tls: boolean
}

const paths = new WeakMap<Error, SessionPath>()

/** Remembers how the session came that got this error. */
export function notePath(error: unknown, path: SessionPath): void {
  if (error instanceof Error) paths.set(error, path)
}

/** How the session came that got this error; null: not known. */
export function pathOf(error: unknown): SessionPath | null {
  return error instanceof Error ? (paths.get(error) ?? null) : null
}

/** The error with its texts cleaned; null for one that no server sent. */
export function serverError(error: unknown): ServerError | null {
  if (!(error instanceof Error) || !('severity' in error) || !/^[0-9A-Z]{5}$/.test(errorCodeOf(error))) return null
  const text = (name: 'detail' | 'hint' | 'routine') => {
    const value: unknown = name in error ? error[name as keyof Error] : ''
    return typeof value === 'string' ? clean(value) : ''
  }
  return {
    code: errorCodeOf(error),
    routine: text('routine'),
    message: clean(error.message).slice(0, 500),
    detail: text('detail'),
    hint: text('hint'),
  }
}

/** The SQLSTATE that the server sent; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  return serverError(error)?.code ?? null
}

/**
 * Functions by which code in a database, or a further server behind it, sends an error with a SQLSTATE of its own choice:
 * PL/pgSQL, PL/Perl, PL/Python, PL/Tcl, dblink, postgres_fdw.
 */
const OF_CODE =
  /^(?:exec_stmt_(?:raise|assert)|plperl_\w+|do_util_elog|croak_cstr|PLy_\w+|pltcl_\w+|throw_tcl_error|dblink_\w+|pgfdw_\w+)$/

/** Whether code in a database chose the SQLSTATE: then it says nothing of the server, the role or the session. */
export function isRaisedByCode({ routine }: ServerError): boolean {
  return OF_CODE.test(routine)
}

/** The server (or a pooler before it) has forgotten our prepared statement, or its result changed its shape. */
const LOST_STATEMENT: ReadonlySet<string> = new Set(['26000', '42P05'])
const CHANGED_RESULT = '0A000'

/** True when the session can't be used any more after this error of the server. */
export function endsSession(error: unknown): boolean {
  const sent = serverError(error)
  if (sent === null || isRaisedByCode(sent)) return false
  const { code } = sent
  // Ended by the administrator, by a crash elsewhere, while starting, with its database, by an idle limit; any connection exception.
  return /^(57P0[1-5]|25P0[34]|08)/.test(code) || LOST_STATEMENT.has(code) || isChangedResult(error)
}

/** Functions that the server does not support have the same SQLSTATE, and are sent by another function. */
function isChangedResult(error: unknown): boolean {
  const sent = serverError(error)
  return sent?.code === CHANGED_RESULT && (sent.routine === '' || sent.routine === 'RevalidateCachedQuery')
}

/** True when the peer takes no start-up options, as poolers do; they speak English only. */
export function refusesStartupOptions(error: unknown): boolean {
  const sent = serverError(error)
  return sent?.code === '08P01' && !isRaisedByCode(sent) && /\bunsupported startup parameter\b/i.test(sent.message)
}

/**
 * Which of these settings a server refused a session for, because it does not know it or the role may not set it; null: none.
 * A name is the same in every language, the quotes around it are not.
 */
export function refusedSetting(error: unknown, names: readonly string[]): string | null {
  const sent = serverError(error)
  if ((sent?.code !== '42704' && sent?.code !== '42501') || isRaisedByCode(sent)) return null
  const words = new Set(sent.message.match(/[\w.]+/g)?.map((word) => word.toLowerCase()))
  return names.find((name) => words.has(name.toLowerCase())) ?? null
}
