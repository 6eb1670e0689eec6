// The only user of pg for watching: one persistent session per database, distinct faults, and no way to change
// anything.

import type { ServerIdentity } from '../../model/measured/server-identity.ts'
import type { ConnectionParameters, SessionAuth } from '../../model/values/connection-parameters.ts'
import { FaultError } from '../../model/values/fault.ts'
import { endsSession } from './connection/server-error.ts'
import type { DatabaseCertificate } from './connection/tls.ts'
import type { ConnectionEndpoint, Tunnel } from './connection/tunnel.ts'
import { askStatement, type PreparedStatement, sentOn } from './prepared-statement.ts'
import type { NewSessionsReadOnly } from './read-only-default.ts'
import type { NamesByOid } from './relation-names.ts'
import { IDENTITY_COLUMNS, identityIn } from './server-identity.ts'
import { type ConnectLimit, type Connector, createConnector } from './session/connector.ts'
import type { FirstStatement } from './session/first-statement.ts'
import { livingBy, lookForLife } from './session/liveness.ts'
import type { NewConnectionAnswer } from './session/new-connection.ts'
import type { OpenedSession } from './session/postgres-peer.ts'
import { PartsOfSession, type RefusedPart } from './session/refused-parts.ts'
import type { ServerSession } from './session/server-session.ts'
import { LOGINS_ALONE, limitOf, limitsWithin } from './session/session-limits.ts'
import { noTurnFault, slowFault, unansweredFault } from './session/session-silence.ts'
import { Turns } from './session/turns.ts'
import { SideSessions } from './side-sessions.ts'
import { UnconvertedText } from './unconverted-text.ts'

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
  /** The certificate that the server showed at the begin of its session; null without one, and without TLS. */
  certificate(): DatabaseCertificate | null
  /**
   * Tests whether its server accepts new connections, by the name of its host as it resolves now. Throws FaultError.
   * null: there is no session, or a pooler answers instead of the server.
   */
  testNewConnection(wantsCertificate: boolean, signal: AbortSignal): Promise<NewConnectionAnswer | null>
  /**
   * Logs in anew, and puts the new session in the place of the old one. Throws FaultError: then the old one goes on, unless
   * the role may have no second one. Without a session, and through a pooler, it does nothing.
   */
  renew(signal: AbortSignal): Promise<void>
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
  readonly #unconverted = new UnconvertedText()
  readonly #parts = new PartsOfSession()
  readonly #beside: SideSessions
  #session: ServerSession | null = null
  #pooler: string | null = null
  /** When the server last showed that it is up, by performance.now(). */
  #shownAt = Number.NEGATIVE_INFINITY
  readonly #turns = new Turns()
  /** Logins to come without a second session: the connection limit of the role left no place for it. */
  #loginsAlone = 0

  constructor(options: DatabaseSessionOptions) {
    this.#options = options
    this.#connector = createConnector({ ...options, purpose: 'watch', limits: limitsWithin(options.timeoutMs) })
    const identity = async (signal: AbortSignal) => {
      const [row] = await this.query({ name: 'pgdeck_identity', text: `SELECT ${IDENTITY_COLUMNS}` }, signal)
      return identityIn(row)
    }
    this.#beside = new SideSessions({ ...options, connector: this.#connector, identity, closing: this.#closing.signal })
  }

  async query<Row>(statement: PreparedStatement, signal: AbortSignal): Promise<readonly Row[]> {
    const began = performance.now()
    const limit = limitOf(this.#options.timeoutMs, [signal, this.#closing.signal])
    try {
      return await this.#turns.take(limit.signal, () => this.#runInTurn<Row & object>(statement, limit))
    } catch (error) {
      if (this.#closing.signal.aborted) throw new FaultError(CLOSED)
      if (error instanceof FaultError || !limit.signal.aborted) throw error
      const { connection, timeoutMs } = this.#options
      throw new FaultError(noTurnFault(connection.endpoints[0], timeoutMs, this.#shownAt >= began))
    } finally {
      limit.done()
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

  readOnlyDefault(
    server: ServerIdentity,
    settings: string,
    onReadOnly: (() => void) | null,
  ): Promise<NewSessionsReadOnly> {
    return this.#beside.readOnlyDefault(this.#besideWhat(), server, settings, onReadOnly)
  }

  relationNames(wanted: ReadonlyMap<string, readonly number[]>): Promise<ReadonlyMap<string, NamesByOid>> {
    return this.#beside.relationNames(this.#besideWhat(), wanted)
  }

  refused(): readonly RefusedPart[] {
    return this.#parts.refused
  }

  certificate(): DatabaseCertificate | null {
    return this.#session?.certificate() ?? null
  }

  async testNewConnection(wantsCertificate: boolean, signal: AbortSignal): Promise<NewConnectionAnswer | null> {
    const endpoint = this.endpoint()
    if (endpoint === null || this.#pooler !== null) return null
    const { connection, tunnel = null } = this.#options
    const { testNewConnection } = await import('./session/new-connection.ts')
    return testNewConnection({ endpoint, tunnel, ssl: connection.ssl, wantsCertificate, signal })
  }

  async renew(signal: AbortSignal): Promise<void> {
    const { endpoint = null } = this.#session ?? {}
    if (endpoint === null || this.#pooler !== null) return
    const limit = limitOf(this.#options.timeoutMs, [signal, this.#closing.signal])
    const open = () => this.#openAgain(endpoint, limit)
    try {
      const beside = this.#loginsAlone-- > 0 ? null : await open().catch((error) => this.#noneBeside(error))
      await this.#replace(beside, open, limit)
    } finally {
      limit.done()
    }
  }

  /** At the same server, as long as it is of the kind that the DSN asks for: another one that fits too is not watched here. */
  async #openAgain(endpoint: ConnectionEndpoint, limit: ConnectLimit): Promise<ServerSession> {
    try {
      return await this.#connector.open(limit, endpoint)
    } catch (error) {
      if (error instanceof FaultError && error.fault.reason === 'other-kind') return this.#connector.open(limit)
      throw error
    }
  }

  #noneBeside(error: unknown): null {
    if (!(error instanceof FaultError) || error.fault.reason !== 'role-limit') throw error
    this.#loginsAlone = LOGINS_ALONE
    return null
  }

  /** Between two statements. Without `beside` the old one ends first; a statement between would take its place for itself. */
  async #replace(beside: ServerSession | null, open: () => Promise<ServerSession>, limit: ConnectLimit): Promise<void> {
    try {
      await this.#turns.take(limit.signal, async () => {
        const old = this.#session
        if (beside) this.#take(beside)
        else this.#session = null
        await old?.end()
        if (!beside) this.#take(await open())
      })
    } catch (error) {
      await beside?.end()
      // Otherwise a statement runs for too long: the present session stays.
      if (error instanceof FaultError) throw error
    }
  }

  #take(session: ServerSession): void {
    this.#session = session
    this.#pooler = session.pooler
  }

  discard(): void {
    this.#drop()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#turns.over()
    await this.#session?.end()
    this.#session = null
    this.#connector.close()
    this.#beside.close()
  }

  /** Through a pooler another server may answer a second session. */
  #besideWhat(): ConnectionEndpoint | null {
    return this.#pooler === null ? this.endpoint() : null
  }

  async #runInTurn<Row extends object>(statement: PreparedStatement, limit: ConnectLimit): Promise<readonly Row[]> {
    if (this.#session?.isAlive() === false) this.#drop()
    const old = this.#session
    const opened = old ? { session: old } : await this.#connector.openAsking(limit, this.#firstOf(statement))
    const { session } = opened
    this.#take(session)
    const shown = () => {
      this.#shownAt = performance.now()
    }
    const liveness = old ? lookForLife(old, this.#connector, limit, shown) : livingBy(session, shown)
    try {
      const rows = await this.#answer<Row>(opened, statement, limit)
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

  /** What the server refuses is tried before the statement is sent. A statement of the configuration needs more than one message. */
  #firstOf(statement: PreparedStatement): FirstStatement['textOn'] | null {
    if (statement.searchPath || (statement.parts && this.#parts.beginsWithTrials)) return null
    return (session) => sentOn(session, statement)
  }

  /** `answer`: of the statement, if it was sent as the session began. */
  #answer<Row extends object>(
    { session, answer }: Pick<OpenedSession, 'session' | 'answer'>,
    statement: PreparedStatement,
    { signal }: ConnectLimit,
  ): Promise<readonly Row[]> {
    const { timeoutMs } = this.#options
    let pending = answer
    const whole = (written: PreparedStatement) => {
      const answered = pending
      pending = undefined
      const send = () => answered ?? askStatement(session, written, limitsWithin(timeoutMs), signal)
      return this.#unconverted.ask(session, written, send, signal) as Promise<readonly Row[]>
    }
    return this.#parts.ask(session, statement, whole, { signal, timeoutMs })
  }

  #drop(): void {
    this.#session?.destroy()
    this.#session = null
  }
}

const CLOSED = { code: 'unreachable', message: 'the connection to this database was closed', hint: null } as const
