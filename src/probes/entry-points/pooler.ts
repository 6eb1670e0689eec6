// Reads the admin console of a PgBouncer: its databases, their pools and the connections behind them.

import * as z from 'zod'
import type { PoolerConsole } from '../../io/entry-points/pooler-console.ts'
import { tellsWholePause } from '../../model/entry-points/pooler-version.ts'
import type { PooledDatabase, PoolerReading } from '../../model/measured/entry-points/entry-point-reading.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { Probe } from '../probe.ts'

/** Numbers of 64 bits come as texts. Versions differ in their columns, so these are read by their names. */
const figure = z.coerce.number().catch(0)
const database = z.object({
  name: z.string(),
  host: z.string().nullish(),
  port: figure,
  paused: figure,
  disabled: figure,
})
const pool = z.object({
  database: z.string(),
  cl_active: figure,
  cl_waiting: figure,
  sv_active: figure,
  sv_idle: figure,
  sv_used: figure,
  sv_tested: figure,
  maxwait: figure,
  maxwait_us: figure,
})
const connection = z.object({ database: z.string(), addr: z.string(), port: figure })
const state = z.object({ key: z.string(), value: z.string() })

/** The console's own. */
const CONSOLE = 'pgbouncer'
const MOST_DATABASES = 200

export const poolerProbe: Probe<'pooler', PoolerReading> = {
  id: 'pooler',
  scope: 'pooler',
  title: 'Pools of PgBouncer',
  source: 'SHOW VERSION, SHOW DATABASES, SHOW POOLS, SHOW SERVERS and, where known, SHOW STATE on its admin console',
  runs: 'always',
  every: 'interval',
  needs: ['stats_users of PgBouncer'],
  async read({ admin, database: only, limitMs }, signal) {
    const show = async <Row>(what: string, shape: z.ZodType<Row>): Promise<readonly Row[]> =>
      z.array(shape).parse(await admin.run(`SHOW ${what}`, limitMs, signal))
    const version = await versionOf(admin, limitMs, signal)
    const databases = await show('DATABASES', database)
    const pools = Map.groupBy(await show('POOLS', pool), (row) => row.database)
    const connections = Map.groupBy(await show('SERVERS', connection), (row) => row.database)
    const watched = databases.filter(({ name }) => name !== CONSOLE && (only === null || name === only))
    if (only !== null && watched.length === 0) throw new FaultError(noDatabase(only))
    return {
      kind: 'pooler',
      version,
      isPaused: await isPausedWhole(admin, version, limitMs, signal),
      databases: watched
        .slice(0, MOST_DATABASES)
        .map((row) => pooledDatabase(row, pools.get(row.name) ?? [], connections.get(row.name) ?? [])),
    }
  },
}

function pooledDatabase(
  { name, host, port, paused, disabled }: z.output<typeof database>,
  pools: readonly z.output<typeof pool>[],
  connections: readonly z.output<typeof connection>[],
): PooledDatabase {
  const sum = (of: (each: z.output<typeof pool>) => number) => pools.reduce((total, each) => total + of(each), 0)
  const places = new Map(connections.map(({ addr, port: at }) => [`${addr} ${at}`, { host: clean(addr), port: at }]))
  return {
    name: clean(name),
    host: host == null || host === '' ? null : clean(host),
    port,
    paused: paused !== 0,
    disabled: disabled !== 0,
    clientsActive: sum((each) => each.cl_active),
    clientsWaiting: sum((each) => each.cl_waiting),
    longestWaitSeconds: Math.max(0, ...pools.map((each) => each.maxwait + each.maxwait_us / 1e6)),
    serversActive: sum((each) => each.sv_active),
    // Those that are tested before they are used again belong to them.
    serversIdle: sum((each) => each.sv_idle + each.sv_used + each.sv_tested),
    connectedTo: [...places.values()],
  }
}

/** `PgBouncer 1.18.0`; versions before 1.12 answer with a notice. */
async function versionOf(admin: PoolerConsole, limitMs: number, signal: AbortSignal): Promise<string> {
  const [row] = await admin.run<{ version?: unknown }>('SHOW VERSION', limitMs, signal)
  return clean(String(row?.version ?? '?')).replace(/^\w+ /, '')
}

/** null: older versions show only databases that are paused by their names. */
async function isPausedWhole(
  admin: PoolerConsole,
  version: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (!tellsWholePause(version)) return null
  const rows = z.array(state).safeParse(await admin.run('SHOW STATE', limitMs, signal))
  const found = rows.data?.find(({ key }) => key === 'paused')
  return found === undefined ? null : found.value === 'yes'
}

function noDatabase(name: string) {
  return {
    code: 'protocol',
    message: `PgBouncer has no database ${clean(name)}`,
    hint: 'Look at SHOW DATABASES on its console, and correct "database" of the pooler. One that "*" stands for is there only while it is used.',
  } as const
}
