// The recorder and the player on real files: what was seen is shown again, and no disk makes the program wait.

import assert from 'node:assert/strict'
import { chmodSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { startRecordingThread } from '../../../src/io/recording/recording-thread.ts'
import { createClockWatch } from '../../../src/runtime/recording/clock-watch.ts'
import { createPlayer } from '../../../src/runtime/recording/player.ts'
import { openRecordings } from '../../../src/runtime/recording/recordings.ts'
import type { Event } from '../../../src/state/event.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { shownState } from '../../../src/state/select/shown-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { NOW } from '../../builders/snapshot.ts'
import { type OpenedRecorder, openRecorded, RECORDED_CLUSTER, recordedOutage } from '../../fakes/recorded.ts'
import { patiently, until } from '../../wait.ts'

/** False too while the tables are being made. */
function hasSegment(database: DatabaseSync): boolean {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'audit'").all()
  return tables.length === 1 && database.prepare('SELECT id FROM segments').all().length === 1
}

function recordedFiles({ files }: OpenedRecorder): readonly string[] {
  return readdirSync(files).filter((name) => name.endsWith('.pgdeck'))
}

/** What another process shows of it that has seen nothing itself. */
function laterPlayer(t: TestContext, { folder }: OpenedRecorder, clusters = [RECORDED_CLUSTER]) {
  const store = createStore(initialState({ clusters, now: NOW + 86_400_000, records: true }))
  const player = createPlayer({ store, recordings: openRecordings({ stateFolder: folder }), file: null })
  t.after(player.close)
  const status = () => shownState(store.latest()).clusters[0]?.picture?.databases[0]?.status
  const at = () => (shownState(store.latest()).now - NOW) / 1_000
  return { store, player, status, at }
}

describe('a recorder', () => {
  test('lets another process show what it saw, step by step and from mark to mark', async (t) => {
    const opened = recordedOutage(t)
    await opened.recorder.close()
    const { store, player, status, at } = laterPlayer(t, opened)
    assert.equal(await player.show({ at: NOW + 90_500 }), null)
    assert.deepEqual([at(), status()], [90, 'inactive'])
    assert.equal(await player.show({ before: NOW + 60_000 }), null)
    assert.deepEqual([at(), status()], [58, 'active'])
    assert.equal(await player.show({ after: NOW + 118_000 }), null)
    assert.deepEqual([at(), status()], [120, 'active'])
    assert.equal(await player.show({ markFrom: NOW + 700_000, direction: 'before' }), null)
    assert.deepEqual([at(), status()], [60, 'inactive'])
    assert.equal(await player.show({ after: NOW + 640_000 }), null)
    assert.deepEqual([at(), status()], [642, 'active'])
    const { past } = store.latest()
    assert.deepEqual(past?.marks.map(({ kind, severity }) => [kind, severity]).slice(0, 1), [['alert', 'critical']])
    assert.equal(past?.range?.to, NOW + 720_000)
  })

  test('is shown with what another process recorded of another cluster at that time', async (t) => {
    const opened = recordedOutage(t)
    await opened.recorder.close()
    const beside = openRecorded(t, { stateFolder: opened.folder }, { ...RECORDED_CLUSTER, name: 'billing' })
    for (let second = 81; second <= 121; second += 5) beside.poll(NOW + second * 1_000, false)
    await beside.recorder.close()
    const billing = { ...RECORDED_CLUSTER, name: 'billing' }
    const { store, player, at } = laterPlayer(t, opened, [billing, RECORDED_CLUSTER])
    const shown = async (second: number) => {
      assert.equal(await player.show({ at: NOW + second * 1_000 }), null)
      const { clusters } = shownState(store.latest())
      return [at(), ...clusters.map(({ spec, picture }) => `${spec.name} ${picture?.databases[0]?.status ?? '?'}`)]
    }
    const own = RECORDED_CLUSTER.name
    assert.deepEqual(await shown(90), [90, 'billing inactive', `${own} inactive`])
    // Before it began, and long after it ended, nothing is known of it.
    assert.deepEqual(await shown(70), [70, 'billing ?', `${own} inactive`])
    assert.deepEqual(await shown(88), [88, 'billing inactive', `${own} inactive`])
    assert.deepEqual(await shown(200), [200, 'billing ?', `${own} active`])
  })

  test('is shown of the watched cluster alone, whatever else is in the part', async (t) => {
    const opened = openRecorded(t, {}, { ...RECORDED_CLUSTER, name: 'shop' })
    for (let second = 0; second <= 10; second += 2) opened.poll(NOW + second * 1_000)
    await opened.recorder.close()
    const { store, player } = laterPlayer(t, opened, [{ ...RECORDED_CLUSTER, name: 'bank' }])
    await player.show({ at: NOW + 8_000 })
    const names = shownState(store.latest()).clusters.map(({ spec, picture }) => [spec.name, picture])
    assert.deepEqual(names, [['bank', null]])
  })

  test('shows nothing over what was opened while the disk was asked', async (t) => {
    const opened = recordedOutage(t)
    await opened.recorder.close()
    const { store, player } = laterPlayer(t, opened)
    const meanwhile = async (event: Event) => {
      const answer = player.show({ at: NOW + 90_500 })
      store.dispatch(event)
      assert.equal(await answer, null)
    }
    const request = { cluster: RECORDED_CLUSTER.name, action: 'promote', target: null, input: {}, overrides: {} }
    await meanwhile({ type: 'action-planning', asked: request })
    assert.equal(store.latest().navigation.historyAt, null)
    store.dispatch({ type: 'action-left' })
    await meanwhile({ type: 'overlay-opened', overlay: { kind: 'actions', chosen: 0, text: null } })
    assert.equal(store.latest().navigation.historyAt, null)
    store.dispatch({ type: 'overlay-closed' })
    await player.show({ at: NOW + 90_500 })
    await meanwhile({ type: 'history-shown', at: null })
    assert.equal(store.latest().navigation.historyAt, null)
  })

  test('says what it can not show', async (t) => {
    const opened = openRecorded(t)
    const { store, player } = laterPlayer(t, opened)
    assert.match((await player.show({ at: NOW })) ?? '', /nothing is recorded: pgdeck record begins/)
    opened.poll(NOW)
    opened.poll(NOW + 2_000)
    await opened.recorder.close()
    assert.match((await player.show({ before: NOW - 60_000 })) ?? '', /nothing was recorded there/)
    assert.match((await player.show({ markFrom: NOW, direction: 'after' })) ?? '', /no mark was recorded after this/)
    assert.equal(await player.show({ at: NOW + 30_000 }), null)
    assert.equal(store.latest().notice, null)
    assert.equal(await player.show({ at: NOW + 120_000 }), null)
    assert.match(store.latest().notice?.text ?? '', /nothing was recorded at .*: shown is the last moment before/)
  })

  test('writes files that only their owner may read, and removes the old ones of any process', async (t) => {
    const opened = openRecorded(t, { keepMs: 3_600_000, settleMs: 0 })
    const old = join(opened.files, '20260101T000000Z-gone-1.pgdeck')
    writeFileSync(old, 'x'.repeat(100))
    utimesSync(old, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000))
    opened.poll(NOW)
    opened.poll(NOW + 2_000)
    const isNew = (name: string) => !old.endsWith(name)
    await until('the new file is there', 1_000, () => recordedFiles(opened).some(isNew))
    await until('the old file is gone', 1_000, () => recordedFiles(opened).every(isNew))
    const [name = ''] = recordedFiles(opened)
    assert.equal(statSync(join(opened.files, name)).mode & 0o777, 0o600)
    assert.equal(statSync(opened.files).mode & 0o777, 0o700)
  })

  test('removes nothing by its age right after the start: the clock may be ahead', async (t) => {
    const opened = openRecorded(t, { keepMs: 3_600_000 })
    const old = join(opened.files, '20260101T000000Z-gone-1.pgdeck')
    writeFileSync(old, 'x'.repeat(100))
    utimesSync(old, new Date(Date.now() - 7_200_000), new Date(Date.now() - 7_200_000))
    opened.poll(NOW)
    // Closing follows the request to remove.
    await opened.recorder.close()
    assert.ok(recordedFiles(opened).some((name) => old.endsWith(name)))
  })

  test('does not wait for a disk that hangs, and tells it', async (t) => {
    const opened = openRecorded(t)
    opened.poll(NOW)
    await until('a file', 1_000, () => recordedFiles(opened).length === 1)
    const [name = ''] = recordedFiles(opened)
    const other = new DatabaseSync(join(opened.files, name), { timeout: patiently(1_000) })
    await until('the first part is in it', 1_000, () => hasSegment(other))
    other.exec('BEGIN EXCLUSIVE')
    const begun = performance.now()
    for (let second = 2; second < 200; second += 2) opened.poll(NOW + second * 1_000)
    // It took the time of the polls themselves, whatever the disk does.
    assert.ok(performance.now() - begun < 60_000)
    await until('a problem is told', 10_000, () => opened.problems.length > 0)
    assert.match(
      opened.problems[0] ?? '',
      /another program has the file of the recording locked; what happens meanwhile/,
    )
    other.exec('ROLLBACK')
    other.close()
  })

  test('tells a full disk', async (t) => {
    const opened = openRecorded(t, { spareBytes: Number.MAX_SAFE_INTEGER })
    opened.poll(NOW)
    await until('a problem is told', 1_000, () => opened.problems.length > 0)
    assert.match(opened.problems[0] ?? '', /recording: the disk has less than .* left/)
    opened.poll(NOW + 2_000)
    await opened.recorder.close()
    assert.equal(opened.problems.length, 1)
  })

  test('begins anew and marks it when the clock is set', async (t) => {
    let steady = 0
    const opened = openRecorded(t, { steady: () => steady })
    opened.poll(NOW)
    steady += 2_000
    opened.poll(NOW - 600_000)
    await until('it is told', 1_000, () => opened.problems.length > 0)
    assert.match(opened.problems[0] ?? '', /the clock of this host was set back by 10 min/)
    await opened.recorder.close()
    const recordings = openRecordings({ stateFolder: opened.folder })
    t.after(recordings.close)
    const { segments, marks } = await recordings.index()
    assert.equal(segments.length, 2)
    assert.deepEqual(
      marks.map(({ kind }) => kind),
      ['clock'],
    )
  })

  test('refuses files that others can write, and what is no recording', async (t) => {
    const opened = openRecorded(t)
    opened.poll(NOW)
    await opened.recorder.close()
    const [name = ''] = recordedFiles(opened)
    chmodSync(join(opened.files, name), 0o666)
    const recordings = openRecordings({ stateFolder: opened.folder })
    t.after(recordings.close)
    assert.deepEqual((await recordings.index()).segments, [])
    assert.match((await recordings.index()).problems[0] ?? '', /can be written by them/)
    const other = join(opened.folder, 'other')
    writeFileSync(other, 'not a database')
    const wrong = openRecordings({ file: other })
    t.after(wrong.close)
    await assert.rejects(wrong.index(), /not a database/)
  })
})

test('nothing is added to a segment after a part of it was lost', async (t) => {
  const { files } = openRecorded(t)
  const thread = startRecordingThread()
  t.after(() => thread.close())
  const path = join(files, 'parts.pgdeck')
  const part = { kind: 'append', path, meta: {}, clusters: [], text: '["whole"]\n', from: 0, to: 0, marks: [] } as const
  await thread.ask({ ...part, begins: true, spareBytes: 0 })
  await assert.rejects(thread.ask({ ...part, begins: false, spareBytes: Number.MAX_SAFE_INTEGER }), /almost full/)
  await assert.rejects(thread.ask({ ...part, begins: false, spareBytes: 0 }), /no segment to add to/)
})

test('a jump of the clock is told by its size, and slewing is none', () => {
  let steady = 0
  const watch = createClockWatch(() => steady)
  assert.equal(watch.jumpAt(1_000_000), 0)
  steady += 10_000
  assert.equal(watch.jumpAt(1_010_900), 0)
  steady += 1_000
  assert.equal(watch.jumpAt(1_000_000), -11_900)
  steady += 1_000
  assert.equal(watch.jumpAt(5_001_000), 4_000_000)
})
