// The one door: one run at a time for everybody, nothing without a journal, what is cut short is told and gone on with.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAuditLog, verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { openJournal } from '../../../src/io/runs/journal.ts'
import { RunInterruptedError } from '../../../src/model/runs/action-error.ts'
import { interruptedRuns, loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

const YES = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
const SLOW = { name: 'slow', title: 'wait', host: 'h1', command: ['sleep', '30'], timeout: '40s' }
const HOSTS = [{ name: 'h1', local: true }]

test('two at once: the second is told who runs what, and both trails stay whole', async () => {
  await withCluster({}, async ({ primary }) => {
    const options = { databases: [{ name: 'db-1', dsn: primary.dsn() }], hosts: HOSTS, cluster: { actions: [SLOW] } }
    const begun = Promise.withResolvers<void>()
    const one = await actingOn({
      ...options,
      executor: { onRunChanged: ({ state }) => void (state === 'running' && begun.resolve()) },
    })
    // The same state folder, and one of another user: the cluster is the same.
    const others = [await actingOn({ ...options, folder: one.folder }), await actingOn(options)]
    try {
      const first = one.act('slow', null)
      await begun.promise
      for (const other of others) {
        const run = await other.executor.propose({ action: 'reload', target: 'db-1', input: {} })
        await assert.rejects(
          other.executor.start(run, YES),
          /another run holds this cluster: \S+ runs slow, step 1 of 1 \(process \d+ of role postgres on db-1/,
        )
        assert.equal(await loadRun(other.folder, run.id), null)
      }
      one.executor.stop()
      one.executor.stop()
      const ended = await first
      assert.notEqual(ended.state, 'done')
      const [other] = others
      assert.equal((await other?.act('reload', 'db-1'))?.state, 'done', 'the cluster is free again')
      assert.equal((await verifyAuditLog(one.folder)).ok, true)
    } finally {
      await Promise.all([...others, one].map((each) => each.close()))
    }
  })
})

test('a lock of a process that is gone is taken over, and that is said', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      await acting.act('reload', 'db-1')
      const lock = {
        pid: 2 ** 22 - 1,
        host: (await import('node:os')).hostname(),
        run: '20261122T000000Z-promote-db-9',
      }
      const { createHash } = await import('node:crypto')
      const name = createHash('sha256').update('test').digest('hex').slice(0, 16)
      writeFileSync(join(acting.folder, `run-${name}.lock`), JSON.stringify(lock), { mode: 0o600 })
      const run = await acting.act('reload', 'db-1')
      assert.equal(run.state, 'done')
      assert.match(
        run.output.map(({ text }) => text).join('\n'),
        /took over the lock of run 20261122T000000Z-promote-db-9/,
      )
    } finally {
      await acting.close()
    }
  })
})

test('without a journal nothing begins, and watching goes on', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      writeFileSync(join(acting.folder, 'runs'), 'in the way', { mode: 0o600 })
      const run = await acting.executor.propose({ action: 'reload', target: 'db-1', input: {} })
      const [before] = await primary.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at')
      await assert.rejects(acting.executor.start(run, YES), /pgdeck can’t write the journal of the run/)
      const [after] = await primary.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at')
      assert.equal(after?.at, before?.at)
    } finally {
      await acting.close()
    }
  })
})

test('a disk that fills in the middle cuts the run short; with room again it is gone on with', async () => {
  await withCluster({}, async ({ primary }) => {
    const databases = [{ name: 'db-1', dsn: primary.dsn() }]
    for (let full = 1; full <= 7; full++) {
      let lines = 0
      const acting = await actingOn({
        databases,
        executor: {
          async openJournal(...args) {
            const journal = await openJournal(...args)
            const append: typeof journal.append = async (entry) => {
              lines += 1
              if (lines > full)
                throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
              await journal.append(entry)
            }
            return { ...journal, append }
          },
        },
      })
      const run = await acting.executor.propose({ action: 'reload', target: 'db-1', input: {} })
      const outcome = await acting.executor.start(run, YES).catch((error: unknown) => error)
      if (outcome instanceof Error) {
        assert.equal(outcome instanceof RunInterruptedError, full > 1, `${full}: ${outcome.message}`)
        assert.match(outcome.message, /no space left/)
        const kept = await loadRun(acting.folder, run.id)
        assert.ok(kept)
        if (kept.state !== 'planned') {
          assert.deepEqual(
            (await interruptedRuns(acting.folder)).map(({ id }) => id),
            [run.id],
          )
          const again = await actingOn({ databases, folder: acting.folder })
          const resumed = await again.executor.resume(run.id, { skips: {} })
          assert.equal(resumed.state, 'done', `${full}: ${resumed.why}`)
          await again.close()
        }
      } else assert.equal(full, 7, 'with room for all lines it is done')
      await acting.close()
    }
  })
})

test('what is kept is for its owner alone, and holds no password', async () => {
  await withCluster({}, async ({ primary, password }) => {
    const acting = await actingOn({
      databases: [{ name: 'db-1', dsn: primary.dsn() }],
      hosts: HOSTS,
      cluster: {
        actions: [
          {
            name: 'leak',
            title: 'leak',
            host: 'h1',
            command: ['printf', `password=${password} postgresql://u:${password}@h/d\n`],
          },
        ],
      },
    })
    try {
      const run = await acting.act('leak', null)
      assert.equal(run.state, 'done', run.why ?? '')
      const runs = join(acting.folder, 'runs')
      assert.equal(statSync(runs).mode & 0o777, 0o700)
      for (const name of readdirSync(runs)) {
        assert.equal(statSync(join(runs, name)).mode & 0o777, 0o600)
        // The plan has the command as the config has it; what it printed is without the password.
        const said = readFileSync(join(runs, name), 'utf8')
          .split('\n')
          .filter((line) => line.includes('"said"'))
        assert.ok(said.length > 0)
        assert.doesNotMatch(said.join('\n'), new RegExp(password))
      }
      const entries = await readAuditLog({ folder: acting.folder })
      assert.doesNotMatch(JSON.stringify(entries.map(({ what, result }) => [what, result])), new RegExp(password))
    } finally {
      await acting.close()
    }
  })
})

test('a folder that others can read is refused before anything begins', async () => {
  await withCluster({}, async ({ primary }) => {
    const acting = await actingOn({ databases: [{ name: 'db-1', dsn: primary.dsn() }] })
    try {
      mkdirSync(join(acting.folder, 'runs'), { mode: 0o755 })
      const run = await acting.executor.propose({ action: 'reload', target: 'db-1', input: {} })
      await assert.rejects(acting.executor.start(run, YES), /can be read by others: run {2}chmod 700/)
    } finally {
      await acting.close()
    }
  })
})
