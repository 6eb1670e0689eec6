// One session with one server: one kind of encryption, one statement at a time, and an end without waiting.

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { Client, type QueryResultRow } from 'pg'
import { isLoopback } from '../../../model/values/address.ts'
import type { ConnectionParameters, SessionAuth } from '../../../model/values/connection-parameters.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { abortable } from '../../network/wait-timeout.ts'
import { type LoginPlan, usesChannelBinding, watchLogin } from '../connection/login.ts'
import { ForeignProtocolError } from '../connection/postgres-fault.ts'
import { notePath } from '../connection/server-error.ts'
import { guardProtocol, openPostgresSocket } from '../connection/socket.ts'
import type { DatabaseCertificate } from '../connection/tls.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import { type ReplicationMessage, streamReplicationCommand } from './copy-protocol.ts'
import { type SessionSettings, startupOptions } from './session-settings.ts'
import { type SessionStage, silenceFault } from './session-silence.ts'
import { runStatement, type SessionStatement, type StatementContext, watchSettings } from './statement.ts'
import type { PendingAnswer, UnansweredSessions } from './unanswered-sessions.ts'

export interface ServerSessionOptions {
  readonly connection: ConnectionParameters
  readonly endpoint: ConnectionEndpoint
  /** Path of a local Unix socket that leads to the endpoint; null: direct. */
  readonly through: string | null
  /** null: not encrypted. */
  readonly tls: ConnectionOptions | null
  /** Reads the certificate of the other end; null: not encrypted. */
  readonly shownCertificate: ((stream: Duplex) => DatabaseCertificate | null) | null
  /** All start-up options of the session; empty for peers that take none. */
  readonly settings: SessionSettings
  /** Called only if the server asks for one. */
  readonly password: () => Promise<string>
  /** True: for commands of physical replication, not for SQL. */
  readonly replication?: boolean
  /** Receives the connections of sessions that are abandoned before the server has answered. */
  readonly unanswered: UnansweredSessions
}

export interface ServerSession {
  readonly endpoint: ConnectionEndpoint
  /** 180004 for 18.4; 0 if the peer does not report it as PostgreSQL does. */
  readonly versionNumber: number
  /** Process id on the server, as the peer reports it; null if it reports none. */
  readonly processId: number | null
  /** Why the peer seems to be a pooler; null: the server itself answers. */
  readonly pooler: string | null
  /** The last value that the peer reported of a setting (ParameterStatus); null: none. */
  reported(setting: string): string | null
  /** How the session logged in; null before the login. */
  login(): SessionAuth | null
  /** The certificate that the server showed; null without TLS. */
  certificate(): DatabaseCertificate | null
  /** False after the connection is known to be lost. */
  isAlive(): boolean
  /**
   * Throws the driver's error, or the signal's reason. Then the session is abandoned, because its answer may still
   * come.
   */
  run<Row extends QueryResultRow>(question: SessionStatement, signal: AbortSignal): Promise<readonly Row[]>
  /**
   * The session for callers with a transaction of their own. Through a pooler `run` puts each statement in a
   * transaction; this one does not.
   */
  bare(): ServerSession
  /** Yields the answer to a command of physical replication. Throws as `run`. */
  runReplicationCommand(command: string, signal: AbortSignal): AsyncIterable<ReplicationMessage>
  /** Closes the connection at once. An abandoned one is kept as long as its answer may come. */
  destroy(): void
  /** Ends the session properly, or closes the connection if that takes long. */
  end(): Promise<void>
}

const KEEPALIVE_AFTER_MS = 10_000
const GOODBYE_MS = 300

/**
 * Opens a session. Throws the driver's error, or a `timeout` or `dns` FaultError that says how far it came at the
 * signal.
 */
export async function openServerSession(plan: ServerSessionOptions, signal: AbortSignal): Promise<ServerSession> {
  const { endpoint, through } = plan
  const socket = openPostgresSocket(isDirect(plan) ? null : plan.tls === null ? 'plain' : 'tls', signal, through)
  const isResolved = through !== null || isLocal(plan)
  const progress: Progress = { stage: isResolved ? 'connecting' : 'resolving', reported: new Map(), ownAddress: null }
  const client = clientOf({ ...plan, password: noted(plan.password, progress) }, socket)
  const login = watchLogin(client, loginPlan(plan))
  follow(client, socket, progress, { isForwarded: through !== null, direct: isDirect(plan) })
  const state = stateOf(client, socket)
  const session: ServerSession = {
    endpoint,
    login,
    get versionNumber() {
      return parseVersionNumber(progress.reported.get('server_version') ?? '')
    },
    get processId() {
      return (client as { readonly processID?: number | null }).processID ?? null
    },
    certificate: () => plan.shownCertificate?.(client.connection.stream) ?? null,
    isAlive: () => state.alive,
    pooler: null,
    reported: (setting) => progress.reported.get(setting.toLowerCase()) ?? null,
    run: (question, limit) => runStatement(context, question, limit),
    bare: () => session,
    runReplicationCommand: (command, limit) => streamReplicationCommand(client, session, command, limit),
    destroy() {
      state.alive = false
      if (!state.isLeft) socket.destroy()
    },
    end: async () => (state.isLeft ? undefined : end(client, socket, state.alive)),
  }
  const leave = (owed: PendingAnswer) => {
    // Several statements may have been sent at once.
    if (state.isLeft) return
    state.alive = false
    state.isLeft = true
    plan.unanswered.leave(client.connection.stream, owed)
  }
  const context: { -readonly [Name in keyof StatementContext]: StatementContext[Name] } = {
    ...countedAnswers(plan, state, leave),
    client,
    session,
    changed: () => null,
  }
  const began = performance.now()
  try {
    const connected = client.connect()
    connected.catch(() => {})
    await abortable(connected, signal)
    context.changed = watchSettings(plan.settings, progress.reported)
    return session
  } catch (error) {
    notePath(error, { isLocal: isLocal(plan), address: progress.ownAddress, tls: plan.tls !== null })
    // The server has a process for it after it accepted the connection.
    if (signal.aborted && TAKEN.has(progress.stage)) leave('session')
    else session.destroy()
    throw signal.aborted ? new FaultError(silenceFault(progress.stage, endpoint, performance.now() - began)) : error
  }
}

/** Counts the answers that come, and leaves the session of one that does not. */
function countedAnswers(
  plan: ServerSessionOptions,
  state: State,
  leave: (owed: PendingAnswer) => void,
): Pick<StatementContext, 'leave' | 'answered'> {
  return {
    // A pooler accepts sessions and the first statement whether its server is up or not.
    leave: () => leave(state.answers > 0 && !isPooled(plan) ? 'answer' : 'session'),
    answered() {
      state.answers++
      // The first statement asks what is there.
      if (state.answers > 1) plan.unanswered.answered()
    },
  }
}

interface State {
  alive: boolean
  isLeft: boolean
  /** How many statements were answered. */
  answers: number
}

function stateOf(client: Client, socket: Socket): State {
  const state = { alive: true, isLeft: false, answers: 0 }
  // A lost idle session reports it by an event. Without a listener that would end the program.
  client.on('error', () => {
    state.alive = false
    socket.destroy()
  })
  client.on('end', () => {
    state.alive = false
  })
  return state
}

function clientOf(plan: ServerSessionOptions, socket: Socket): Client {
  const client = new Client(clientOptions(plan, socket))
  // Otherwise the environment (PGOPTIONS, PGREPLICATION) decides if nothing is requested here.
  Object.assign((client as unknown as { readonly connectionParameters: object }).connectionParameters, {
    options: [plan.connection.options ?? '', startupOptions(plan.settings)].join(' ').trim() || undefined,
    replication: plan.replication ? 'true' : undefined,
  })
  return client
}

function clientOptions(plan: ServerSessionOptions, socket: Socket) {
  const { connection, endpoint } = plan
  return {
    host: endpoint.address ?? endpoint.host,
    port: endpoint.port,
    user: connection.user,
    database: connection.database,
    application_name: connection.applicationName,
    // Always a function: otherwise the driver would look for a password in its own places, and print a warning on the
    // screen.
    password: plan.password,
    // Always set: otherwise the driver reads the environment.
    sslnegotiation: isDirect(plan) ? ('direct' as const) : ('postgres' as const),
    ssl: plan.tls ?? false,
    keepAlive: true,
    // Several messages are sent at once. Commands of replication take over the connection and can't.
    pipeline: !plan.replication,
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    stream: () => socket,
    enableChannelBinding: usesChannelBinding(loginPlan(plan)),
  }
}

/** TLS from the first byte on. */
function isDirect({ connection, tls }: ServerSessionOptions): boolean {
  return tls !== null && connection.ssl.isDirect === true
}

/** Over a Unix socket of the server itself, not over one of this host that leads elsewhere. */
function isLocal({ endpoint, through }: ServerSessionOptions): boolean {
  return through === null && endpoint.host.startsWith('/')
}

/** It is opened without settings only for a peer that hands out the sessions of a server. */
function isPooled({ settings }: ServerSessionOptions): boolean {
  return Object.keys(settings).length === 0
}

function loginPlan({ connection, endpoint, through, tls }: ServerSessionOptions): LoginPlan {
  return { connection, endpoint, encryption: tls === null ? 'plain' : 'tls', isForwarded: through !== null }
}

const TAKEN: ReadonlySet<SessionStage> = new Set(['encrypting', 'answering'])
interface Progress {
  stage: SessionStage
  /** The address of this end if nothing on the way can change it: on the loopback of this host; else null. */
  ownAddress: string | null
  /** By name in lower case. */
  readonly reported: Map<string, string>
}

/** Records how far a connection came, because silence has another cause at each stage. */
function follow(
  client: Client,
  socket: Socket,
  progress: Progress,
  { isForwarded, direct }: { readonly isForwarded: boolean; readonly direct: boolean },
): void {
  const enter = (stage: SessionStage) => () => {
    progress.stage = stage
  }
  socket.once('connectionAttempt', enter('connecting'))
  // A forwarder accepts every connection. Only the first answer shows that there is one to the server.
  socket.once(isForwarded ? 'data' : 'connect', () => {
    progress.stage = 'answering'
    const { localAddress = null } = socket
    progress.ownAddress = localAddress !== null && isLoopback(localAddress) ? localAddress : null
  })
  client.connection.once('sslconnect', () => {
    guardProtocol(client.connection.stream)
    progress.stage = 'encrypting'
    const { stream } = client.connection
    stream.once('secureConnect', () => {
      progress.stage = 'answering'
      // As libpq: another service with TLS may be there, and read what is meant for a server.
      if (direct && (stream as TLSSocket).alpnProtocol !== 'postgresql') {
        stream.destroy(new ForeignProtocolError('it takes TLS at once and does not say that PostgreSQL is behind it'))
      }
    })
  })
  client.connection.on('parameterStatus', (status: { parameterName?: unknown; parameterValue?: unknown }) => {
    progress.reported.set(String(status.parameterName).toLowerCase(), String(status.parameterValue))
  })
}

function noted(password: () => Promise<string>, progress: Progress): () => Promise<string> {
  return async () => {
    progress.stage = 'asking for the password'
    const value = await password()
    progress.stage = 'answering'
    return value
  }
}

/** `18.4 (Debian 18.4-1)` → 180004, `19beta1` → 190000, as server_version_num counts. */
export function parseVersionNumber(text: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(major) * 10_000 + Number(minor)
}

async function end(client: Client, socket: Socket, alive: boolean): Promise<void> {
  if (alive) {
    const goodbye = AbortSignal.timeout(GOODBYE_MS)
    await abortable(client.end(), goodbye).catch(() => {})
  }
  socket.destroy()
}
