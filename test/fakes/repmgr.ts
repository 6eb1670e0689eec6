// A real repmgr of three nodes on loopback, with a daemon beside each and ssh between them; it ends with the test.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type PostgresNode, startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { readTextOrNull, writePrivateText } from '../../src/io/files/sync-files.ts'
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
import { managerEnv, REPMGR_SERVER } from './manager-programs.ts'
import { startSshd } from './sshd.ts'

export interface RepmgrNode {
  readonly name: string
  readonly dsn: string
  readonly dataDirectory: string
  readonly port: number
  /** As in a config file. */
  readonly host: { readonly name: string; readonly [key: string]: unknown }
  /** Ends its PostgreSQL as a crash would. */
  kill(): Promise<void>
}

export interface RepmgrCluster {
  /** The first is the primary. */
  readonly nodes: readonly RepmgrNode[]
  /** To the database of repmgr, on whichever node answers. */
  readonly dsn: string
  readonly bin: string
  query<Row extends object>(text: string, port?: number): Promise<readonly Row[]>
}

const COUNT = 3
const SETTINGS = { shared_preload_libraries: 'repmgr', wal_log_hints: 'on', max_wal_senders: '10' }
const HBA = ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'].join(
  '\n',
)

export async function startRepmgr(context: TestContext): Promise<RepmgrCluster> {
  const binaries = REPMGR_SERVER
  if (!binaries) throw new Error('no server')
  const { bin } = binaries
  const primary = await startPrimary({ binaries, settings: SETTINGS, hba: `${HBA}\n` })
  const { scratch } = primary
  const ports = [primary.port, ...(await Promise.all(Array.from({ length: COUNT - 1 }, () => freePort())))]
  const daemons: LaunchedProcess[] = []
  context.after(async () => {
    for (const { pid } of daemons) sendSignal(pid, 'SIGTERM')
    await Promise.all(daemons.map((daemon) => daemon.exited()))
    await scratch.close()
  })
  const sshOptions = await sshBetween(context, scratch)
  const options = { owner: scratch.owner, cwd: scratch.path, env: managerEnv(scratch.path, bin) }
  const program = (name: string, ...args: readonly string[]) => runProgram(join(bin, name), args, options)
  await primary.query('create role repmgr superuser login')
  await primary.query('create database repmgr owner repmgr')
  const nodes = ports.map((port, index) => nodeOf(index, port, primary, bin))
  for (const [index, node] of nodes.entries()) {
    const file = join(scratch.path, `${node.name}.conf`)
    writePrivateText(file, configOf(index, node, { bin, path: scratch.path, sshOptions }), scratch.owner)
    if (index === 0) await program('repmgr', '-f', file, 'primary', 'register')
    else await joinStandby(file, node, primary, program)
  }
  for (const { name } of nodes) {
    const file = join(scratch.path, `${name}.conf`)
    const log = join(scratch.path, `${name}-repmgrd.log`)
    daemons.push(await launchProcess(join(bin, 'repmgrd'), ['-f', file, '--daemonize=false'], log, options))
  }
  const query: RepmgrCluster['query'] = async (text, port = primary.port) => {
    const words = ['-h', '127.0.0.1', '-p', String(port), '-U', 'repmgr', '-d', 'repmgr', '-Atqc']
    const asked = [...words, `select coalesce(json_agg(q), '[]') from (${text}) q`]
    return JSON.parse(runProgramSync(join(bin, 'psql'), asked, options).stdout)
  }
  await until('all daemons run', 60_000, async () => {
    const asked = ['-f', join(scratch.path, 'node1.conf'), 'service', 'status', '--csv']
    const { stdout } = runProgramSync(join(bin, 'repmgr'), asked, options)
    return (
      stdout
        .trim()
        .split('\n')
        .filter((line) => /^\d+,\w+,\w+,1,1,/.test(line)).length === COUNT
    )
  })
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',')
  return { nodes, bin, query, dsn: `postgresql://repmgr@${hosts}/repmgr?sslmode=disable` }
}

type Program = (name: string, ...args: readonly string[]) => Promise<void>

async function joinStandby(file: string, { port, dataDirectory }: RepmgrNode, primary: PostgresNode, program: Program) {
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'repmgr', '-d', 'repmgr']
  await program('repmgr', '-f', file, ...from, 'standby', 'clone', '--fast-checkpoint')
  const log = join(dataDirectory, 'startup.log')
  await program('pg_ctl', '-D', dataDirectory, '-o', `-p ${port}`, '-l', log, '-w', 'start')
  await program('repmgr', '-f', file, 'standby', 'register', '--upstream-node-id=1')
}

function nodeOf(index: number, port: number, primary: PostgresNode, bin: string): RepmgrNode {
  const name = `node${index + 1}`
  const dataDirectory = index === 0 ? primary.dataDirectory : join(primary.scratch.path, name)
  const control = [join(bin, 'pg_ctl'), '-D', dataDirectory]
  const start = [...control, '-o', `-p ${port}`, '-l', join(dataDirectory, 'startup.log'), '-w', 'start']
  const user = primary.scratch.owner?.name
  return {
    name,
    port,
    dataDirectory,
    dsn: `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    host: {
      name: `host-${name}`,
      local: true,
      dataDirectory,
      binDirectory: bin,
      start,
      ...(user === undefined ? {} : { as: user }),
    },
    async kill() {
      const pid = Number(readTextOrNull(join(dataDirectory, 'postmaster.pid'))?.split('\n')[0])
      sendSignal(pid, 'SIGKILL')
      await until(`${name} has ended`, 10_000, () => !isProcessAlive(pid))
    },
  }
}

interface Places {
  readonly bin: string
  readonly path: string
  readonly sshOptions: string
}

function configOf(index: number, { name, port, dataDirectory }: RepmgrNode, { bin, path, sshOptions }: Places): string {
  const file = join(path, `${name}.conf`)
  const control = `${join(bin, 'pg_ctl')} -D ${dataDirectory}`
  const started = `-o "-p ${port}" -l ${join(dataDirectory, 'startup.log')} -w`
  const values = {
    node_id: String(index + 1),
    node_name: name,
    conninfo: `host=127.0.0.1 port=${port} user=repmgr dbname=repmgr connect_timeout=2`,
    data_directory: dataDirectory,
    pg_bindir: bin,
    use_replication_slots: 'yes',
    failover: 'automatic',
    promote_command: `${join(bin, 'repmgr')} standby promote -f ${file}`,
    follow_command: `${join(bin, 'repmgr')} standby follow -f ${file} --upstream-node-id=%n`,
    monitor_interval_secs: '1',
    reconnect_attempts: '3',
    reconnect_interval: '2',
    repmgrd_pid_file: join(path, `${name}-repmgrd.pid`),
    service_start_command: `${control} ${started} start`,
    service_stop_command: `${control} -m fast -w stop`,
    service_restart_command: `${control} ${started} restart`,
    service_reload_command: `${control} reload`,
    service_promote_command: `${control} -w promote`,
    ssh_options: sshOptions,
  }
  return `${Object.entries(values)
    .map(([key, value]) => `${key}='${value}'`)
    .join('\n')}\n`
}

/** Options of ssh with which the owner of the data reaches his own host. */
async function sshBetween(context: TestContext, scratch: PostgresNode['scratch']): Promise<string> {
  const { folder, port } = await startSshd(context)
  const [key, config] = [join(scratch.path, 'ssh-key'), join(scratch.path, 'ssh-config')]
  writePrivateText(key, readTextOrNull(join(folder, 'id')) ?? '', scratch.owner)
  writePrivateText(join(scratch.path, 'known_hosts'), readTextOrNull(join(folder, 'known_hosts')) ?? '', scratch.owner)
  const lines = [
    'Host *',
    `  Port ${port}`,
    `  IdentityFile ${key}`,
    `  UserKnownHostsFile ${join(scratch.path, 'known_hosts')}`,
    ...(scratch.owner ? [`  User ${scratch.owner.name}`] : []),
  ]
  writePrivateText(config, `${lines.join('\n')}\n`, scratch.owner)
  return `-F ${config}`
}
