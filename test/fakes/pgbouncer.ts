// A real PgBouncer before a server of a test, where that program is installed.

import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { isExecutable, readTextOrNull, writePrivateText } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { launchProcess, sendSignal } from '../../src/io/process/process.ts'
import { until } from '../wait.ts'

const PROGRAM =
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, 'pgbouncer'))
    .find(isExecutable) ?? null

/** Why tests with it can't run here; false when they can. */
export const withoutPgBouncer: string | false = PROGRAM === null && 'pgbouncer is not installed (package pgbouncer)'

export type PoolMode = 'session' | 'transaction' | 'statement'

export interface PgBouncer {
  readonly port: number
  /** Its configuration file. */
  readonly file: string
  dsn(user?: string, database?: string): string
  /** What it has logged. */
  log(): string
  close(): Promise<void>
}

/** Starts one with one connection per user and database, so that all clients of a user share it. */
export async function openPgBouncer(
  node: Pick<PostgresNode, 'port' | 'password' | 'scratch'>,
  mode: PoolMode,
  more = '',
  databases = `* = host=127.0.0.1 port=${node.port}`,
): Promise<PgBouncer> {
  if (PROGRAM === null) throw new Error('pgbouncer is not installed')
  const port = await freePort()
  const { owner, path } = node.scratch
  const file = (name: string) => join(path, `pool-${port}.${name}`)
  const users = ['postgres', 'pgdeck', 'shop'].map((name) => `"${name}" "${node.password}"\n`)
  writePrivateText(file('users'), users.join(''), owner)
  const ini = `[databases]
${databases}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${file('users')}
admin_users = postgres
pool_mode = ${mode}
default_pool_size = 1
logfile = ${file('log')}
pidfile = ${file('pid')}
${more}
`
  writePrivateText(file('ini'), ini, owner)
  const process = await launchProcess(PROGRAM, [file('ini')], file('out'), { owner, cwd: path })
  await until(`PgBouncer listens on ${port}`, 1_000, () => listens(port))
  return {
    port,
    file: file('ini'),
    dsn: (user = 'pgdeck', database = 'postgres') =>
      `postgresql://${user}:${encodeURIComponent(node.password)}@127.0.0.1:${port}/${database}`,
    log: () => readTextOrNull(file('log')) ?? '',
    async close() {
      sendSignal(process.pid, 'SIGKILL')
      await process.exited()
    },
  }
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
