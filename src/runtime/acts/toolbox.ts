// What an act works with while it is planned and run: databases it may write to, hosts, fresh readings, its live output.

import type { Sql, Tools } from '../../actions/action.ts'
import { type AdminLink, type AdminOptions, openAdmin } from '../../io/admin.ts'
import { openReplication } from '../../io/backup/link.ts'
import { type HostReach, openHostReach } from '../../io/host-access.ts'
import { ActError } from '../../model/operation/failure.ts'
import type { Run } from '../../model/operation/run.ts'
import { createLineRedactor } from '../../model/redact.ts'
import { clean } from '../../model/text.ts'
import type { Actor } from '../../model/trail.ts'
import { openWays } from '../ways.ts'
import { collectedLogs } from './collected-logs.ts'
import type { World } from './world.ts'

export interface Toolbox extends Tools {
  /** Ends every session and connection. Never throws. */
  close(): Promise<void>
}

export interface ToolboxOptions {
  readonly world: World
  readonly run: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** The state directory, and who acts: for what is noted of logs that are collected. */
  readonly folder: string
  readonly who: Actor
  /** Gets what `say` is given, harmless and without secrets. */
  readonly said: (text: string) => void
  /** The run as its record has it now; absent while it is planned: then no session may write. */
  readonly record?: () => Run
}

const CONNECT_MS = 8_000
const STATEMENT_MS = 10_000

/** Opens nothing yet: the first use does. */
export function openToolbox({ world, run, env, signal, folder, who, said, record }: ToolboxOptions): Toolbox {
  const config = world.config()
  const ways = openWays(config.hosts)
  const redacted = createLineRedactor()
  const hosts = new Map<string, HostReach>()

  const databaseOf = (id: string) => {
    const database = world.config().databases.find(({ spec }) => spec.id === id)
    if (!database) throw new ActError(`${id} is not a database of this cluster`)
    return database
  }
  const sessions = openSessions(record ? 'act' : 'plan', (id) => {
    const { connection, passwordCommand, via } = databaseOf(id)
    return { connection, passwordCommand, route: ways.routeVia(via) }
  })

  return {
    config,
    run,
    env,
    signal,
    overruled: (check) => record?.().plan.checks.find(({ id }) => id === check)?.overridden ?? null,
    ran: (step) => record?.().steps.find(({ id }) => id === step) ?? null,
    sight: world.sight,
    look: world.look,
    rename: world.rename,
    sql: <Row extends object>(database: string, { text, values = [], limitMs = STATEMENT_MS, asUsers = false }: Sql) =>
      sessions.of(database, asUsers).query<Row>(text, values, limitMs, signal),
    async replication(id) {
      const { connection, passwordCommand, via } = databaseOf(id)
      return openReplication({ connection, passwordCommand, connectMs: CONNECT_MS, route: ways.routeVia(via), signal })
    },
    collectLogs: (node, path, told) =>
      collectedLogs({ cluster: world.config(), id: node, path, state: world.state(), folder, who, signal, told }),
    host(name) {
      const found = config.hosts.find(({ id }) => id === name)
      if (!found || found.access.kind === 'none') return null
      const reach = hosts.get(found.id) ?? openHostReach(found)
      hosts.set(found.id, reach)
      return reach
    },
    say(text) {
      for (const line of text.split('\n')) {
        const shown = line.trim() === '' ? null : redacted(clean(line))
        if (shown !== null) said(shown)
      }
    },
    pause: (ms) => paused(ms, signal),
    async close() {
      await sessions.close()
      await Promise.allSettled([...hosts.values()].map((each) => each.close()))
      await ways.close().catch(() => {})
    },
  }
}

/** One session for each database, and one more where it has to be as users' sessions are; opened when first used. */
function openSessions(
  purpose: AdminOptions['purpose'],
  wayTo: (database: string) => Pick<AdminOptions, 'connection' | 'passwordCommand' | 'route'>,
) {
  const links = new Map<string, AdminLink>()
  return {
    of(database: string, asUsers: boolean): AdminLink {
      const key = `${asUsers} ${database}`
      const known = links.get(key)
      if (known) return known
      const { connection: given, ...way } = wayTo(database)
      const connection = asUsers ? { ...given, targetSessionAttrs: 'read-write' as const } : given
      const opened = openAdmin({ purpose, connection, connectMs: CONNECT_MS, ...way })
      links.set(key, opened)
      return opened
    },
    /** Never throws. */
    async close(): Promise<void> {
      await Promise.allSettled([...links.values()].map((each) => each.close()))
    },
  }
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new ActError('the run was stopped'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}
