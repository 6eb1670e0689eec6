// The sessions of an action with the manager's own database: pg_auto_failover's monitor, or that of repmgr on one server.

import type { ActionToolbox, ManagerSqlRequest } from '../../../actions/definition/action.ts'
import type { ClusterConfig, ManagerConfig } from '../../../config/config.ts'
import { type AdminSession, openAdminSession } from '../../../io/postgres/admin-session.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import type { HostConnections } from '../../hosts/host-connections.ts'
import { connectionToEndpoint } from '../servers/current-basis.ts'
import type { PermittedServers } from './action-sessions.ts'

export interface ManagerSessions extends Pick<ActionToolbox, 'managerSql'> {
  /** Never throws. */
  close(): Promise<void>
}

interface Options {
  /** Plans and checks only read; only the sessions of a run may write. */
  readonly purpose: 'plan' | 'act'
  readonly config: () => ClusterConfig
  readonly hostConnections: HostConnections
  readonly servers: Pick<PermittedServers, 'place'>
  readonly signal: AbortSignal
  /** Why nothing more may be changed; null if it may. */
  readonly lost: () => string | null
}

const CONNECT_MS = 8_000
const STATEMENT_MS = 10_000
const HINT = 'Nothing was asked of the manager. Check what the other run did, then plan again.'

/** Opens nothing before the first use. */
export function openManagerSessions(options: Options): ManagerSessions {
  const { purpose, signal, lost } = options
  const links = new Map<string | null, AdminSession>()
  const link = (at: string | null): AdminSession => {
    const known = links.get(at)
    if (known) return known
    const opened = openAdminSession({ ...placeOf(at, options), purpose, passwordCommand: null, connectMs: CONNECT_MS })
    links.set(at, opened)
    return opened
  }
  return {
    async managerSql<Row extends object>({ text, values = [], limitMs = STATEMENT_MS, at }: ManagerSqlRequest) {
      const why = purpose === 'act' ? lost() : null
      if (why !== null) throw new ActionError(why, HINT)
      return link(at ?? null).query<Row>(text, values, limitMs, signal)
    },
    close: async () => void (await Promise.allSettled([...links.values()].map((each) => each.close()))),
  }
}

function placeOf(at: string | null, { config, hostConnections, servers }: Options) {
  const { manager, databases } = config()
  const connection = connectionOf(manager)
  if (at === null) return { connection }
  const database = databases.find(({ spec }) => spec.id === at)
  if (!database) throw new ActionError(`${at} is not a database of this cluster`)
  const { endpoints } = connectionToEndpoint(at, database.connection, servers.place(at))
  return {
    connection: { ...connection, endpoints, targetSessionAttrs: 'any' as const },
    tunnel: hostConnections.tunnelVia(database.via),
  }
}

function connectionOf(manager: ManagerConfig | undefined): ConnectionParameters {
  if (manager && 'connection' in manager) return manager.connection
  throw new ActionError('the configuration names no database of a manager', 'Set "manager" of the cluster.')
}
