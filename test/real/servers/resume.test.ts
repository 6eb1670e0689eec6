// A run that is gone on with acts on the servers that it was planned on, whatever the configuration calls them by then.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openJournal } from '../../../src/io/runs/journal.ts'
import { NotConfirmedError, OtherServerError, RunInterruptedError } from '../../../src/model/runs/action-error.ts'
import type { JournalEntry } from '../../../src/model/runs/run.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { isPrimary, line } from '../acts/promoting.ts'
import { sharedCluster, type TestCluster } from '../embedded.ts'

/** A journal that can't be written any more after that line: as when the program was killed there. */
function cutAfter(when: (entry: JournalEntry) => boolean): typeof openJournal {
  let isOver = false
  return async (...args) => {
    const journal = await openJournal(...args)
    const append: typeof journal.append = async (entry) => {
      if (isOver) throw new Error('it was killed')
      await journal.append(entry)
      isOver = when(entry)
    }
    return { ...journal, append }
  }
}

const dsn = (node: PostgresNode) => `${node.dsn('postgres')}?sslmode=disable`

/** The same names whatever they lead to: as configurations of production and staging have it. */
function named(one: PostgresNode, two: PostgresNode, more: Partial<Parameters<typeof actingOn>[0]> = {}) {
  const databases = [
    { name: 'db-1', dsn: dsn(one) },
    { name: 'db-2', dsn: dsn(two) },
  ]
  return actingOn({ databases, ...more })
}

/** A pause of replay on db-2, cut off before anything was sent. Answers with the run's id. */
async function pauseCutOff(acting: Acting): Promise<string> {
  const run = await acting.executor.propose({ action: 'pause-replay', target: 'db-2', input: {} })
  const consent = { answer: { kind: 'yes' }, givenBy: 'test', skips: {} } as const
  await assert.rejects(acting.executor.start(run, consent), RunInterruptedError)
  return run.id
}

const beforeAnything = () => ({ executor: { openJournal: cutAfter(({ type }) => type === 'taken-up') } })

async function isPaused(node: PostgresNode): Promise<boolean> {
  const [row] = await node.query<{ is: boolean }>('select pg_is_wal_replay_paused() as is')
  return row?.is ?? false
}

function pair({ primary, standbys }: TestCluster): Pair {
  const [standby] = standbys
  assert.ok(standby)
  return [primary, standby]
}

type Pair = readonly [PostgresNode, PostgresNode]

const production = sharedCluster({ standbys: 1 })
const staging = sharedCluster({ standbys: 1 })

/** Runs the body on both clusters; replay goes on in them. */
async function both(body: (production: Pair, staging: Pair) => Promise<void>): Promise<void> {
  const pairs = [pair(production()), pair(staging())] as const
  for (const [, standby] of pairs) await standby.query('select pg_wal_replay_resume()')
  await body(...pairs)
}

describe('gone on with', () => {
  test('on the very servers: it goes on', () =>
    both(async ([primary, standby]) => {
      const first = await named(primary, standby, beforeAnything())
      const id = await pauseCutOff(first)
      const second = await named(primary, standby, { folder: first.folder })
      try {
        assert.equal(await second.executor.needsConfirmation(id), null)
        assert.equal((await second.executor.resume(id, { skips: {} })).state, 'done')
        assert.equal(await isPaused(standby), true)
      } finally {
        await second.close()
        await first.close()
      }
    }))

  test('with a configuration that gives the names to other servers: refused, both are named', () =>
    both(async ([primary, standby], [otherPrimary, otherStandby]) => {
      const first = await named(primary, standby, beforeAnything())
      const id = await pauseCutOff(first)
      const second = await named(otherPrimary, otherStandby, { folder: first.folder })
      try {
        await assert.rejects(second.executor.resume(id, { skips: {} }), (error: unknown) => {
          assert.ok(error instanceof OtherServerError, String(error))
          assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${standby.port}`))
          assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${otherStandby.port}`))
          return true
        })
        assert.deepEqual([await isPaused(standby), await isPaused(otherStandby)], [false, false])
      } finally {
        await second.close()
        await first.close()
      }
    }))

  test('after the server was restarted, or replaced on its port: refused', () =>
    both(async ([primary, standby]) => {
      const first = await named(primary, standby, beforeAnything())
      const id = await pauseCutOff(first)
      await standby.restart()
      const second = await named(primary, standby, { folder: first.folder })
      try {
        await assert.rejects(second.executor.resume(id, { skips: {} }), OtherServerError)
        assert.equal(await isPaused(standby), false)
      } finally {
        await second.close()
        await first.close()
      }
    }))
})

/** As 0.1.0 wrote its journals: nothing of servers, places and hosts. */
function madeOld(folder: string, id: string): void {
  const path = join(folder, 'runs', `${id}.jsonl`)
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const old = lines.map((text) => {
    const entry = JSON.parse(text)
    if (entry.type !== 'planned') return text
    const { hosts: _, nodes, ...basis } = entry.plan.basis
    const kept = nodes.map(
      ({ identity: __, place: ___, onHost: ____, ...node }: object & Record<string, unknown>) => node,
    )
    return JSON.stringify({ ...entry, plan: { ...entry.plan, basis: { ...basis, nodes: kept } } })
  })
  writeFileSync(path, `${old.join('\n')}\n`)
}

describe('a run of 0.1.0', () => {
  test('goes on only when it is confirmed again, and holds its servers from then on', () =>
    both(async ([primary, standby]) => {
      const first = await named(primary, standby, beforeAnything())
      const { folder } = first
      const id = await pauseCutOff(first)
      madeOld(folder, id)
      const second = await named(primary, standby, { folder })
      try {
        assert.equal((await second.executor.needsConfirmation(id))?.id, id)
        await assert.rejects(second.executor.resume(id, { skips: {} }), NotConfirmedError)
        assert.equal(await isPaused(standby), false)
        const anew = { answer: { kind: 'yes' }, givenBy: '--yes' } as const
        assert.equal((await second.executor.resume(id, { skips: {}, anew })).state, 'done')
        assert.equal(await isPaused(standby), true)
        const kept = await loadRun(folder, id)
        assert.equal(kept?.servers['db-2']?.identity?.port, standby.port)
      } finally {
        await second.close()
        await first.close()
      }
    }))

  test('another system is refused, confirmed or not', () =>
    both(async ([primary, standby], [otherPrimary, otherStandby]) => {
      const first = await named(primary, standby, beforeAnything())
      const { folder } = first
      const id = await pauseCutOff(first)
      madeOld(folder, id)
      const second = await named(otherPrimary, otherStandby, { folder })
      try {
        const anew = { answer: { kind: 'yes' }, givenBy: '--yes' } as const
        await assert.rejects(second.executor.resume(id, { skips: {}, anew }), OtherServerError)
        assert.equal(await isPaused(otherStandby), false)
      } finally {
        await second.close()
        await first.close()
      }
    }))
})

describe('gone on with at the end, as it stops the primary', () => {
  test('a promotion that was sent is not sent to another one of the names', () =>
    both(async ([primary, standby], [otherPrimary, otherStandby]) => {
      await primary.stop('immediate')
      const executor = { openJournal: cutAfter(line('step-started', 'promote')) }
      const first = await named(primary, standby, { executor, present: true })
      const overrides = { 'primary-down-by-others': 'it is stopped' }
      const run = await first.executor.propose({ action: 'promote', target: 'db-2', input: {} }, overrides)
      const answer = { kind: 'typed', text: run.plan.confirm } as const
      const started = first.executor.start(run, {
        answer,
        givenBy: 'test',
        skips: { 'fence-old-primary': 'stopped' },
      })
      await assert.rejects(started, RunInterruptedError)
      const second = await named(otherPrimary, otherStandby, { folder: first.folder })
      try {
        await assert.rejects(second.executor.resume(run.id, { skips: {} }), OtherServerError)
        assert.equal(await isPrimary(otherStandby), false)
      } finally {
        await second.close()
        await first.close()
      }
    }))
})
