// A killed server leaves postmaster.pid behind, and its number may be another server's by now: that one is neither taken for it
// nor stopped in its place.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { postmasterStateOn } from '../../../src/actions/hosts/postmaster.ts'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { childProcessIds } from '../../../src/io/process/process.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, line, meanwhile } from './promoting.ts'

describe('a postmaster.pid whose number another server has by now', () => {
  test('its host says that no postmaster runs there', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      await primary.kill()
      const other = postmasterOf(standbys[0]?.dataDirectory ?? '')
      const { dataDirectory } = primary
      const reach = openHostConnection({ id: 'h', access: { kind: 'local' } } as never)
      const tools = { host: () => reach, signal: new AbortController().signal } as never
      try {
        for (const pid of [other, ...childProcessIds(other)]) {
          nameInFile(dataDirectory, pid)
          assert.equal(
            await postmasterStateOn({ host: 'h', dataDirectory }, tools),
            'it ended in production',
            `by ${pid}`,
          )
        }
        // PostgreSQL itself refuses to start beside it.
        rmSync(join(dataDirectory, 'postmaster.pid'))
        await primary.start()
        assert.equal(await postmasterStateOn({ host: 'h', dataDirectory }, tools), 'running')
      } finally {
        await reach.close()
      }
    }))

  test('got while the act goes on: pgdeck does not stop it either', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [standby] = cluster.standbys
      assert.ok(standby)
      const other = postmasterOf(standby.dataDirectory)
      const openJournal = meanwhile(line('step-started', 'fence-old-primary'), async () =>
        nameInFile(cluster.primary.dataDirectory, other),
      )
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal } })
      try {
        await cluster.primary.kill()
        await acting.look()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.state, 'done', run.why ?? JSON.stringify(run.plan.checks, null, 1))
        assert.equal(postmasterOf(standby.dataDirectory), other, 'it was not restarted')
      } finally {
        await acting.close()
      }
    }))

  test('the old primary is fenced without stopping that one, which is promoted', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const [standby] = cluster.standbys
      assert.ok(standby)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await cluster.primary.kill()
        const other = postmasterOf(standby.dataDirectory)
        nameInFile(cluster.primary.dataDirectory, other)
        await acting.look()
        const run = await acting.act('promote', 'standby-1')
        assert.equal(run.state, 'done', run.why ?? JSON.stringify(run.plan.checks, null, 1))
        assert.equal(postmasterOf(standby.dataDirectory), other, 'it was not restarted')
        assert.equal(await isPrimary(standby), true)
      } finally {
        await acting.close()
      }
    }))
})

test('servers of others that end at that moment hide nothing', { skip: process.platform !== 'linux' }, () =>
  withCluster({}, async ({ primary }) => {
    await primary.kill()
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-ending-'))
    copyFileSync('/bin/true', join(folder, 'postgres'))
    const ending = [1, 2, 3].map(() =>
      spawn('sh', ['-c', 'while :; do "$0"; done', join(folder, 'postgres')], { stdio: 'ignore' }),
    )
    const reach = openHostConnection({ id: 'h', access: { kind: 'local' } } as never)
    const tools = { host: () => reach, signal: new AbortController().signal } as never
    const { dataDirectory } = primary
    try {
      for (let round = 1; round <= 80; round++)
        assert.equal(
          await postmasterStateOn({ host: 'h', dataDirectory }, tools),
          'it ended in production',
          `look ${round}`,
        )
    } finally {
      for (const child of ending) child.kill('SIGKILL')
      await reach.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }),
)

function postmasterOf(dataDirectory: string): number {
  return Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10)
}

/** As after a kill, once the system has given the number to another process. */
function nameInFile(dataDirectory: string, pid: number): void {
  const path = join(dataDirectory, 'postmaster.pid')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(pid)))
}
