// What is measured: pgdeck over the three databases, and peers, one for each server, where they are installed.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresNode } from '../src/demo/postgres/start-postgres.ts'
import type { BenchCluster } from './cluster.ts'
import type { BenchSubject } from './measure.ts'

/** pgdeck over `count` databases, as it is shipped; by other ports than the servers' own where given. */
export function pgdeck(cluster: BenchCluster, folder: string, count: number, ports?: readonly number[]): BenchSubject {
  mkdirSync(folder, { recursive: true })
  const config = join(folder, `config-${count}${ports ? '-far' : ''}.json`)
  writeFileSync(config, cluster.config(count, ports), { mode: 0o600 })
  return {
    name: 'pgdeck',
    command: process.execPath,
    args: ['bin/pgdeck.js', '--config', config],
    env: { PGDECK_STATE_DIR: join(folder, `state-${count}`), PGPASSWORD: cluster.nodes[0]?.password ?? '' },
    ready: (screen) =>
      new RegExp(`DATABASES\\s+${count} of ${count} up`).test(screen) && /0\/[0-9A-F]{6,}/.test(screen),
    intervalMs: 2_000,
    keys: ['j', 'k'],
    quit: 'q',
  }
}

/** One program of a kind, or several at once that do the same work together. */
export interface BenchPeer {
  readonly name: string
  readonly subjects: readonly BenchSubject[]
}

/** pg_activity and pg_top as the distribution ships them, each once per server, and what watches clusters of its own. */
export function peers(cluster: BenchCluster): readonly BenchPeer[] {
  const own = cluster.nodes.map(({ host, password, port }) => oneServerPeers({ host, password, port }))
  const each = (own[0] ?? []).map(({ name }, kind) => ({ name, subjects: own.flatMap((all) => all[kind] ?? []) }))
  return [...each, ...managers().map((subject) => ({ name: subject.name, subjects: [subject] }))]
}

/** What watches one server, by another port than its own. */
export function distantPeers(cluster: BenchCluster, port: number): readonly BenchSubject[] {
  const { host, password } = cluster.nodes[0] as PostgresNode
  return oneServerPeers({ host, password, port })
}

function oneServerPeers(node: Pick<PostgresNode, 'host' | 'password' | 'port'>): readonly BenchSubject[] {
  const env = { PGPASSWORD: node.password, PGHOST: node.host, PGPORT: String(node.port), PGUSER: 'peer' }
  const all: readonly BenchSubject[] = [
    {
      name: 'pg_activity',
      command: 'pg_activity',
      args: ['-h', node.host, '-p', String(node.port), '-U', 'peer', '-d', 'postgres', '--refresh', '2'],
      env,
      ready: (screen) => /PostgreSQL \d+/.test(screen) && /sessions|Global/i.test(screen),
      intervalMs: 2_000,
      keys: ['2', '1'],
      quit: 'q',
    },
    {
      name: 'pg_top',
      command: 'pg_top',
      args: ['-h', node.host, '-p', String(node.port), '-U', 'peer', '-d', 'postgres', '-s', '2'],
      env,
      ready: (screen) => /processes:/i.test(screen) && /PID/.test(screen),
      intervalMs: 2_000,
      keys: ['c', 'c'],
      quit: 'q',
    },
  ]
  return all.filter(({ command }) => installed(command))
}

/** Managers watch what they manage: a cluster that they have to be given, by the variables that they themselves know. */
const MANAGERS = [
  {
    name: 'repmgr cluster show',
    program: 'repmgr',
    variable: 'REPMGR_CONFIG_FILE',
    call: (file: string) => ['watch', '-n', '2', 'repmgr', '-f', file, 'cluster', 'show'],
    ready: /primary \|.*running/,
  },
  {
    name: 'patronictl list',
    program: 'patronictl',
    variable: 'PATRONICTL_CONFIG_FILE',
    call: (file: string) => ['patronictl', '-c', file, 'list', '-W'],
    ready: /Leader/,
  },
] as const

function managers(): readonly BenchSubject[] {
  return MANAGERS.flatMap(({ name, program, variable, call, ready }) => {
    const file = process.env[variable]
    if (file === undefined || !installed(program)) return []
    const [command = '', ...args] = call(file)
    const shows = (screen: string) => ready.test(screen)
    return [{ name, command, args, ready: shows, intervalMs: 2_000, keys: null, quit: '\x03' }]
  })
}

/** Which peers are not measured, and why. */
export function skipped(): readonly string[] {
  const missing = ['pg_activity', 'pg_top'].filter((name) => !installed(name)).map((name) => `${name}: not installed`)
  const without = MANAGERS.flatMap(({ name, program, variable }) => {
    if (!installed(program)) return [`${name}: ${program} is not installed`]
    return process.env[variable] === undefined ? [`${name}: ${variable} names no cluster of its own`] : []
  })
  return [...missing, ...without]
}

function installed(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
