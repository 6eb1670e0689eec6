// The cluster that is watched while measuring: three real databases on loopback, quiet unless writes are let in, with
// pg_stat_statements to tell what watching costs the servers.

import pg from 'pg'
import { addStandby, type PostgresNode, startPrimary } from '../src/demo/postgres/start-postgres.ts'

export interface BenchCluster {
  readonly nodes: readonly PostgresNode[]
  /** A configuration file's text that watches `count` databases: the three, over and over; by other ports where given. */
  config(count: number, ports?: readonly number[]): string
  /** What one role's statements cost one node since the last `forget`. */
  spent(node: PostgresNode, role: string): Promise<Spent>
  forget(): Promise<void>
  /** Starts a light write load of about 50 transactions a second; answers with a function that ends it. */
  load(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

export interface Spent {
  readonly statements: number
  /** Planning and execution, in milliseconds. */
  readonly serverMs: number
  /** Connections made to the database since the server's counters began. */
  readonly sessions: number
}

const SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_planning': 'on',
  // Catalog views call functions in SQL: only what the client sent is counted, with everything below it in its time.
  'pg_stat_statements.track': 'top',
  max_connections: '300',
}

/** Starts it; a second or two. */
export async function startCluster(): Promise<BenchCluster> {
  const primary = await startPrimary({ name: 'bench-1', settings: SETTINGS })
  await primary.query('create extension pg_stat_statements')
  await primary.query('create table writes (id bigint generated always as identity, note text)')
  for (const role of ['pgdeck', 'peer']) await primary.createRole(role, 'LOGIN IN ROLE pg_monitor')
  const standbys = []
  for (const name of ['bench-2', 'bench-3']) standbys.push(await addStandby(primary, { name, settings: SETTINGS }))
  const nodes = [primary, ...standbys]
  return {
    nodes,
    config: (count, ports) => describe(nodes, count, ports),
    spent,
    forget: async () => {
      await Promise.all(nodes.map((node) => node.query('select pg_stat_statements_reset()')))
    },
    load: () => startLoad(primary),
    stop: () => primary.scratch.close(),
  }
}

function describe(nodes: readonly PostgresNode[], count: number, ports: readonly number[] = []): string {
  const databases = Array.from({ length: count }, (_, index) => {
    const node = nodes[index % nodes.length] as PostgresNode
    const dsn = atPort(node, ports[index % nodes.length])
    return { name: `db-${index + 1}`, dsn: `${dsn}?sslmode=disable` }
  })
  return JSON.stringify({ clusters: [{ name: 'bench', interval: '2s', timeout: '1500ms', databases }] })
}

/** Without its password, which comes by PGPASSWORD as that of the peers does. */
function atPort(node: PostgresNode, port: number = node.port): string {
  return node.dsn('pgdeck').replace(`:${node.password}@`, '@').replace(`:${node.port}/`, `:${port}/`)
}

async function spent(node: PostgresNode, role: string): Promise<Spent> {
  const [row] = await node.query<{ statements: string; ms: number | null; sessions: string }>(
    `select coalesce(sum(calls), 0) as statements, sum(total_exec_time + total_plan_time) as ms,
            (select sum(sessions) from pg_stat_database) as sessions
     from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = $1`,
    [role],
  )
  return { statements: Number(row?.statements), serverMs: row?.ms ?? 0, sessions: Number(row?.sessions) }
}

async function startLoad(primary: PostgresNode): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: primary.dsn('postgres') })
  // The server ends before the load when the bench fails.
  client.on('error', () => {})
  await client.connect()
  let writing: Promise<void> | null = null
  const timer = setInterval(() => {
    writing ??= client.query("insert into writes (note) values (repeat('x', 500))").then(() => {
      writing = null
    })
  }, 20)
  return async () => {
    clearInterval(timer)
    await writing
    await client.end()
  }
}
