// The sessions of an action: one for each database, only with the server that may be acted on.

import type { ActionToolbox, SqlRequest, SqlSessionKind } from '../../../actions/definition/action.ts'
import type { ClusterConfig } from '../../../config/config.ts'
import { openWalSenderSession, type WalSenderSession } from '../../../io/base-backup/walsender-session.ts'
import { type AdminSession, openAdminSession } from '../../../io/postgres/admin-session.ts'
import { serversBehindEndpoint } from '../../../io/postgres/endpoint-servers.ts'
import type { ServerLock } from '../../../io/postgres/server-identity.ts'
import {
  type FoundServer,
  isSameSystem,
  type ServerIdentity,
  serverIdentityText,
} from '../../../model/measured/server-identity.ts'
import { ActionError, OtherServerError } from '../../../model/runs/action-error.ts'
import type { PlannedEndpoint } from '../../../model/runs/plan.ts'
import type { HostConnections } from '../../hosts/host-connections.ts'
import { connectionToEndpoint } from '../servers/current-basis.ts'

/** Which servers may be acted on. */
export interface PermittedServers {
  /** Why nothing may be done on the server of a session; null if it may. */
  whyNot(database: string, server: FoundServer): string | null
  /** The server that is meant; null if none was read. */
  identity(database: string): ServerIdentity | null
  /** The timeline that the primary behind a database should be on; null for a standby, or if unknown. */
  timeline(database: string): number | null
  /** The session by which the run locks that database's server; null if there is none. */
  holding(database: string): ServerLock | null
  /** The address of its sessions; null if unknown, because its DSN has several hosts and none has answered. */
  place(database: string): PlannedEndpoint | null
}

export interface ActionSessions extends Pick<ActionToolbox, 'sql' | 'callFunction' | 'replication'> {
  /** Servers that sessions met and that may not be acted on, as sentences. */
  otherServersMet(): readonly string[]
  /** Opens that many new sessions with a database, one after another, and returns their servers. Throws FaultError. */
  serversBehind(database: string, sessions: number): Promise<readonly FoundServer[]>
  /** Never throws. */
  close(): Promise<void>
}

export interface ActionSessionsOptions {
  /** Plans and checks only read; only the sessions of a run may write. */
  readonly purpose: 'plan' | 'act'
  /** The current configuration of the cluster. */
  readonly config: () => ClusterConfig
  readonly hostConnections: HostConnections
  readonly servers: PermittedServers
  /** Called with each server that a session meets, whether it may be acted on or not. */
  readonly met: (database: string, server: FoundServer) => void
  readonly signal: AbortSignal
}

const CONNECT_MS = 8_000
const STATEMENT_MS = 10_000
const HINT = 'Nothing was done there. Check where its dsn leads, then plan again.'

/** Opens nothing before the first use. */
export function openActionSessions(options: ActionSessionsOptions): ActionSessions {
  const { servers, signal } = options
  const links = new Map<string, AdminSession>()
  const met = new Set<string>()
  const refuse = (why: string): never => {
    met.add(why)
    throw new OtherServerError(why, HINT)
  }
  const link = (id: string, kind: SqlSessionKind): AdminSession => {
    const key = `${kind} ${id}`
    const known = links.get(key)
    if (known) return known
    const requireServer = (server: FoundServer) => {
      options.met(id, server)
      const why = servers.whyNot(id, server)
      if (why !== null) refuse(why)
    }
    const target = sessionOptionsFor(id, options)
    const connection =
      kind === 'users' ? { ...target.connection, targetSessionAttrs: 'read-write' as const } : target.connection
    const holding = () => servers.holding(id)
    const { purpose } = options
    const isQuiet = kind === 'quiet'
    const opened = openAdminSession({ ...target, connection, purpose, isQuiet, requireServer, holding })
    links.set(key, opened)
    return opened
  }
  return {
    sql: async <Row extends object>(
      database: string,
      { text, values = [], limitMs = STATEMENT_MS, on = 'usual' }: SqlRequest,
    ) => link(database, on).query<Row>(text, values, limitMs, signal),
    callFunction: async <Row extends object>(
      database: string,
      { text, values = [], afterwards, limitMs = STATEMENT_MS, on = 'usual' }: SqlRequest,
    ) => link(database, on).act<Row>({ text, values, afterwards }, limitMs, signal),
    async replication(id) {
      const opened = await openWalSenderSession({ ...sessionOptionsFor(id, options), signal })
      try {
        const why = await otherSystem(id, opened, servers)
        if (why !== null) refuse(why)
        return opened
      } catch (error) {
        await opened.close()
        throw error
      }
    },
    otherServersMet: () => [...met],
    async serversBehind(id, sessions) {
      const answering = await serversBehindEndpoint({ ...sessionOptionsFor(id, options), signal }, sessions)
      for (const server of answering) options.met(id, server)
      return answering
    },
    async close() {
      await Promise.allSettled([...links.values()].map((each) => each.close()))
    },
  }
}

function sessionOptionsFor(id: string, { config, hostConnections, servers }: ActionSessionsOptions) {
  const database = config().databases.find(({ spec }) => spec.id === id)
  if (!database) throw new ActionError(`${id} is not a database of this cluster`)
  const { connection, passwordCommand, via } = database
  return {
    connection: connectionToEndpoint(id, connection, servers.place(id)),
    passwordCommand,
    connectMs: CONNECT_MS,
    tunnel: hostConnections.tunnelVia(via),
  }
}

/**
 * A session of physical replication can't report when its server started: system identifier, port and timeline are
 * compared.
 */
async function otherSystem(id: string, link: WalSenderSession, servers: PermittedServers): Promise<string | null> {
  const [wanted, meant] = [servers.identity(id), servers.timeline(id)]
  if (!wanted) return null
  const identity = await link.identify()
  const { systemIdentifier, port, timeline } = identity
  const isTimeline = meant === null || timeline === meant
  if (isSameSystem(identity, wanted) && port === wanted.port && isTimeline) return null
  const on = meant === null ? '' : `, timeline ${meant}`
  return `${id} leads to another server for replication: ${serverIdentityText(wanted)}${on} is meant, system ${systemIdentifier}, port ${port}, timeline ${timeline} answers`
}
