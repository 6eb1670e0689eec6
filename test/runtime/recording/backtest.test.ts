// Other limits on recorded time: the same rules, the same durations, and nothing claimed of what was not recorded.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createEpisodeList, episodeChanges } from '../../../src/model/alerts/alert-episodes.ts'
import { backtest } from '../../../src/runtime/recording/backtest.ts'
import { openRecordings } from '../../../src/runtime/recording/recordings.ts'
import { aPrimaryPulse, NOW } from '../../builders/snapshot.ts'
import { openRecorded } from '../../fakes/recorded.ts'

const { sessions } = aPrimaryPulse()
const none = new AbortController().signal

/** 85 of 97 connections (87 %) from 60 s to 400 s, over the border of two parts; 93 of 97 (95 %) from 200 s to 220 s. */
async function busyRecording(t: TestContext) {
  const opened = openRecorded(t)
  const live = createEpisodeList()
  for (let second = 0; second <= 700; second += 2) {
    const total = second >= 200 && second < 220 ? 93 : second >= 60 && second < 400 ? 85 : 20
    opened.poll(NOW + second * 1_000, { sessions: { ...sessions, total } })
    const picture = opened.store.latest().clusters[0]?.picture
    if (picture) live.add(picture)
  }
  await opened.recorder.close()
  return { ...opened, live: live.episodes() }
}

async function tried(t: TestContext, folder: string, limits: Parameters<typeof backtest>[0]['limits'], since?: number) {
  const recordings = openRecordings({ stateFolder: folder })
  t.after(recordings.close)
  const [found] = await backtest({ recordings, limits, since, signal: none })
  assert.ok(found)
  const told = (episodes: typeof found.before) =>
    episodes.map((each) => [
      each.rule,
      each.severity,
      (each.since - NOW) / 1_000,
      (each.until - NOW) / 1_000,
      each.isOpen,
    ])
  return { ...found, recorded: told(found.before), other: told(found.after) }
}

test('without other limits the alerts are those that were given, over the border of two parts as one', async (t) => {
  const opened = await busyRecording(t)
  const { before, recorded, other, missing } = await tried(t, opened.folder, {})
  assert.deepEqual(before, opened.live)
  assert.deepEqual(recorded, [['sessions', 'critical', 62, 400, false]])
  assert.deepEqual(other, recorded)
  assert.deepEqual(missing, [])
})

test('higher limits give fewer, lower ones more: what begins and ends, how bad it is', async (t) => {
  const opened = await busyRecording(t)
  const higher = await tried(t, opened.folder, { sessionsPercent: { warning: 94, critical: 99 } })
  assert.deepEqual(higher.other, [['sessions', 'warning', 202, 248, false]])
  assert.deepEqual(
    episodeChanges(higher.before, higher.after).map(({ before, after }) => [before?.severity, after?.severity]),
    [['critical', 'warning']],
  )
  const silent = await tried(t, opened.folder, { sessionsPercent: { warning: 98, critical: 99 } })
  assert.deepEqual(silent.other, [])
  assert.deepEqual(
    episodeChanges(silent.before, silent.after).map(({ before, after }) => [before?.severity, after]),
    [['critical', null]],
  )
  const lower = await tried(t, opened.folder, { sessionsPercent: { warning: 15, critical: 80 } })
  assert.deepEqual(
    lower.other.map(([rule, severity, , until, isOpen]) => [rule, severity, until, isOpen]),
    [['sessions', 'critical', 700, true]],
  )
})

test('nothing lasts through time that was not recorded', async (t) => {
  const opened = openRecorded(t)
  const busy = { sessions: { ...sessions, total: 96 } }
  for (let second = 0; second <= 20; second += 2) opened.poll(NOW + second * 1_000, busy)
  await opened.recorder.close()
  const later = openRecorded(t, { stateFolder: opened.folder })
  for (let second = 3_600; second <= 3_620; second += 2) later.poll(NOW + second * 1_000, busy)
  await later.recorder.close()
  const { recorded, missing } = await tried(t, opened.folder, {})
  assert.deepEqual(
    recorded.map(([, , , until, isOpen]) => [until, isOpen]),
    [
      [20, true],
      [3_620, true],
    ],
  )
  assert.match(missing[0] ?? '', /^nothing was recorded from \S+ to \S+$/)
  assert.equal((await tried(t, opened.folder, {}, NOW + 1_000_000)).recorded.length, 1)
})
