// A real etcd of one member on loopback, which can be stopped and started; it ends with the test.

import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'
import { isExecutable } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { type LaunchedProcess, launchProcess, sendSignal } from '../../src/io/process/process.ts'
import { openTempDir } from '../../src/io/process/temp-dir.ts'
import { until } from '../wait.ts'

const PROGRAM =
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'etcd'))
    .find(isExecutable) ?? null

/** Why tests with it can't run here; false when they can. */
export const withoutEtcd: string | false = PROGRAM === null && 'etcd is not installed (package etcd-server)'

export interface Etcd {
  /** Where clients find it: host and port. */
  readonly address: string
  /** Resolves when it takes clients. */
  start(): Promise<void>
  /** Ends it; what it knows stays. */
  stop(): Promise<void>
}

export async function startEtcd(context: TestContext): Promise<Etcd> {
  const scratch = openTempDir()
  const [client, peer] = [await freePort(), await freePort()]
  const [own, ofPeer] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
  const words = [
    ...['--data-dir', join(scratch.path, 'etcd'), '--listen-client-urls', own, '--advertise-client-urls', own],
    ...[
      '--listen-peer-urls',
      ofPeer,
      '--initial-advertise-peer-urls',
      ofPeer,
      '--initial-cluster',
      `default=${ofPeer}`,
    ],
  ]
  const options = { owner: scratch.owner, cwd: scratch.path }
  let running: LaunchedProcess | null = null
  const stop = async () => {
    if (running) sendSignal(running.pid, 'SIGTERM')
    await running?.exited()
    running = null
  }
  const start = async () => {
    running = await launchProcess(PROGRAM ?? '', words, join(scratch.path, 'etcd.log'), options)
    await until('etcd takes clients', 30_000, async () => {
      const answer = await fetch(`${own}/health`).catch(() => null)
      return answer?.ok ?? false
    })
  }
  context.after(async () => {
    await stop()
    await scratch.close()
  })
  await start()
  return { address: `127.0.0.1:${client}`, start, stop }
}
