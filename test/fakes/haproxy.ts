// A real HAProxy before the servers of a test, where that program is installed. Its checks ask each server for its role.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { isExecutable, readTextOrNull, writePrivateText } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { launchProcess, sendSignal } from '../../src/io/process/process.ts'
import { until } from '../wait.ts'
import { listens } from './pgbouncer.ts'

const PROGRAM =
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, 'haproxy'))
    .find(isExecutable) ?? null

/** Why tests with it can't run here; false when they can. */
export const withoutHaproxy: string | false = PROGRAM === null && 'haproxy is not installed (package haproxy)'

export interface Haproxy {
  /** Leads to the primary: the section `primary`. */
  readonly port: number
  /** Leads to the standbys: the section `standbys`. */
  readonly standbysPort: number
  /** Of its stats page, as an http URL. */
  readonly stats: string
  /** Its socket of commands, over TCP. */
  readonly socket: string
  dsn(user?: string, database?: string): string
  log(): string
  close(): Promise<void>
}

/** A server behind it, and where somebody answers `/primary` and `/replica` for it. */
export interface CheckedServer {
  readonly name: string
  readonly port: number
  readonly checkPort: number
}

/** Starts one whose checks ask a small program beside each server, as Patroni's REST API would answer. */
export async function openHaproxy(nodes: readonly PostgresNode[]): Promise<Haproxy> {
  const [first] = nodes
  if (!first) throw new Error('there is no server')
  const agents = await Promise.all(nodes.map(openRoleAgent))
  const servers = nodes.map(({ name, port }, index) => ({ name, port, checkPort: agents[index]?.port ?? 0 }))
  const proxy = await startHaproxy(servers, first)
  const close = async () => {
    await proxy.close()
    for (const agent of agents) await agent.close()
  }
  return { ...proxy, close }
}

/** Starts one in front of these servers, with files in that folder. */
export async function startHaproxy(
  checked: readonly CheckedServer[],
  { scratch, password }: Pick<PostgresNode, 'scratch' | 'password'>,
): Promise<Haproxy> {
  if (PROGRAM === null) throw new Error('haproxy is not installed')
  const [port, standbysPort, statsPort, socketPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ])
  const { owner, path } = scratch
  const file = (name: string) => join(path, `haproxy-${port}.${name}`)
  const servers = checked.map((each) => `  server ${each.name} 127.0.0.1:${each.port} check port ${each.checkPort}`)
  const listen = (name: string, at: number, role: string) => `listen ${name}
  bind 127.0.0.1:${at}
  option httpchk GET /${role}
  http-check expect status 200
  default-server inter 300ms fall 1 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`
  const config = `global
  maxconn 200
  stats socket ipv4@127.0.0.1:${socketPort} level admin
defaults
  mode tcp
  timeout connect 20s
  timeout client 30m
  timeout server 30m
  timeout check 20s
${listen('primary', port, 'primary')}${listen('standbys', standbysPort, 'replica')}listen stats
  bind 127.0.0.1:${statsPort}
  mode http
  stats enable
  stats uri /stats
`
  writePrivateText(file('cfg'), config, owner)
  const program = await launchProcess(PROGRAM, ['-db', '-f', file('cfg')], file('log'), { owner, cwd: path })
  await until(`HAProxy listens on ${port}`, 2_000, () => listens(port))
  // It takes a server for up until its first check.
  await until('it has checked each server', 5_000, async () => {
    const lines = (await (await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)).text()).split('\n')
    const answered = lines.filter((line) => /^(primary|standbys),.*,(UP|DOWN),.*,L7(OK|STS),/.test(line))
    return answered.length === 2 * checked.length
  })
  return {
    port,
    standbysPort,
    stats: `http://127.0.0.1:${statsPort}/stats`,
    socket: `tcp://127.0.0.1:${socketPort}`,
    dsn: (user = 'postgres', database = 'postgres') =>
      `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    log: () => readTextOrNull(file('log')) ?? '',
    async close() {
      sendSignal(program.pid, 'SIGKILL')
      await program.exited()
    },
  }
}

/** Answers `/primary` and `/replica` with 200 or 503 by what the server says of itself. */
async function openRoleAgent(node: PostgresNode) {
  let asked: Promise<boolean> | null = null
  const isStandby = () => {
    asked ??= node
      .query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
      .then(([row]) => row?.standby === true)
      .finally(() => {
        asked = null
      })
    return asked
  }
  const server = createServer((request, response) => {
    isStandby().then(
      (standby) => response.writeHead((request.url === '/replica') === standby ? 200 : 503).end(),
      () => response.writeHead(503).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
