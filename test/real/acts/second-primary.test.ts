// Ways in which a second writable node could come about by us: each is closed, whatever can't be seen at that moment.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { postmasterStateOn } from '../../../src/actions/hosts/postmaster.ts'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { openJournal } from '../../../src/io/runs/journal.ts'
import { RunInterruptedError } from '../../../src/model/runs/action-error.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { withCluster } from '../embedded.ts'
import { actingOnCluster, isPrimary, line, meanwhile } from './promoting.ts'

describe('no second primary', () => {
  test('a server that runs under another process id is not taken for one that ended', () =>
    withCluster({}, async ({ primary }) => {
      const { dataDirectory } = primary
      const path = join(dataDirectory, 'postmaster.pid')
      const before = readFileSync(path, 'utf8')
      const reach = openHostConnection({ id: 'h', access: { kind: 'local' } } as never)
      const tools = { host: () => reach, signal: new AbortController().signal } as never
      try {
        // As in a container: there it is process 1.
        writeFileSync(path, before.replace(/^\d+/, '1'))
        const seen = await postmasterStateOn({ host: 'h', dataDirectory }, tools)
        assert.ok(seen === 'running' || seen === null, `it was taken for: ${seen}`)
        writeFileSync(path, before)
        await primary.kill()
        assert.match(
          (await postmasterStateOn({ host: 'h', dataDirectory }, tools)) ?? 'not known',
          /it ended|not known/,
        )
      } finally {
        await reach.close()
      }
    }))

  test('unfence by a pgdeck that never read the database: while another one takes writes it is no primary', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      await primary.kill()
      await standbys[0]?.promote()
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const plain = await acting.executor.propose({ action: 'unfence', target: 'primary', input: {} })
        assert.match(plain.plan.title, /as a standby/)
        const run = await acting.executor.propose({ action: 'unfence', target: 'primary', input: { as: 'primary' } })
        assert.equal(run.state, 'blocked')
        assert.match(JSON.stringify(run.plan.checks), /standby-1 is writable/)
      } finally {
        await acting.close()
      }
    }))

  test('taken back while the candidate can’t be read: the old primary is not started', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const openJournal = meanwhile(line('step-done', 'received-all'), async () => {
        acting.executor.stop()
        await standbys[0]?.kill()
      })
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal } })
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'stopped', run.why ?? '')
        const aborted = await acting.executor.abort(run.id, 'test')
        assert.match(aborted.why ?? '', /whether these are writable is unknown: standby-1/)
        assert.equal(await isPrimary(primary).catch(() => false), false)
      } finally {
        await acting.close()
      }
    }))

  test('cut off while it is taken back: resuming goes on with that, and not forward', () =>
    withCluster({ standbys: 1 }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const stopping = meanwhile(line('step-done', 'stop-old-primary'), async () => acting.executor.stop())
      const acting = await actingOnCluster(cluster, 'hosts', { executor: { openJournal: stopping } })
      const { folder } = acting
      const killed: typeof openJournal = async (...args) => {
        const journal = await openJournal(...args)
        let isOver = false
        const append: typeof journal.append = async (entry) => {
          if (isOver) throw new Error('it was killed')
          await journal.append(entry)
          isOver = entry.type === 'taking-back'
        }
        return { ...journal, append }
      }
      try {
        const run = await acting.act('switchover', 'standby-1')
        assert.equal(run.state, 'stopped')
        const second = await actingOnCluster(cluster, 'hosts', { folder, executor: { openJournal: killed } })
        await assert.rejects(second.executor.abort(run.id, 'test'), RunInterruptedError)
        await second.close()
        assert.equal((await loadRun(folder, run.id))?.isUndoing, true)
        const third = await actingOnCluster(cluster, 'hosts', { folder })
        const resumed = await third.executor.resume(run.id, { skips: {} })
        await third.close()
        assert.equal(resumed.state, 'aborted', resumed.why ?? '')
        assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [true, false])
      } finally {
        await acting.close()
      }
    }))
})
