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

/** One statement for each function or view that statements can do without, by its name. */
export interface StatementParts {
  trials(versionNumber: number): ReadonlyMap<string, string>
  /** Returns the text without these parts: what they would have told is NULL, or read in another way. */
  without(text: string, refused: ReadonlySet<string>): string
}

// Not permitted, not supported, no such function, no such table, no such column, RAISE EXCEPTION of a replacement.
const REFUSALS: ReadonlySet<string> = new Set(['42501', '0A000', '42883', '42P01', 'P0001'])
const TOO_SLOW = '57014'

/** If more parts than this are too slow, the server itself is. */
const MOST_SLOW = 3

/** Whether a part of the statement may be to blame for this error. */
function mayBeOfPart(error: unknown): boolean {
  const code = sqlStateOf(error)
  return code !== null && (REFUSALS.has(code) || code === TOO_SLOW)
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
    [...parts.trials(session.versionNumber)].map(async ([name, text]): Promise<readonly RefusedPart[]> => {
      try {
        await bare.run({ text: `${begin}; ${text}` }, signal)
        return []
      } catch (error) {
        const sent = serverError(error)
        if (sent === null || signal.aborted || !bare.isAlive()) throw error
        return mayBeOfPart(error) ? [{ name, code: sent.code, message: clean(sent.message).slice(0, 200) }] : []
      }
    }),
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

/** What the current session of a database was refused. */
export class PartsOfSession {
  #session: ServerSession | null = null
  /** By performance.now(); null: not on this session. */
  #triedAt: number | null = null
  /** A statement was too slow, or the session before was refused something: the next statement begins with trials. */
  #isSuspicious = false
  #refused: readonly RefusedPart[] = []

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
  async ask<Statement extends DivisibleStatement, Answer>(
    session: ServerSession,
    statement: Statement,
    whole: (statement: Statement) => Promise<Answer>,
    limit: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Answer> {
    const { parts } = statement
    if (!parts) return whole(statement)
    if (this.#session !== session) this.#forget(session)
    if (this.#isWorthATry()) await this.#try(session, parts, limit)
    try {
      return await whole(this.#without(statement, parts))
    } catch (error) {
      if (!this.#mayTry() || !session.isAlive() || !mayBeOfPart(error) || limit.signal.aborted) throw error
      this.#isSuspicious = true
      if (wasTooSlow(error)) throw error
      await this.#try(session, parts, limit)
      if (this.#refused.length === 0) throw error
      return whole(this.#without(statement, parts))
    }
  }

  /** Once for each session; of a server that refuses more and more, once in a minute. */
  #mayTry(): boolean {
    return this.#triedAt === null || performance.now() - this.#triedAt > AGAIN_AFTER_MS
  }

  /** What was too slow may have been so for a while only. */
  #isWorthATry(): boolean {
    const wasSlow = this.#refused.some(({ code }) => code === TOO_SLOW)
    return (this.#isSuspicious || wasSlow) && this.#mayTry()
  }

  #forget(session: ServerSession): void {
    this.#session = session
    this.#triedAt = null
    this.#isSuspicious ||= this.#refused.length > 0
    this.#refused = []
  }

  async #try(
    session: ServerSession,
    parts: StatementParts,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void> {
    this.#refused = await tryParts(session, parts, timeoutMs * TRIAL_SHARE, signal)
    this.#triedAt = performance.now()
    this.#isSuspicious = false
  }

  /** A prepared statement's name stands for one text on each session. */
  #without<Statement extends DivisibleStatement>(statement: Statement, parts: StatementParts): Statement {
    if (this.#refused.length === 0) return statement
    const { name, text } = statement
    const refused = new Set(this.#refused.map((part) => part.name))
    return {
      ...statement,
      name: `${name}_without`,
      text: (version: number) => parts.without(typeof text === 'string' ? text : text(version), refused),
    }
  }
}
