// A fleet of simulated databases beside this process, and the configuration that watches it.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerOrder, ServerReport } from './server.ts'

export interface Fleet {
  readonly databases: number
  /** The configuration file. */
  readonly config: string
  /** A folder that goes with the fleet. */
  readonly folder: string
  /** Lets a node go on taking connections without a word, or speak again. */
  hang(order: ServerOrder): void
  stop(): Promise<void>
}

/** Starts `clusters` clusters of `size` databases each, in a process of their own. */
export async function startFleet(clusters: number, size: number): Promise<Fleet> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [String(clusters), String(size)], {
    execArgv: ['--import', 'tsx'],
  })
  const [told] = (await once(child, 'message')) as [ServerReport]
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-fleet-'))
  const config = join(folder, 'config.json')
  writeFileSync(config, describe(told), { mode: 0o600 })
  return {
    databases: clusters * size,
    config,
    folder,
    hang: (order) => void child.send(order),
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function describe({ ports }: ServerReport): string {
  const clusters = ports.map((nodes, index) => ({
    name: `cluster-${String(index + 1).padStart(2, '0')}`,
    interval: '2s',
    timeout: '1500ms',
    databases: nodes.map((port, place) => ({
      name: `db-${place + 1}`,
      dsn: `postgresql://pgdeck@127.0.0.1:${port}/postgres?sslmode=disable`,
    })),
  }))
  return JSON.stringify({ clusters })
}
