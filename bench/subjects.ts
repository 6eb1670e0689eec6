// What is measured: pgdeck over the three databases, and peers over the first one, where they are installed.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresNode } from '../src/demo/postgres.ts'
import type { BenchCluster } from './cluster.ts'
import type { Subject } from './measure.ts'

/** pgdeck over `count` databases, as it is shipped. */
export function pgdeck(cluster: BenchCluster, folder: string, count: number): Subject {
  mkdirSync(folder, { recursive: true })
  const config = join(folder, `config-${count}.json`)
  writeFileSync(config, cluster.config(count), { mode: 0o600 })
  return {
    name: 'pgdeck',
    command: process.execPath,
    args: ['bin/pgdeck.js', '--config', config],
    env: { PGDECK_STATE_DIR: join(folder, `state-${count}`) },
    ready: (screen) =>
      new RegExp(`DATABASES\\s+${count} of ${count} up`).test(screen) && /0\/[0-9A-F]{6,}/.test(screen),
    intervalMs: 2_000,
    keys: ['j', 'k'],
    quit: 'q',
  }
}

/** pg_activity and pg_top as the distribution ships them, over one server. */
export function peers(cluster: BenchCluster): readonly Subject[] {
  const node = cluster.nodes[0] as PostgresNode
  const env = { PGPASSWORD: node.password, PGHOST: node.host, PGPORT: String(node.port), PGUSER: 'peer' }
  const all: readonly Subject[] = [
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

function installed(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
