// The sessions of an action with consoles of poolers, and by the addresses of applications.

import type { EntryPointTools, SessionPlace } from '../../../actions/definition/entry-point-tools.ts'
import type { ClusterConfig } from '../../../config/config.ts'
import { openPoolerConsole } from '../../../io/entry-points/pooler-console.ts'
import { reachServer } from '../../../io/entry-points/reach-server.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { isLoopback } from '../../../model/values/address.ts'
import type { HostConnections } from '../../hosts/host-connections.ts'

export interface EntryPointSessionsOptions {
  readonly purpose: 'plan' | 'act'
  readonly config: () => ClusterConfig
  readonly hostConnections: HostConnections
  readonly signal: AbortSignal
}

const COMMAND_MS = 8_000
const SESSION_MS = 5_000

/** Opens nothing before the first use, and leaves nothing open. */
export function entryPointSessions(options: EntryPointSessionsOptions): EntryPointTools {
  const { purpose, config, hostConnections, signal } = options
  return {
    async command(name, text, { limitMs = COMMAND_MS, outlives = false } = {}) {
      if (purpose === 'plan' && !/^SHOW\b/.test(text)) throw new Error(`${text}: a plan only reads`)
      const { connection, passwordCommand, via } = poolerOf(config(), name)
      const tunnel = hostConnections.tunnelVia(via)
      const opened = openPoolerConsole({ connection, passwordCommand, tunnel })
      try {
        return await opened.run(text, limitMs, outlives ? NEVER : signal)
      } finally {
        await opened.close()
      }
    },
    async sessionAt(place, write) {
      const { via, ...target } = targetOf(place, config())
      const tunnel = hostConnections.tunnelVia(via)
      const writes = purpose === 'plan' ? null : write
      return reachServer({ ...target, tunnel, write: writes, limitMs: SESSION_MS, signal })
    },
  }
}

const NEVER = new AbortController().signal

function targetOf(place: SessionPlace, config: ClusterConfig) {
  if (place.kind === 'address') {
    const found = config.addresses?.find(({ spec }) => spec.id === place.address)
    if (!found) throw new ActionError(`${place.address} is not an address of this cluster`)
    const { connection, passwordCommand, via } = found
    return { connection, passwordCommand, via }
  }
  const pooler = poolerOf(config, place.pooler)
  const database = config.databases.find(({ spec }) => spec.id === place.as)
  if (!database) throw new ActionError(`${place.as} is not a database of this cluster`)
  const host = hostSeenBy(pooler.spec.host, place.host)
  const connection = {
    ...database.connection,
    endpoints: [{ host, port: place.port, address: null }],
    targetSessionAttrs: 'any' as const,
  }
  return { connection, passwordCommand: database.passwordCommand, via: pooler.via }
}

/** What is the loopback for a pooler elsewhere is that host for pgdeck. */
function hostSeenBy(pooler: string, host: string): string {
  const isOurs = isLoopback(pooler) || pooler.startsWith('/')
  if (isOurs || !isLoopback(host)) return host
  return pooler
}

function poolerOf({ poolers = [] }: ClusterConfig, name: string) {
  const pooler = poolers.find(({ spec }) => spec.id === name)
  if (!pooler)
    throw new ActionError(`${name} is not a pooler of this cluster`, 'Restore it in the config, or plan again.')
  return pooler
}
