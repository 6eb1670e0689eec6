// A host that is gone without a word: its servers free what it held within 20 seconds.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openRunLockSession } from '../../../src/io/postgres/run-lock-session.ts'
import { packLockToken } from '../../../src/model/runs/lock/lock-key.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { patiently, until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { BOB, connectionTo, openElsewhere } from './other-hosts.ts'

const HOLDER = fileURLToPath(new URL('../../fakes/lock-holder.ts', import.meta.url))
const NAME = `pgd${process.pid}`
const NET = `10.231.${process.pid % 250}`

function ip(...words: readonly string[]): boolean {
  return spawnSync('ip', words.join(' ').split(' '), { stdio: 'ignore' }).status === 0
}

/** A network of its own for another host, with one cable to this one. False where that can't be made. */
function plugIn(): boolean {
  return [
    `netns add ${NAME}`,
    `link add ${NAME}a type veth peer name ${NAME}b`,
    `link set ${NAME}b netns ${NAME}`,
    `addr add ${NET}.1/24 dev ${NAME}a`,
    `link set ${NAME}a up`,
    `-n ${NAME} addr add ${NET}.2/24 dev ${NAME}b`,
    `-n ${NAME} link set ${NAME}b up`,
  ].every((words) => ip(words))
}

function unplug(): void {
  ip(`link del ${NAME}a`)
  ip(`netns del ${NAME}`)
}

test('by keep-alives, where its sessions come straight', async (context) => {
  const isReady = process.getuid?.() === 0 && plugIn()
  if (!isReady) unplug()
  if (!isReady) return context.skip('networks can only be made by root, with the program ip')
  const hba = 'local all all trust\nhost all all all scram-sha-256\n'
  try {
    await withCluster({ settings: { listen_addresses: '*' }, hba }, async ({ primary }) => {
      const dsn = `postgresql://postgres:${primary.password}@${NET}.1:${primary.port}/postgres?sslmode=disable`
      const argv = ['netns', 'exec', NAME, process.execPath, '--import', TYPESCRIPT, HOLDER, dsn]
      const holder = spawn('ip', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(holder, 'close')
      const watching = await openElsewhere(primary)
      try {
        await once(holder.stdout, 'data')
        assert.equal((await watching.otherHolders())[0]?.address, `${NET}.2`)
        const began = performance.now()
        assert.ok(ip(`link set ${NAME}a down`))
        await until(
          'the server has ended its session',
          30_000,
          async () => (await watching.otherHolders()).length === 0,
        )
        const seconds = (performance.now() - began) / 1000
        // 5 s of silence, then 4 signs in 12 s. A busy machine sees it later; by default it would take two hours.
        assert.ok(seconds > 4 && seconds < patiently(20), `${seconds} s`)
      } finally {
        await watching.close()
        holder.kill('SIGKILL')
        await ended
      }
    })
  } finally {
    unplug()
  }
})

test('by silence, where they come through the ssh of a host, which stays', async () => {
  await withCluster({}, async ({ primary }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-way-'))
    const ends: Socket[] = []
    const relay = createServer((near) => {
      const far = createConnection({ host: primary.host, port: primary.port })
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.push(from)
        from.on('error', () => {})
        from.pipe(to)
      }
    })
    const path = join(folder, 's')
    relay.listen(path)
    await once(relay, 'listening')
    const watching = await openElsewhere(primary)
    try {
      const tunnel = { ready: async () => path, problem: async () => null }
      const connection = connectionTo(primary)
      const session = await openRunLockSession({ connection, passwordCommand: null, tunnel, name: BOB })
      await session.takeKey(packLockToken({ id: 4711, step: 1, steps: 3 }))
      const began = performance.now()
      await until('it is held for longer than silence may last', 30_000, () => performance.now() - began > 20_000)
      assert.equal((await watching.otherHolders())[0]?.pid, session.pid)
      for (const end of ends) end.pause()
      await until('the server has ended its session', 30_000, async () => (await watching.otherHolders()).length === 0)
      await session.close()
    } finally {
      await watching.close()
      for (const end of ends) end.destroy()
      relay.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
