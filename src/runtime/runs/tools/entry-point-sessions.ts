// The sessions of an action with consoles of poolers, and by the addresses of applications.

import type { EntryPointTools, SessionPlace } from '../../../actions/definition/entry-point-tools.ts'
import type { ClusterConfig, PoolerConfig } from '../../../config/config.ts'
import { openPoolerConsole, type PoolerConsole } from '../../../io/entry-points/pooler-console.ts'
import { reachServer } from '../../../io/entry-points/reach-server.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { isLoopback, isSameAddress } from '../../../model/values/address.ts'
import { DEFAULT_AUTH } from '../../../model/values/connection-parameters.ts'
import type { HostConnections } from '../../hosts/host-connections.ts'
import { type PoolerConsoles, poolerConsoles } from './pooler-consoles.ts'

export interface EntryPointSessionsOptions {
  readonly purpose: 'plan' | 'act'
  readonly config: () => ClusterConfig
  readonly hostConnections: HostConnections
  readonly signal: AbortSignal
}

const COMMAND_MS = 8_000
const SESSION_MS = 5_000
/** A pooler or the way to it may be away for a moment. */
const PATIENCE_MS = 30_000
/** Of the time that a process has which a signal ends: the last try is to end within it. */
const STOPPED_PATIENCE_MS = 10_000
/** For a command when no patience is left. */
const LAST_COMMAND_MS = 2_500

export interface EntryPointSessions extends EntryPointTools {
  /** Ends the sessions that are kept. Never throws. */
  close(): Promise<void>
}

/** Opens nothing before the first use. A plan keeps no session with a console. */
export function entryPointSessions(options: EntryPointSessionsOptions): EntryPointSessions {
  const { purpose, config, hostConnections, signal } = options
  const kept = new Map<string, PoolerConsoles>()
  const openConsole = (name: string): PoolerConsole => {
    const { connection, passwordCommand, via } = poolerOf(config(), name)
    return openPoolerConsole({ connection, passwordCommand, tunnel: hostConnections.tunnelVia(via) })
  }
  const consolesOf = (name: string): PoolerConsoles => {
    const found = kept.get(name) ?? poolerConsoles(() => openConsole(name))
    kept.set(name, found)
    return found
  }
  const patience = patienceUntil(signal)
  const lastMs = () => Math.max(LAST_COMMAND_MS, patience(performance.now()))
  return {
    async command(name, text, { limitMs = COMMAND_MS, outlives = false, beside = false } = {}) {
      if (purpose === 'plan') return planned(openConsole(name), text, limitMs, signal)
      const consoles = consolesOf(name)
      if (outlives) return consoles.current().run(text, Math.min(limitMs, lastMs()), NEVER)
      if (beside) return consoles.beside().run(text, limitMs, signal)
      if (!/^PAUSE\b/.test(text)) return consoles.current().run(text, limitMs, signal)
      const pausing = await consoles.forPause((each) => each.run('SHOW VERSION', COMMAND_MS, signal))
      return pausing.run(text, limitMs, signal)
    },
    async leavesForAnother(name) {
      const consoles = consolesOf(name)
      if (consoles.hasPauser() || !(await isShared(poolerOf(config(), name), consoles.current(), lastMs())))
        return false
      await consoles.leave()
      return true
    },
    patienceMs: patience,
    close: async () => void (await Promise.allSettled([...kept.values()].map((each) => each.close()))),
    async sessionAt(place, write) {
      const { via, ...target } = targetOf(place, config())
      const tunnel = hostConnections.tunnelVia(via)
      const writes = purpose === 'plan' ? null : write
      return reachServer({ ...target, tunnel, write: writes, limitMs: SESSION_MS, signal })
    },
  }
}

async function planned<Row extends Readonly<Record<string, unknown>>>(
  opened: PoolerConsole,
  text: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  if (!/^SHOW\b/.test(text)) throw new Error(`${text}: a plan only reads`)
  try {
    return await opened.run<Row>(text, limitMs, signal)
  } finally {
    await opened.close()
  }
}

/** Whether several processes may answer at the address of the console. Throws FaultError. */
async function isShared({ connection }: PoolerConfig, admin: PoolerConsole, limitMs: number): Promise<boolean> {
  if (connection.endpoints.length > 1) return true
  const rows = await admin.run<{ key: string; value: string }>('SHOW CONFIG', limitMs, NEVER)
  return rows.some(({ key, value }) => key === 'so_reuseport' && value === '1')
}

const NEVER = new AbortController().signal

/** See `patienceMs` of EntryPointTools. */
function patienceUntil(signal: AbortSignal): (since: number) => number {
  let end = Number.POSITIVE_INFINITY
  const stop = () => {
    end = performance.now() + STOPPED_PATIENCE_MS
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return (since) => Math.max(0, Math.min(since + PATIENCE_MS, end) - performance.now())
}

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
  const { authRequirements } = database.connection
  // Whoever may change the pooler's configuration must not learn a password by it.
  const auth = isConfigured({ host, port: place.port, via: pooler.via }, config)
    ? {}
    : { authRequirements: { ...(authRequirements ?? DEFAULT_AUTH), isDiscovered: true } }
  const connection = {
    ...database.connection,
    ...auth,
    endpoints: [{ host, port: place.port, address: null }],
    targetSessionAttrs: 'any' as const,
  }
  return { connection, passwordCommand: database.passwordCommand, via: pooler.via }
}

/** Whether the configuration names that place itself, as that of a database or as an address. */
function isConfigured(place: { host: string; port: number; via: string | null }, config: ClusterConfig): boolean {
  const { databases, addresses = [] } = config
  return [...databases, ...addresses].some(({ connection, via }) => {
    // Each host has a loopback of its own.
    if (isLoopback(place.host) && via !== place.via) return false
    return connection.endpoints.some(({ host, port }) => port === place.port && isSameAddress(host, place.host))
  })
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
