// Views 4 and 5 by keys: panes, details, sorting, filters, what is asked of the databases meanwhile.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { freshReading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { commitsHang, lockChain, noLocks } from '../builders/lock-screens.ts'
import { NOW } from '../builders/snapshot.ts'
import { storageBusy, storageHidden, storageTrouble } from '../builders/storage-screens.ts'
import { ENTER, ESC, openScreen, TAB } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

function open(t: TestContext, state: State) {
  const navigation = { ...state.navigation, view: 'topology', pane: 'databases' } as const
  return openScreen(t, { ...state, navigation }, { columns: 140 })
}

describe('the locks', () => {
  test('4 shows the tree, roots first, and has the databases asked for locks only while it is open', async (t) => {
    const { shows, engine } = open(t, lockChain())
    await shows('', /DATABASES/)
    const screen = await shows('4', /LOCKS ▸ lock waits 11/)
    const pids = [...screen.matchAll(/^ . (?:[│ ]{2} )*(?:[├└]▶ )?(\d+|prepared \S+) +db-/gm)].map(([, pid]) => pid)
    assert.deepEqual(pids.slice(0, 7), ['21904', '21911', '21917', '21930', '21944', '21951', 'prepared transfer-8812'])
    assert.match(screen, /8 sessions wait for locks, the longest for 5 min/)
    assert.match(screen, /SELECT pg_terminate_backend\(21904\)/)
    await shows('1', /DATABASES/)
    assert.deepEqual(engine.calls, ['look vault locks', 'look vault '])
  })

  test('enter tells all of a session, esc leads back to it, and it can not be renamed', async (t) => {
    const { shows } = open(t, lockChain())
    await shows('4', /▸ 21904/)
    await shows('jjj', /▸ └▶ 21930/)
    const details = await shows(ENTER, /SESSION 21930 ON db-1/)
    assert.match(details, /waits for lock +AccessExclusiveLock\n +on +relation/)
    assert.match(details, /ALTER TABLE stock ADD COLUMN batch_number text, ADD COLUMN best_before date/)
    await shows('r', /r: sessions and transactions have no display name/)
    await shows(ESC, /▸ └▶ 21930/)
  })

  test('sorted or filtered rows have no branches, and the selection stays', async (t) => {
    const { shows } = open(t, lockChain())
    await shows('4', /▸ 21904/)
    await shows('jjj', /▸ └▶ 21930/)
    const sorted = await shows('sssss', /sorted by state/)
    assert.match(sorted, /▸ 21930/)
    assert.doesNotMatch(sorted, /[├└]▶/)
    const filtered = await shows('/metabase', /Filter: metabase/)
    assert.match(filtered, /▸ 880|▸ 21944/)
    assert.doesNotMatch(filtered, /^ . 21911/m)
  })

  test('a session that goes on leaves the tree; its details say so', async (t) => {
    const { shows, store } = open(t, lockChain())
    await shows('4', /▸ 21904/)
    await shows(ENTER, /SESSION 21904/)
    const [record] = noLocks().clusters[0]?.databases ?? []
    assert.ok(record?.onDemand.locks?.state === 'fresh')
    const outcome = { ok: true, value: record.onDemand.locks.value } as const
    store.dispatch({ type: 'query-completed', cluster: 'vault', id: 'db-1', at: NOW, answer: { id: 'locks', outcome } })
    store.flush()
    await shows('', /this session neither waits nor blocks any longer/)
    await shows(ESC, /▸ 880 .*metabase/)
  })

  test('tab leads to commits without a standby and to prepared transactions', async (t) => {
    const { shows } = open(t, commitsHang())
    await shows('4', /▸ lock waits 2/)
    const waits = await shows(TAB, /▸ SyncRep waits 3/)
    assert.match(
      waits,
      /3 commits wait for a synchronous standby \(SyncRep\), the longest for 2 min: no standby qualifies/,
    )
    await shows(ENTER, /WHY ITS COMMIT WAITS\n.*no standby qualifies/)
    await shows(ESC, /▸ 30001/)
    await shows(TAB, /there is no prepared transaction/)
  })
})

describe('storage and WAL', () => {
  test('5 shows what is wrong first, tab goes through the panes', async (t) => {
    const { shows, engine } = open(t, storageTrouble())
    const first = await shows('5', /STORAGE AND WAL ▸ WAL and slots 8/)
    assert.match(first, /✖ slot debezium on db-1 exceeds its limit/)
    assert.match(first, /old_standby +○ extended +31\.2 GB +18\.8 GB +lost in 8 min +inactive for 3 d/)
    assert.match(await shows(TAB, /▸ archiver and checkpoints 2/), /✖ failing +412 · 6\.4 GB +3 h +0{7}4/)
    assert.match(await shows(TAB, /▸ databases 5/), /shop +db-1 +182 GB +\+1\.2 GB\/h +1912 M +89 % █+░/)
    await shows(TAB, /▸ running 0/)
    await shows(TAB, /▸ WAL and slots 8/)
    assert.deepEqual(engine.calls, ['look vault storage'])
  })

  test('slots sort without the rows of their databases, and open', async (t) => {
    const { shows } = open(t, storageTrouble())
    await shows('5', /▸ db-1/)
    await shows('sss', /sorted by retains, largest first/)
    await shows('g', /▸ db-1\/debezium +▲ unreserved +50\.6 GB/)
    await shows(ENTER, /SLOT debezium ON db-1[\s\S]*esc back/)
    await shows(ESC, /▸ db-1\/debezium/)
    await shows('r', /a slot has no display name/)
  })

  test('what runs has a bar, and what is hidden a question mark with the statement that would show it', async (t) => {
    const busy = open(t, storageBusy())
    await busy.shows('5', /▸ WAL and slots/)
    await busy.shows(`${TAB}${TAB}${TAB}`, /base backup +db-1 +pg_basebackup at 10\.0\.0\.40 .* 31 % █+░+ +.*22 min/)
    const hidden = open(t, storageHidden())
    await hidden.shows('5', /\? GRANT pg_monitor TO pgdeck on db-1 would show the size of the WAL directory/)
    await hidden.shows('', /pg_wal \? · \? free · max_wal_size 1 GB/)
  })
})

test('an old answer is dimmed and told with its age', async (t) => {
  const state = lockChain()
  const { shows } = open(t, {
    ...state,
    clusters: state.clusters.map((cluster) => ({
      ...cluster,
      databases: cluster.databases.map((record) => {
        const { locks } = record.onDemand
        return locks?.state === 'fresh'
          ? { ...record, onDemand: { locks: freshReading(locks.value, NOW - 40_000) } }
          : record
      }),
    })),
  })
  await shows('4', /db-1 was read 40 s ago/)
})
