// The only user of pg for watching: one persistent session per database, distinct faults, and no way to change
// anything.

import { type ServerIdentity, serverIdentityText } from '../../model/measured/server-identity.ts'
import type { ConnectionParameters, SessionAuth } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import type { SearchPath } from '../../model/values/sql-names.ts'
import { abortable, startWaitLimit, type WaitLimit } from '../network/wait-timeout.ts'
import { runConfiguredQuery } from './configured-query.ts'
import { endpointName } from './connection/postgres-fault.ts'
import { endsSession } from './connection/server-error.ts'
import type { ConnectionEndpoint, Tunnel } from './connection/tunnel.ts'
import { askReadOnlyDefault, type NewSessionsReadOnly, ReadOnlyDefaults } from './read-only-default.ts'
import { askRelationNames, type NamesByOid, RelationNames } from './relation-names.ts'
import { IDENTITY_COLUMNS, identityIn } from './server-identity.ts'
import { type ConnectLimit, type Connector, createConnector } from './session/connector.ts'
import type { FirstStatement } from './session/first-statement.ts'
import { livingBy, lookForLife } from './session/liveness.ts'
import { PartsOfSession, type RefusedPart, type StatementParts } from './session/refused-parts.ts'
import type { ServerSession } from './session/server-session.ts'
import type { SessionTimeouts } from './session/session-settings.ts'
import { noTurnFault, slowFault, unansweredFault } from './session/session-silence.ts'
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

/** The session of one watched database. It connects at first use and reconnects after a loss. */
export interface DatabaseSession {
  /**
   * Runs one statement in one round trip (a named prepared statement). Throws FaultError. The session is read-only,
   * with statement_timeout and lock_timeout below the probe's limit.
   */
  query<Row>(statement: PreparedStatement, signal: AbortSignal): Promise<readonly Row[]>
  /** How the current session logged in; null without a session. */
  login(): SessionAuth | null
  /** Where its session leads: of several hosts in a DSN the one that answered. null before the first session. */
  endpoint(): ConnectionEndpoint | null
  /**
   * Why the last session seems to lead through a connection pooler; null: to the server itself, or there was none yet.
   */
  pooler(): string | null
  /**
   * Whether new sessions of other users are read-only on the server, which our own setting hides. A short extra session
   * with this server asks, and again only after a restart, or when `settings` changes: text that says which settings
   * were in force. null: unknown, or not yet known. Never throws.
   * `onReadOnly`: the first call does not wait for that session; this is called later if they are read-only.
   */
  readOnlyDefault(
    server: ServerIdentity,
    settings: string,
    onReadOnly: (() => void) | null,
  ): Promise<NewSessionsReadOnly>
  /**
   * Names of relations in other databases of the server, by database and oid: asked by a short session with each, and
   * remembered. What is not known (yet) is absent. Never throws.
   */
  relationNames(wanted: ReadonlyMap<string, readonly number[]>): Promise<ReadonlyMap<string, NamesByOid>>
  /** Functions and views that the server refused to this session, and that statements do without. */
  refused(): readonly RefusedPart[]
  /** Ends the open session; the next query opens another. For a session whose settings have changed. */
  discard(): void
  /** Closes the session for good. Never takes long. */
  close(): Promise<void>
}

export interface DatabaseSessionOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly timeoutMs: number
  /** Reaches its servers through a tunnel, e.g. through a host's ssh. */
  readonly tunnel?: Tunnel | undefined
}

/** Creates the session. It opens nothing before the first query. */
export function openDatabaseSession(options: DatabaseSessionOptions): DatabaseSession {
  return new PersistentSession(options)
}

class PersistentSession implements DatabaseSession {
  readonly #options: DatabaseSessionOptions
  readonly #connector: Connector
  readonly #closing = new AbortController()
  readonly #defaults = new ReadOnlyDefaults()
  readonly #names = new RelationNames()
  /** To other databases of the server, by name. */
  readonly #toOthers = new Map<string, Connector>()
  readonly #parts = new PartsOfSession()
  #session: ServerSession | null = null
  #pooler: string | null = null
  /** When the server last showed that it is up, by performance.now(). */
  #shownAt = Number.NEGATIVE_INFINITY
  /** The protocol answers in order, so statements take turns. One that is abandoned while waiting costs nothing. */
  #lastTurn: Promise<void> = Promise.resolve()

  constructor(options: DatabaseSessionOptions) {
    this.#options = options
    this.#connector = createConnector({ ...options, purpose: 'watch', limits: limitsWithin(options.timeoutMs) })
  }

  async query<Row>(statement: PreparedStatement, signal: AbortSignal): Promise<readonly Row[]> {
    const began = performance.now()
    const limit = limitOf(this.#options.timeoutMs, [signal, this.#closing.signal])
    const before = this.#lastTurn
    const turn = Promise.withResolvers<void>()
    this.#lastTurn = turn.promise
    try {
      await abortable(before, limit.signal)
      return await this.#runInTurn<Row & object>(statement, limit)
    } catch (error) {
      if (this.#closing.signal.aborted) throw new FaultError(CLOSED)
      if (error instanceof FaultError || !limit.signal.aborted) throw error
      const { connection, timeoutMs } = this.#options
      throw new FaultError(noTurnFault(connection.endpoints[0], timeoutMs, this.#shownAt >= began))
    } finally {
      limit.done()
      void before.then(turn.resolve)
    }
  }

  login(): SessionAuth | null {
    return this.#session?.login() ?? null
  }

  endpoint(): ConnectionEndpoint | null {
    return this.#session?.endpoint ?? null
  }

  pooler(): string | null {
    return this.#pooler
  }

  async readOnlyDefault(
    server: ServerIdentity,
    settings: string,
    onReadOnly: (() => void) | null,
  ): Promise<NewSessionsReadOnly> {
    const endpoint = this.endpoint()
    if (endpoint === null || this.#pooler !== null) return null
    const key = `${endpointName(endpoint)} ${serverIdentityText(server)} ${settings}`
    const ask = () =>
      this.#beside(
        ({ signal }) => this.#connector.openWithDefault(endpoint, signal),
        (session, signal) => askReadOnlyDefault(session, server, signal),
      )
    return this.#defaults.at(key, ask, onReadOnly)
  }

  async relationNames(wanted: ReadonlyMap<string, readonly number[]>): Promise<ReadonlyMap<string, NamesByOid>> {
    const endpoint = this.endpoint()
    if (endpoint === null || this.#pooler !== null) return new Map()
    return this.#names.at(wanted, (database, oids) =>
      this.#beside(
        (limit) => this.#connectorTo(database).open(limit, endpoint),
        async (session, signal) => askRelationNames(session, await this.#watchedServer(signal), oids, signal),
      ),
    )
  }

  refused(): readonly RefusedPart[] {
    return this.#parts.refused
  }

  discard(): void {
    this.#drop()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#lastTurn
    await this.#session?.end()
    this.#session = null
    this.#connector.close()
    for (const connector of this.#toOthers.values()) connector.close()
  }

  /** Kept, so that sessions that such a database leaves unanswered stay few. */
  #connectorTo(database: string): Connector {
    const { connection, timeoutMs } = this.#options
    const known = this.#toOthers.get(database)
    if (known) return known
    const connector = createConnector({
      ...this.#options,
      connection: { ...connection, database, targetSessionAttrs: 'any' },
      purpose: 'watch',
      limits: limitsWithin(timeoutMs),
    })
    this.#toOthers.set(database, connector)
    return connector
  }

  async #watchedServer(signal: AbortSignal): Promise<ServerIdentity> {
    const [row] = await this.query({ name: 'pgdeck_identity', text: `SELECT ${IDENTITY_COLUMNS}` }, signal)
    return identityIn(row)
  }

  /** Asks a short session beside the usual one, which ends then. */
  async #beside<Answer>(
    open: (limit: ConnectLimit) => Promise<ServerSession>,
    ask: (session: ServerSession, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const limit = limitOf(this.#options.timeoutMs, [this.#closing.signal])
    try {
      const session = await open(limit)
      try {
        const answer = await ask(session, limit.signal)
        await session.end()
        return answer
      } catch (error) {
        session.destroy()
        throw error
      }
    } finally {
      limit.done()
    }
  }

  async #runInTurn<Row extends object>(statement: PreparedStatement, limit: ConnectLimit): Promise<readonly Row[]> {
    if (this.#session?.isAlive() === false) this.#drop()
    const old = this.#session
    const first = statement.parts && this.#parts.beginsWithTrials ? null : firstOf(statement)
    const opened = old ? { session: old } : await this.#connector.openAsking(limit, first)
    const { session } = opened
    this.#session = session
    this.#pooler = session.pooler
    const shown = () => {
      this.#shownAt = performance.now()
    }
    const liveness = old ? lookForLife(old, this.#connector, limit, shown) : livingBy(session, shown)
    try {
      const { timeoutMs } = this.#options
      let pending = opened.answer
      const whole = (text: PreparedStatement) => {
        const answer = pending ?? ask(session, text, limitsWithin(timeoutMs), limit.signal)
        pending = undefined
        return answer as Promise<readonly Row[]>
      }
      const rows = await this.#parts.ask(session, statement, whole, { signal: limit.signal, timeoutMs })
      if (session.pooler === null) shown()
      return rows
    } catch (error) {
      if (limit.signal.aborted) {
        this.#drop()
        this.#session = liveness.take()
        throw new FaultError((liveness.isProven() ? slowFault : unansweredFault)(session, this.#options.timeoutMs))
      }
      const lost = !session.isAlive() || endsSession(error)
      if (lost) this.#drop()
      // The error of an old session is outdated: a new one shows how the server is now. A verdict of pgdeck itself is
      // reported.
      if (lost && old && !(error instanceof FaultError)) return this.#runInTurn<Row>(statement, limit)
      throw new FaultError(this.#connector.faultOf(error, session.endpoint), { cause: error })
    } finally {
      liveness.end()
    }
  }

  #drop(): void {
    this.#session?.destroy()
    this.#session = null
  }
}

function ask(
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

/** A statement of the configuration needs more than one message. */
function firstOf(statement: PreparedStatement): FirstStatement['textOn'] | null {
  return statement.searchPath ? null : (session) => sentOn(session, statement)
}

function sentOn({ versionNumber }: ServerSession, { name, text, values, sent }: PreparedStatement): SessionStatement {
  sent?.()
  return { name, text: typeof text === 'string' ? text : text(versionNumber), ...(values ? { values } : {}) }
}

const CLOSED = { code: 'unreachable', message: 'the connection to this database was closed', hint: null } as const

/** The server's own timeout comes before ours, because its answer gives the reason. */
function limitsWithin(timeoutMs: number): SessionTimeouts {
  const part = (share: number) => Math.max(1, Math.floor(timeoutMs * share))
  return { statementMs: part(0.8), lockMs: part(0.7) }
}

/** Ends a little before the caller's own limit, so that the fault with the reason is the one reported. */
function limitOf(timeoutMs: number, signals: readonly AbortSignal[]): ConnectLimit & WaitLimit {
  const ms = timeoutMs - Math.min(50, timeoutMs * 0.05)
  return { ...startWaitLimit({ ms, signals }), deadline: performance.now() + ms }
}
