// What a server refuses of our statements: functions and views that it lacks, denies, or answers too slowly. They are
// tried one by one in one round trip, so that a statement can be written without them.

import { clean } from '../../../model/values/text.ts'
import { serverError, sqlStateOf } from '../connection/server-error.ts'
import type { ServerSession } from './server-session.ts'

/** A function or view that the server refuses. */
export interface RefusedPart {
  /** As SQL writes it: `pg_stat_get_wal_receiver()`, `pg_stat_archiver`. */
  readonly name: string
  /** SQLSTATE: 42501 not permitted, 42883 and 42P01 missing, 57014 too slow, 0A000 not supported. */
  readonly code: string
  readonly message: string
}

/** A statement that fails if the server refuses a function or view. */
interface PartTrial {
  readonly text: string
  /** SQLSTATEs of errors that show that the function works. */
  readonly expected: readonly string[]
}

/** The functions and views that statements can do without. */
export interface StatementParts {
  /** By the name of each. */
  trials(versionNumber: number): ReadonlyMap<string, PartTrial>
  /**
   * SQL: a text that changes when one of these functions and views is granted, made or replaced; null: nothing tells.
   */
  watch(refused: readonly RefusedPart[]): string | null
  /** Returns the text without these parts: what they would have told is NULL, or read in another way. */
  without(text: string, refused: ReadonlySet<string>): string
}

const TOO_SLOW = '57014'
// Of the connection, the transaction, the session's statements, the server's resources, its operator, a lock: no part is
// to blame. A function of a hardened or derived server may raise any other, also by writing, which sessions may not.
const OF_NO_PART = /^(?:08|25(?!006)|26|40|53|57|55P03|42P05)/

/** If more parts than this are too slow, the server itself is. */
const MOST_SLOW = 3

/** Whether a part of the statement may be to blame for this error. */
function mayBeOfPart(error: unknown): boolean {
  const code = sqlStateOf(error)
  return code !== null && (code === TOO_SLOW || !OF_NO_PART.test(code))
}

/** Whether the error was a timeout: then no time is left for trials. */
function wasTooSlow(error: unknown): boolean {
  return sqlStateOf(error) === TOO_SLOW
}

/**
 * Tries each part, in one round trip; `limitMs` is the time limit of each. Throws the signal's reason, or the driver's
 * error if the session is lost.
 */
async function tryParts(
  session: ServerSession,
  parts: StatementParts,
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly RefusedPart[]> {
  // Statements of one message are one transaction: nothing is set for longer, also with the session of a pooler.
  const begin = `SET LOCAL statement_timeout TO ${Math.max(1, Math.floor(limitMs))}; SET TRANSACTION READ ONLY`
  const bare = session.bare()
  const found = await Promise.all(
    [...parts.trials(session.versionNumber)].map(
      async ([name, { text, expected }]): Promise<readonly RefusedPart[]> => {
        try {
          await bare.run({ text: `${begin}; ${text}` }, signal)
          return []
        } catch (error) {
          const sent = serverError(error)
          if (sent === null || signal.aborted || !bare.isAlive()) throw error
          return mayBeOfPart(error) && !expected.includes(sent.code)
            ? [{ name, code: sent.code, message: clean(sent.message).slice(0, 200) }]
            : []
        }
      },
    ),
  )
  const refused = found.flat()
  const slow = refused.filter(({ code }) => code === TOO_SLOW)
  return slow.length > MOST_SLOW ? refused.filter((part) => !slow.includes(part)) : refused
}

/** What a statement has to tell for being written without its parts. */
interface DivisibleStatement {
  readonly name: string
  readonly text: string | ((versionNumber: number) => string)
  readonly parts?: StatementParts
}

/** A share of the time limit of a statement, for each part. */
const TRIAL_SHARE = 0.1
const AGAIN_AFTER_MS = 60_000
const RARELY_MS = 3_600_000
/** The column that a statement without its parts has besides its own. */
const OFFERED = 'pgdeck_offered'

/** What the current session of a database was refused. */
export class PartsOfSession {
  #session: ServerSession | null = null
  /** By performance.now(); null: not on this session. */
  #triedAt: number | null = null
  /** A statement was too slow, or the session before was refused something: the next statement begins with trials. */
  #isSuspicious = false
  #refused: readonly RefusedPart[] = []
  /** SQL that tells whether something of it is offered now; null: nothing tells. */
  #watch: string | null = null
  /** A prepared statement's name stands for one text: each set of refused parts has a number on this session. */
  readonly #numbers = new Map<string, number>()
  /** What is too slow again is tried less often. */
  #pauseMs = AGAIN_AFTER_MS
  /** What that said; null: not yet asked. */
  #offered: string | null = null

  get refused(): readonly RefusedPart[] {
    return this.#refused
  }

  /** Whether the first statement of the next session waits for the trials. */
  get beginsWithTrials(): boolean {
    return this.#isSuspicious || this.#refused.length > 0
  }

  /**
   * Has the statement asked, without the parts that the server refuses. Throws what `whole` throws if no part is to
   * blame.
   */
  async ask<Statement extends DivisibleStatement, Row extends object>(
    session: ServerSession,
    statement: Statement,
    whole: (statement: Statement) => Promise<readonly Row[]>,
    limit: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<readonly Row[]> {
    const { parts } = statement
    if (!parts) return whole(statement)
    if (this.#session !== session) this.#forget(session)
    if (this.#isWorthATry()) await this.#try(session, parts, limit)
    try {
      return this.#compare(await whole(this.#without(statement, parts)))
    } catch (error) {
      if (!this.#mayTry() || !session.isAlive() || !mayBeOfPart(error) || limit.signal.aborted) throw error
      this.#isSuspicious = true
      if (wasTooSlow(error)) throw error
      await this.#try(session, parts, limit)
      if (this.#refused.length === 0) throw error
      return this.#compare(await whole(this.#without(statement, parts)))
    }
  }

  /** Once for each session; of a server that refuses more and more, once in a minute. */
  #mayTry(afterMs = AGAIN_AFTER_MS): boolean {
    return this.#triedAt === null || performance.now() - this.#triedAt > afterMs
  }

  /** What was too slow may have been so for a while only. */
  #isWorthATry(): boolean {
    const wasSlow = this.#refused.some(({ code }) => code === TOO_SLOW)
    return (this.#isSuspicious && this.#mayTry()) || (wasSlow && this.#mayTry(this.#pauseMs))
  }

  #forget(session: ServerSession): void {
    this.#session = session
    this.#triedAt = null
    this.#isSuspicious ||= this.#refused.length > 0
    this.#refused = []
    this.#watch = null
    this.#numbers.clear()
    this.#pauseMs = AGAIN_AFTER_MS
  }

  /** What is granted, made or replaced meanwhile is tried before the next statement. */
  #compare<Row extends object>(rows: readonly Row[]): readonly Row[] {
    const [row] = rows
    const offered = row && OFFERED in row ? String(row[OFFERED]) : null
    if (offered === null) return rows
    if (this.#offered !== null && this.#offered !== offered) {
      this.#isSuspicious = true
      this.#triedAt = null
    }
    this.#offered = offered
    return rows
  }

  async #try(
    session: ServerSession,
    parts: StatementParts,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void> {
    const isAgain = this.#triedAt !== null && this.#refused.some(({ code }) => code === TOO_SLOW)
    const found = await tryParts(session, parts, timeoutMs * TRIAL_SHARE, signal)
    if (isAgain) this.#pauseMs = Math.min(2 * this.#pauseMs, RARELY_MS)
    this.#refused = found
    this.#watch = found.length === 0 ? null : parts.watch(found)
    this.#offered = null
    this.#triedAt = performance.now()
    this.#isSuspicious = false
  }

  /** A prepared statement's name stands for one text on each session, whatever the parts are. */
  #without<Statement extends DivisibleStatement>(statement: Statement, parts: StatementParts): Statement {
    if (this.#refused.length === 0) return statement
    const { name, text } = statement
    const refused = new Set(this.#refused.map((part) => part.name))
    const watch = this.#watch
    const textOf = (version: number) => {
      const left = parts.without(typeof text === 'string' ? text : text(version), refused)
      return watch === null ? left : `SELECT told.*, ${watch} AS ${OFFERED} FROM (${left}) told`
    }
    const key = [...refused].join()
    const number = this.#numbers.get(key) ?? this.#numbers.size
    this.#numbers.set(key, number)
    return { ...statement, name: `${name}_without_${number}`, text: textOf }
  }
}
