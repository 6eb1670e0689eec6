// Finds the server to connect to: tries every endpoint, every allowed encryption, and the requested kind of server.

import type { Duplex } from 'node:stream'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { type Fault, FaultError, isUnreachable } from '../../../model/values/fault.ts'
import { startWaitLimit } from '../../network/wait-timeout.ts'
import { debugMessage } from '../../process/debug-messages.ts'
import { type Encryption, encryptionAttempts, namesFiles } from '../connection/encryption.ts'
import { type FoundPassword, findPassword, type PasswordCommand } from '../connection/password.ts'
import { databaseFault, endpointName, NO_TLS } from '../connection/postgres-fault.ts'
import type { ConnectionEndpoint, Tunnel } from '../connection/tunnel.ts'
import type { FirstStatement } from './first-statement.ts'
import { type OpenedSession, type OpenSessionRequest, PostgresPeer } from './postgres-peer.ts'
import { openServerSession, type ServerSession } from './server-session.ts'
import { refuseOldServer } from './session-check.ts'
import type { SessionPurpose, SessionSettings, SessionTimeouts } from './session-settings.ts'
import { looksAtDefault, misfitOf, roundsOf, type WantedKind } from './wanted-kind.ts'

/** The remaining time. */
export interface ConnectLimit {
  readonly signal: AbortSignal
  /** By performance.now(). */
  readonly deadline: number
}

/** Opens the sessions of one database, and remembers what worked with its servers. */
export interface Connector {
  /** `only`: at this one of its endpoints; absent: at the first that answers. Throws FaultError. */
  open(limit: ConnectLimit, only?: ConnectionEndpoint): Promise<ServerSession>
  /** The same, and may send the statement meanwhile, if it is not null: then `answer` is that to it. */
  openAsking(
    limit: ConnectLimit,
    first: FirstStatement['textOn'] | null,
  ): Promise<Pick<OpenedSession, 'session' | 'answer'>>
  /** Returns the fault for an error on a session with this endpoint. */
  faultOf(error: unknown, endpoint: ConnectionEndpoint): Fault
  /**
   * A session whose default of read-only is that of the server: it may write, so that each statement needs a read-only
   * transaction. Throws the driver's error, or FaultError.
   */
  openWithDefault(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<ServerSession>
  /** Closes the connections of abandoned sessions. */
  close(): void
}

export interface ConnectorOptions {
  readonly connection: ConnectionParameters
  readonly passwordCommand: PasswordCommand | null
  /** A tunnel to the endpoints. */
  readonly tunnel?: Tunnel | undefined
  readonly purpose: SessionPurpose
  readonly limits: SessionTimeouts
  /** Further settings. Those that the server does not know or the role may not set are left out. */
  readonly wishes?: SessionSettings
}

/** A connector; nothing is opened yet. */
export function createConnector(options: ConnectorOptions): Connector {
  return new ServerConnector(options)
}

class ServerConnector implements Connector {
  readonly #options: ConnectorOptions
  readonly #encryptionThatWorked = new Map<ConnectionEndpoint, Encryption>()
  readonly #peers = new Map<ConnectionEndpoint, PostgresPeer>()
  /** A program that outlasts one attempt serves the next one. Otherwise a slow vault would never allow a login. */
  readonly #passwords = new Map<ConnectionEndpoint, Promise<FoundPassword>>()
  #passwordSource: string | null = null
  #versionSeen: number | null = null

  constructor(options: ConnectorOptions) {
    this.#options = options
  }

  faultOf(error: unknown, endpoint: ConnectionEndpoint): Fault {
    const { user, database } = this.#options.connection
    const known = { versionNumber: this.#versionSeen, passwordSource: this.#passwordSource }
    return databaseFault(error, { target: endpointName(endpoint), user, database, ...known })
  }

  close(): void {
    for (const { unanswered } of this.#peers.values()) unanswered.close()
  }

  async openWithDefault(endpoint: ConnectionEndpoint, signal: AbortSignal): Promise<ServerSession> {
    return (await this.#openEndpoint(endpoint, true, signal)).session
  }

  async open(limit: ConnectLimit, only?: ConnectionEndpoint): Promise<ServerSession> {
    return (await this.#open(limit, only, undefined)).session
  }

  openAsking(limit: ConnectLimit, textOn: FirstStatement['textOn'] | null): Promise<OpenedSession> {
    return this.#open(limit, undefined, textOn === null ? undefined : { textOn, signal: limit.signal })
  }

  async #open(
    limit: ConnectLimit,
    only: ConnectionEndpoint | undefined,
    first: FirstStatement | undefined,
  ): Promise<OpenedSession> {
    const { targetSessionAttrs, connectTimeoutMs } = this.#options.connection
    const endpoints = only ? [only] : this.#options.connection.endpoints
    const steps = roundsOf(targetSessionAttrs).flatMap((wanted) => endpoints.map((endpoint) => ({ wanted, endpoint })))
    const faults: Fault[] = []
    for (const [index, { wanted, endpoint }] of steps.entries()) {
      const share = shareOf(limit, steps.length - index, connectTimeoutMs)
      try {
        const opened = await this.#openFitting(endpoint, wanted, first, share.signal)
        if ('session' in opened) return opened
        faults.push(opened)
      } catch (error) {
        const isSilent = share.signal.aborted && !(error instanceof FaultError)
        const fault = isSilent ? unanswered(endpoint) : this.faultOf(error, endpoint)
        faults.push(fault)
        if (limit.signal.aborted || isFinal(fault)) break
      } finally {
        share.done()
      }
    }
    throw new FaultError(summary(faults))
  }

  /** Returns a session with a server of the requested kind, or why this one is not. */
  async #openFitting(
    endpoint: ConnectionEndpoint,
    wanted: WantedKind,
    first: FirstStatement | undefined,
    signal: AbortSignal,
  ): Promise<OpenedSession | Fault> {
    if (looksAtDefault(wanted)) {
      const misfit = await this.#unfitByDefault(endpoint, wanted, signal)
      if (misfit !== null) return misfit
    }
    // A server that may not fit is asked nothing yet.
    const opened = await this.#openEndpoint(endpoint, false, signal, wanted === 'any' ? first : undefined)
    const { session, standby } = opened
    if (wanted === 'any' || looksAtDefault(wanted) || (wanted === 'primary') === (standby === false)) return opened
    await session.end()
    return misfitOf(endpoint, standby ? 'standby' : 'primary', wanted)
  }

  /**
   * Whether new sessions of the server may write, which our own setting would hide. A session without that setting asks
   * in a read-only transaction and ends.
   */
  async #unfitByDefault(endpoint: ConnectionEndpoint, wanted: WantedKind, signal: AbortSignal): Promise<Fault | null> {
    const { session } = await this.#openEndpoint(endpoint, true, signal)
    try {
      const [kind] = await session.bare().run<{ standby: boolean; readOnly: boolean }>({ text: KIND }, signal)
      await session.end()
      const readOnly = kind?.standby !== false || kind.readOnly
      if (readOnly === (wanted === 'read-only')) return null
      return misfitOf(endpoint, kind?.standby ? 'standby' : readOnly ? 'read-only primary' : 'primary', wanted)
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  async #openEndpoint(
    endpoint: ConnectionEndpoint,
    withDefault: boolean,
    signal: AbortSignal,
    first?: FirstStatement,
  ): Promise<OpenedSession> {
    const worked = this.#encryptionThatWorked.get(endpoint) ?? null
    const attempts = encryptionAttempts(this.#options.connection.ssl.mode, endpoint.host, worked)
    let problem: unknown = null
    for (const [index, encryption] of attempts.entries()) {
      const startedAt = performance.now()
      try {
        const opened = await this.#attempt(endpoint, encryption, { withDefault, signal, first })
        this.#encryptionThatWorked.set(endpoint, encryption)
        this.#passwords.delete(endpoint)
        this.#versionSeen = opened.session.versionNumber
        if (this.#options.purpose !== 'console') refuseOldServer(opened.session)
        this.#debug(endpoint, encryption, startedAt, () => 'ok')
        return opened
      } catch (error) {
        this.#debug(endpoint, encryption, startedAt, () => this.faultOf(error, endpoint).code)
        // That a server offers no TLS is not the fault if plain text is allowed: the result of the plain attempt is.
        const reported = problem === null || isNoTls(problem) ? error : problem
        problem ??= error
        if (index + 1 < attempts.length && this.#mayHelp(error, endpoint)) continue
        // The password is requested again at the next connection, unless its program still runs.
        if (!signal.aborted) this.#passwords.delete(endpoint)
        throw reported
      }
    }
    throw problem
  }

  /** Whether the other encryption may help. A file that the dsn names and that can't be used is no reason to do without TLS. */
  #mayHelp(error: unknown, endpoint: ConnectionEndpoint): boolean {
    const isOwnFile = error instanceof FaultError && error.fault.code === 'tls'
    if (isOwnFile && namesFiles(this.#options.connection.ssl)) return false
    return mayBeEncryption(this.faultOf(error, endpoint))
  }

  #debug(endpoint: ConnectionEndpoint, encryption: Encryption, startedAt: number, code: () => string): void {
    const { purpose } = this.#options
    const ms = Math.round(performance.now() - startedAt)
    debugMessage(() => `connect ${endpointName(endpoint)} ${encryption} (${purpose}): ${code()}, ${ms} ms`)
  }

  async #attempt(
    endpoint: ConnectionEndpoint,
    encryption: Encryption,
    asked: Pick<OpenSessionRequest, 'withDefault' | 'signal' | 'first'>,
  ): Promise<OpenedSession> {
    const { connection, purpose, limits, tunnel, wishes = {} } = this.#options
    const { signal } = asked
    const encrypted = encryption === 'tls' ? await tlsOf(connection.ssl, endpoint.host) : NO_ENCRYPTION
    const password = () => this.#password(endpoint)
    const replication = purpose === 'backup'
    const open = async (settings: SessionSettings) => {
      const through = tunnel ? await tunnel.ready(endpoint, signal) : null
      try {
        const plan = { connection, endpoint, through, ...encrypted, settings, password, replication }
        return await openServerSession({ ...plan, unanswered: this.#peer(endpoint).unanswered }, signal)
      } catch (error) {
        const onTheWay =
          tunnel && isUnreachable(this.faultOf(error, endpoint)) ? await tunnel.problem(endpoint, signal) : null
        if (onTheWay) throw new FaultError(onTheWay, { cause: error })
        throw error
      }
    }
    return this.#peer(endpoint).open({ purpose, limits, wishes, open, ...asked })
  }

  #peer(endpoint: ConnectionEndpoint): PostgresPeer {
    const peer = this.#peers.get(endpoint) ?? new PostgresPeer(endpoint)
    this.#peers.set(endpoint, peer)
    return peer
  }

  async #password(endpoint: ConnectionEndpoint): Promise<string> {
    const { connection, passwordCommand } = this.#options
    let password = this.#passwords.get(endpoint)
    if (!password) {
      password = findPassword({ connection, host: endpoint.host, port: endpoint.port, command: passwordCommand })
      this.#passwords.set(endpoint, password)
      password.catch(() => this.#passwords.delete(endpoint))
    }
    const { value, source } = await password
    this.#passwordSource = source
    return value
  }
}

const NO_ENCRYPTION = { tls: null, shownCertificate: null }

async function tlsOf(ssl: ConnectionParameters['ssl'], host: string) {
  const { postgresTlsOptions, shownCertificate } = await import('../connection/tls.ts')
  return {
    tls: postgresTlsOptions(ssl, host),
    shownCertificate: (stream: Duplex) => shownCertificate(stream, host, ssl),
  }
}

/** A part of the remaining time, so that a silent first server leaves some for the second. */
function shareOf(limit: ConnectLimit, stepsLeft: number, mostMs: number | null) {
  const left = Math.max(0, limit.deadline - performance.now()) / stepsLeft
  // The last one gets all remaining time: the limit itself reports its end.
  const ms = stepsLeft > 1 ? Math.min(left, mostMs ?? left) : mostMs
  return startWaitLimit({ ms, signals: [limit.signal], keepsReason: true })
}

function unanswered(endpoint: ConnectionEndpoint): Fault {
  return {
    code: 'timeout',
    message: `${endpointName(endpoint)} opened a session but did not answer its first query in time`,
    hint: 'Look at its processes and the load of its host: they may be frozen (state T in ps) or overloaded. A pooler without a free connection looks the same.',
  }
}

function isNoTls(error: unknown): boolean {
  return error instanceof Error && error.message === NO_TLS
}

/** Whether the other encryption may help, as in libpq's `allow` and `prefer`. */
function mayBeEncryption({ code }: Fault): boolean {
  return code === 'tls' || code === 'hba'
}

/** As libpq: a server that refuses ends the search, so that a wrong password isn't tried on all of them. */
function isFinal(fault: Fault | undefined): boolean {
  return fault !== undefined && ['auth', 'hba', 'tls'].includes(fault.code)
}

function summary(faults: readonly Fault[]): Fault {
  const [last] = faults.slice(-1)
  if (!last) throw new Error('a connection has no endpoints')
  const messages = [...new Set(faults.map(({ message }) => message))]
  return messages.length === 1 ? last : { ...last, message: messages.join('; ') }
}

const KIND = `BEGIN READ ONLY; SELECT coalesce(pg_catalog.current_setting('in_hot_standby', true) OPERATOR(pg_catalog.=) 'on', false) AS standby,
  pg_catalog.current_setting('default_transaction_read_only') OPERATOR(pg_catalog.=) 'on' AS "readOnly"; COMMIT`
