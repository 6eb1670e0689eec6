// A real pg_auto_failover on loopback: a monitor and three nodes, each with its keeper; it ends with the test.

import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { makeFolder, readTextOrNull, type SystemUser } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import {
  isProcessAlive,
  type LaunchedProcess,
  launchProcess,
  runProgram,
  runProgramSync,
  sendSignal,
} from '../../src/io/process/process.ts'
import { until } from '../wait.ts'
import { managerEnv, PG_AUTOCTL, PGAF_SERVER } from './manager-programs.ts'
import { descendants } from './sshd.ts'

export interface KeptNode {
  readonly name: string
  readonly dsn: string
  /** As in a config file. */
  readonly host: { readonly name: string; readonly [key: string]: unknown }
  /** Ends its keeper and its PostgreSQL as the crash of a host would. */
  kill(): Promise<void>
  /** Starts its keeper again. */
  start(): Promise<void>
}

export interface MonitoredGroup {
  readonly monitor: string
  readonly nodes: readonly KeptNode[]
  /** `node1 primary/primary`, by name; the second is the assigned state. */
  states(): Promise<readonly string[]>
  query<Row extends object>(text: string): Promise<readonly Row[]>
}

const COUNT = 3
const HBA = ['local all all trust', 'host all all 127.0.0.1/32 trust'].join('\n')

/** Programs as they are beside a service: pg_autoctl with the environment of its keepers, and the two commands of the service. */
function keeperService(
  { path, owner }: { readonly path: string; readonly owner: SystemUser | null },
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  bin: string,
) {
  const folder = join(path, 'bin')
  makeFolder(folder, owner)
  const words = Object.entries(env).map(([key, value]) => `${key}='${value}'`)
  const own = `env ${words.join(' ')} ${PG_AUTOCTL}`
  const data = join(path, name)
  const scripts = {
    pg_autoctl: `exec ${own} "$@"`,
    [`pgautofailover-start-${name}`]: `setsid ${own} run --pgdata ${data} >>${join(path, `${name}.service.log`)} 2>&1 </dev/null &`,
    [`pgautofailover-stop-${name}`]: `exec ${own} stop --pgdata ${data}`,
  }
  for (const [program, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  for (const program of readdirSync(bin)) {
    if (!existsSync(join(folder, program))) symlinkSync(join(bin, program), join(folder, program))
  }
  const asOwner = owner ? ['runuser', '-u', owner.name, '--'] : []
  const command = (verb: string) => [...asOwner, join(folder, `pgautofailover-${verb}-${name}`)]
  return { binDirectory: folder, start: command('start'), stop: command('stop') }
}

/** Resolves when one node is the primary and the others are secondaries. */
export async function startPgAutoFailover(context: TestContext): Promise<MonitoredGroup> {
  const binaries = PGAF_SERVER
  if (!binaries) throw new Error('no server')
  const { bin } = binaries
  // `pg_autoctl create monitor` would listen on all addresses.
  const monitor = await startPrimary({
    binaries,
    name: 'monitor',
    settings: { shared_preload_libraries: 'pgautofailover' },
    hba: `${HBA}\n`,
  })
  const { scratch } = monitor
  const running = new Map<string, LaunchedProcess>()
  context.after(async () => {
    for (const { pid } of running.values()) sendSignal(pid, 'SIGINT')
    await Promise.all([...running.values()].map((keeper) => keeper.exited()))
    await scratch.close()
  })
  await monitor.query('create role autoctl_node login')
  await monitor.query('create database pg_auto_failover')
  const to = ['-h', '127.0.0.1', '-p', String(monitor.port), '-U', 'postgres', '-d', 'pg_auto_failover']
  const psql = (text: string) => {
    const asked = { owner: scratch.owner, cwd: scratch.path, env: managerEnv(scratch.path, bin) }
    return runProgramSync(join(bin, 'psql'), [...to, '-v', 'ON_ERROR_STOP=1', '-Atqc', text], asked)
  }
  psql('create extension pgautofailover cascade')
  psql(
    'grant usage on schema pgautofailover to autoctl_node; grant select on all tables in schema pgautofailover to autoctl_node',
  )
  const uri = `postgres://autoctl_node@127.0.0.1:${monitor.port}/pg_auto_failover?sslmode=disable`
  const query: MonitoredGroup['query'] = async (text) =>
    JSON.parse(psql(`select coalesce(json_agg(q), '[]') from (${text}) q`).stdout)
  const states = async () => {
    const rows = await query<{ state: string }>(
      `select nodename || ' ' || reportedstate || '/' || goalstate as state from pgautofailover.node order by nodename`,
    )
    return rows.map(({ state }) => state)
  }
  makeFolder(join(scratch.path, 'run'), scratch.owner)
  const env = { ...managerEnv(scratch.path, bin), XDG_RUNTIME_DIR: join(scratch.path, 'run'), TMPDIR: scratch.path }
  const options = { owner: scratch.owner, cwd: scratch.path, env }
  const nodes: KeptNode[] = []
  for (let index = 1; index <= COUNT; index += 1) {
    const name = `node${index}`
    const dataDirectory = join(scratch.path, name)
    const port = await freePort()
    const about = ['--pgport', String(port), '--hostname', '127.0.0.1', '--listen', '127.0.0.1', '--name', name]
    const how = ['--auth', 'trust', '--no-ssl', '--monitor', uri]
    await runProgram(PG_AUTOCTL ?? '', ['create', 'postgres', '--pgdata', dataDirectory, ...about, ...how], options)
    const start = async () => {
      const log = join(scratch.path, `${name}.log`)
      running.set(name, await launchProcess(PG_AUTOCTL ?? '', ['run', '--pgdata', dataDirectory], log, options))
    }
    await start()
    if (index === 1)
      await until('the first node is there', 60_000, async () => (await states())[0] === 'node1 single/single')
    const user = scratch.owner?.name
    const service = keeperService(scratch, name, options.env, bin)
    nodes.push({
      name,
      dsn: `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
      host: {
        name: `host-${name}`,
        local: true,
        dataDirectory,
        ...service,
        ...(user === undefined ? {} : { as: user }),
      },
      start,
      async kill() {
        const keeper = running.get(name)
        const postmaster = Number(readTextOrNull(join(dataDirectory, 'postmaster.pid'))?.split('\n')[0])
        const pids = keeper ? [keeper.pid, ...descendants(keeper.pid), postmaster] : [postmaster]
        for (const pid of pids) sendSignal(pid, 'SIGKILL')
        await until(`${name} is gone`, 10_000, () => !pids.some(isProcessAlive))
      },
    })
  }
  await until('the group is complete', 120_000, async () => {
    const now = await states()
    const leading = now.filter((state) => state.endsWith(' primary/primary'))
    return leading.length === 1 && now.filter((state) => state.endsWith(' secondary/secondary')).length === COUNT - 1
  })
  return { monitor: uri, nodes, states, query }
}
