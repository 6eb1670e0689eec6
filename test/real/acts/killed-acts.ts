// The acts that are killed at points of their journal: what is up before, what is asked for, and what there is once they are done.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import type { KilledTask } from '../../fakes/killed-acting.ts'
import { until } from '../../wait.ts'
import { againLog } from './killed-evidence.ts'
import { isPrimary, numbersOn } from './promoting.ts'

export interface KilledPair {
  readonly primary: PostgresNode
  readonly standby: PostgresNode
}

export interface KilledAct {
  readonly request: Pick<KilledTask, 'action' | 'target' | 'input'>
  /** Names of those that are up before; the others were killed. */
  readonly up: readonly string[]
  /** After a plan that was not begun. */
  readonly assertBefore: (pair: KilledPair) => Promise<void>
  readonly assertDone: (pair: KilledPair) => Promise<void>
  /** After the run was undone, as far as that can be. */
  readonly assertUndone: (pair: KilledPair, run: Run) => Promise<void>
}

export type KilledActName =
  | 'promote'
  | 'switchover'
  | 'start'
  | 'restart'
  | 'restart-standby'
  | 'rolling-restart'
  | 'change-setting'

const BOTH = ['primary', 'standby-1']

export const KILLED_ACTS: Readonly<Record<KilledActName, KilledAct>> = {
  promote: {
    request: { action: 'promote', target: 'standby-1' },
    up: ['standby-1'],
    assertBefore: async ({ standby }) => assert.equal(await isPrimary(standby), false, 'nothing was begun'),
    assertDone: promotedOnce,
    assertUndone: async () => {},
  },
  switchover: {
    request: { action: 'switchover', target: 'standby-1' },
    up: BOTH,
    assertBefore: sameRoles,
    async assertDone(pair) {
      await promotedOnce(pair)
      await rejoined(pair)
    },
    assertUndone: upOrNamed,
  },
  start: {
    request: { action: 'start', target: 'primary' },
    up: ['standby-1'],
    assertBefore: async ({ primary }) => assert.equal(startsOf(primary), 0),
    async assertDone(pair) {
      await sameRoles(pair)
      assert.equal(startsOf(pair.primary), 1, 'started once')
    },
    // A start is not undone.
    assertUndone: async ({ standby }) => assert.equal(await isPrimary(standby), false),
  },
  restart: {
    request: { action: 'restart', target: 'primary' },
    up: BOTH,
    assertBefore: sameRoles,
    async assertDone(pair) {
      await sameRoles(pair)
      assert.equal(startsOf(pair.primary), 1, 'restarted once')
      assert.equal(startsOf(pair.standby), 0)
    },
    assertUndone: upOrNamed,
  },
  'restart-standby': {
    request: { action: 'restart', target: 'standby-1' },
    up: BOTH,
    assertBefore: sameRoles,
    async assertDone(pair) {
      await sameRoles(pair)
      assert.equal(startsOf(pair.primary), 0)
      assert.equal(startsOf(pair.standby), 1, 'restarted once')
    },
    assertUndone: upOrNamed,
  },
  'rolling-restart': {
    request: { action: 'rolling-restart', target: null },
    up: BOTH,
    assertBefore: sameRoles,
    async assertDone(pair) {
      await promotedOnce(pair)
      await rejoined(pair)
      assert.deepEqual([pair.primary, pair.standby].map(startsOf), [1, 1], 'each restarted once')
    },
    assertUndone: upOrNamed,
  },
  'change-setting': {
    request: { action: 'change-setting', target: null, input: { name: 'work_mem', value: '7MB' } },
    up: BOTH,
    assertBefore: (pair) => workMem(pair, ['4MB', '4MB']),
    assertDone: (pair) => workMem(pair, ['7MB', '7MB']),
    async assertUndone(pair) {
      await workMem(pair, ['4MB', '4MB'])
      for (const { dataDirectory } of [pair.primary, pair.standby])
        assert.doesNotMatch(readFileSync(join(dataDirectory, 'postgresql.auto.conf'), 'utf8'), /work_mem/)
    },
  },
}

async function workMem({ primary, standby }: KilledPair, wanted: readonly string[]): Promise<void> {
  const nodes = [primary, standby]
  const read = async (node: PostgresNode) =>
    (await node.query<{ value: string }>(`select current_setting('work_mem') as value`))[0]?.value
  await until(`work_mem is ${wanted.join(', ')}`, 10_000, async () => {
    const now = await Promise.all(nodes.map(read))
    return JSON.stringify(now) === JSON.stringify(wanted)
  })
}

/** How often the commands of its host have started it. */
function startsOf({ dataDirectory }: PostgresNode): number {
  const path = againLog(dataDirectory)
  return existsSync(path) ? readFileSync(path, 'utf8').split('LOG:  starting PostgreSQL').length - 1 : 0
}

async function sameRoles({ primary, standby }: KilledPair): Promise<void> {
  assert.deepEqual([await isPrimary(primary), await isPrimary(standby)], [true, false])
  await until('it streams', 20_000, () => streams(primary))
}

export async function streams(from: PostgresNode): Promise<boolean> {
  const [row] = await from.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_replication where state = 'streaming'`,
  )
  return row?.n === 1
}

async function promotedOnce({ standby }: KilledPair): Promise<void> {
  assert.equal(await isPrimary(standby), true)
  const [row] = await standby.query<{ file: string }>('select pg_walfile_name(pg_current_wal_lsn()) as file')
  assert.equal(row?.file.slice(0, 8), '00000002', 'promoted once')
}

async function rejoined({ primary, standby }: KilledPair): Promise<void> {
  assert.equal(await isPrimary(primary), false)
  assert.deepEqual(await numbersOn(primary), await numbersOn(standby))
}

/** Both are up, one of them a primary; what is not is named at the end of the run. */
async function upOrNamed(pair: KilledPair, run: Run): Promise<void> {
  const told = [run.why, ...run.steps.map(({ note }) => note)].join('; ')
  for (const node of [pair.primary, pair.standby]) {
    const isUp = await isPrimary(node).then(
      () => true,
      () => false,
    )
    if (!isUp) assert.match(run.why ?? '', new RegExp(node.name), `${node.name} is down: ${told}`)
  }
}
