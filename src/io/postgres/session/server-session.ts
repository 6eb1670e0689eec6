// One session with one server: opened with one way of encryption, one statement at a time, ended without waiting.

import type { Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { Client, type QueryResultRow } from 'pg'
import type { ConnectionParameters, SessionAuth } from '../../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { abortable } from '../../network/wait-timeout.ts'
import { type LoginPlan, usesChannelBinding, watchLogin } from '../connection/login.ts'
import { endpointName, ForeignProtocolError } from '../connection/postgres-fault.ts'
import { guardProtocol, openPostgresSocket } from '../connection/socket.ts'
import type { ConnectionEndpoint } from '../connection/tunnel.ts'
import { type ReplicationMessage, streamReplicationCommand } from './copy-protocol.ts'
import { type SessionSettings, startupOptions } from './session-settings.ts'
import { runStatement, type SessionStatement, type StatementContext, watchSettings } from './statement.ts'
import type { PendingAnswer, UnansweredSessions } from './unanswered-sessions.ts'

export interface ServerSessionOptions {
  readonly connection: ConnectionParameters
  readonly endpoint: ConnectionEndpoint
  /** Path of a Unix socket here that leads to the endpoint; null: straight to it. */
  readonly through: string | null
  /** null: not encrypted. */
  readonly tls: ConnectionOptions | null
  /** All that the session's start-up options hold; empty: it has none, for peers that take none. */
  readonly settings: SessionSettings
  /** Asked only when the server wants one. */
  readonly password: () => Promise<string>
  /** True: for commands of physical replication, not for SQL. */
  readonly replication?: boolean
  /** Takes the connections of sessions that are given up before the server has answered. */
  readonly unanswered: UnansweredSessions
}

export interface ServerSession {
  readonly endpoint: ConnectionEndpoint
  /** 180004 for 18.4; 0 when the peer does not say it as PostgreSQL does. */
  readonly versionNumber: number
  /** Of the server's process, as the peer names it; null where it names none. */
  readonly processId: number | null
  /** Why the peer is held to be a pooler; null: the server itself answers. */
  readonly pooler: string | null
  /** What the peer last reported of a setting (ParameterStatus); null: nothing. */
  reported(setting: string): string | null
  /** How the server let this session in; null until it has. */
  login(): SessionAuth | null
  /** False as soon as the connection is known to be lost. */
  isAlive(): boolean
  /** Throws the driver's error, or the signal's reason; then the session is given up, because its answer may still come. */
  run<Row extends QueryResultRow>(question: SessionStatement, signal: AbortSignal): Promise<readonly Row[]>
  /**
   * The session for whoever brings a transaction of his own. Through a pooler `run` makes one of each statement, which
   * this one does not.
   */
  bare(): ServerSession
  /** The answer to a command of physical replication, as it comes. Throws as `run`. */
  runReplicationCommand(command: string, signal: AbortSignal): AsyncIterable<ReplicationMessage>
  /** Drops the connection at once; one that was given up is kept as long as its answer may come. */
  destroy(): void
  /** Says goodbye; drops the connection when that takes long. */
  end(): Promise<void>
}

const KEEPALIVE_AFTER_MS = 10_000
const GOODBYE_MS = 300

/**
 * Opens a session. Throws the driver's error, or a `timeout` or `dns` FaultError that says how far it came when the
 * signal was first.
 */
export async function openServerSession(plan: ServerSessionOptions, signal: AbortSignal): Promise<ServerSession> {
  const { endpoint, through } = plan
  const socket = openPostgresSocket(isDirect(plan) ? null : plan.tls === null ? 'plain' : 'tls', signal, through)
  const isResolved = through !== null || endpoint.host.startsWith('/')
  const progress: Progress = { stage: isResolved ? 'connecting' : 'resolving', reported: new Map() }
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
    isAlive: () => state.alive,
    pooler: null,
    reported: (setting) => progress.reported.get(setting.toLowerCase()) ?? null,
    run: (question, limit) => runStatement(ground, question, limit),
    bare: () => session,
    runReplicationCommand: (command, limit) => streamReplicationCommand(client, session, command, limit),
    destroy() {
      state.alive = false
      if (!state.isLeft) socket.destroy()
    },
    end: async () => {
      if (!state.isLeft) await end(client, socket, state.alive)
    },
  }
  const leave = (owed: PendingAnswer) => {
    state.alive = false
    state.isLeft = true
    plan.unanswered.leave(client.connection.stream, owed)
  }
  const ground: { -readonly [Name in keyof StatementContext]: StatementContext[Name] } = {
    client,
    session,
    leave: () => leave('answer'),
    changed: () => null,
  }
  const began = performance.now()
  try {
    const connected = client.connect()
    connected.catch(() => {})
    await abortable(connected, signal)
    ground.changed = watchSettings(plan.settings, progress.reported)
    return session
  } catch (error) {
    // The server has a process for it as soon as it took the connection.
    if (signal.aborted && TAKEN.has(progress.stage)) leave('session')
    else session.destroy()
    throw signal.aborted ? new FaultError(silence(progress.stage, endpoint, performance.now() - began)) : error
  }
}

interface State {
  alive: boolean
  isLeft: boolean
}

function stateOf(client: Client, socket: Socket): State {
  const state = { alive: true, isLeft: false }
  // An idle session that is lost tells it by an event; without a listener that would end the program.
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
  // Else the environment decides (PGOPTIONS, PGREPLICATION) where nothing is asked for here.
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
    // Always a function: without one the driver would look for a password in places of its own, and warn on the screen.
    password: plan.password,
    // Always: else the driver looks at the environment.
    sslnegotiation: isDirect(plan) ? ('direct' as const) : ('postgres' as const),
    ssl: plan.tls ?? false,
    keepAlive: true,
    // Several messages go out at once; commands of replication take over the connection and can't.
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

function loginPlan({ connection, endpoint, through, tls }: ServerSessionOptions): LoginPlan {
  return { connection, endpoint, encryption: tls === null ? 'plain' : 'tls', isForwarded: through !== null }
}

type SessionStage = 'resolving' | 'connecting' | 'encrypting' | 'answering' | 'asking for the password'
const TAKEN: ReadonlySet<SessionStage> = new Set(['encrypting', 'answering'])
interface Progress {
  stage: SessionStage
  /** By name in small letters. */
  readonly reported: Map<string, string>
}

/** Notes how far a connection came, because silence means another thing at each stage. */
function follow(
  client: Client,
  socket: Socket,
  progress: Progress,
  { isForwarded, direct }: { readonly isForwarded: boolean; readonly direct: boolean },
): void {
  const reach = (stage: SessionStage) => () => {
    progress.stage = stage
  }
  socket.once('connectionAttempt', reach('connecting'))
  // What forwards takes every connection; only what comes back shows that there is one to the server.
  socket.once(isForwarded ? 'data' : 'connect', reach('answering'))
  client.connection.once('sslconnect', () => {
    guardProtocol(client.connection.stream)
    progress.stage = 'encrypting'
    const { stream } = client.connection
    stream.once('secureConnect', () => {
      progress.stage = 'answering'
      // As libpq: else another service with TLS may be there, and take what is meant for a server.
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

function silence(stage: SessionStage, endpoint: ConnectionEndpoint, tookMs: number): Fault {
  const within = `within ${Math.round(tookMs)} ms`
  const target = endpointName(endpoint)
  switch (stage) {
    case 'resolving':
      return {
        code: 'dns',
        message: `${target} has a name that DNS did not resolve ${within}`,
        hint: 'Check /etc/resolv.conf and the DNS servers of this host; an address works without DNS.',
      }
    case 'connecting':
      return {
        code: 'timeout',
        message: `${target} did not answer ${within}: no connection was established`,
        hint: 'Check that the host is up and that no firewall drops packets to this port.',
      }
    case 'asking for the password':
      return {
        code: 'timeout',
        message: `${target} waits for a password, which passwordCommand has not printed ${within}`,
        hint: 'The command continues to run; pgdeck uses its output with the next poll.',
      }
    case 'encrypting':
    case 'answering':
      return {
        code: 'timeout',
        message: `${target} accepted the connection but did not ${stage === 'encrypting' ? 'begin TLS' : 'open a session'} ${within}`,
        hint: 'Its processes may be frozen or its host overloaded; a proxy without a server behind it looks the same.',
      }
  }
}

async function end(client: Client, socket: Socket, alive: boolean): Promise<void> {
  if (alive) {
    const goodbye = AbortSignal.timeout(GOODBYE_MS)
    await abortable(client.end(), goodbye).catch(() => {})
  }
  socket.destroy()
}
