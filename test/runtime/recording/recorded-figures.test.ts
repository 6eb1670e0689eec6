// The figures of a report from recordings: the outage that was recorded, and the time that was not.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { readRecordedFigures } from '../../../src/runtime/recording/recorded-figures.ts'
import { NOW } from '../../builders/snapshot.ts'
import { openRecorded, RECORDED_CLUSTER, recordedOutage } from '../../fakes/recorded.ts'
import { within } from '../../wait.ts'

const [DATABASE] = RECORDED_CLUSTER.databases.map(({ id }) => id)
const ABOUT = { cluster: RECORDED_CLUSTER.name }

test('the longest outage and the most sessions of recorded time, and what is missing before it', async (t) => {
  const opened = recordedOutage(t)
  await opened.recorder.close()
  const read = (since: number) =>
    readRecordedFigures({ ...ABOUT, stateFolder: opened.folder, since, until: NOW + 720_000, signal: within(30_000) })
  const { figures, missing } = await read(NOW - 600_000)
  const outage = figures.find(({ figure }) => figure === 'inactive-seconds')
  assert.deepEqual(outage, { subject: DATABASE, figure: 'inactive-seconds', highest: 58, at: NOW + 118_000, last: 0 })
  assert.ok(figures.some(({ figure, highest }) => figure === 'sessions' && highest > 0))
  assert.match(missing.join('\n'), /^nothing was recorded from 2026-11-22T14:22:07\.123Z to 2026-11-22T14:32:07\.123Z$/)
  const later = await read(NOW + 200_000)
  assert.equal(
    later.figures.some(({ figure }) => figure === 'inactive-seconds'),
    false,
  )
  assert.deepEqual(later.missing, [])
})

test('an outage is not claimed for time that was not recorded, and the time after the end is missing', async (t) => {
  const opened = openRecorded(t)
  for (const second of [0, 2, 4]) opened.poll(NOW + second * 1_000, false)
  await opened.recorder.close()
  const again = openRecorded(t, { stateFolder: opened.folder })
  for (const second of [3_600, 3_602]) again.poll(NOW + second * 1_000, false)
  await again.recorder.close()
  const { figures, missing } = await readRecordedFigures({
    ...ABOUT,
    stateFolder: opened.folder,
    since: NOW,
    until: NOW + 7_200_000,
    signal: within(30_000),
  })
  const outage = figures.find(({ figure }) => figure === 'inactive-seconds')
  assert.ok((outage?.highest ?? 0) < 60, JSON.stringify(outage))
  assert.equal(missing.length, 2)
  assert.match(missing.at(-1) ?? '', /from 2026-11-22T15:32:.* to 2026-11-22T16:32:07/)
})

test('nothing at all is no figure, and nothing is missing', async (t) => {
  const { folder } = openRecorded(t)
  const signal = within(30_000)
  assert.deepEqual(await readRecordedFigures({ ...ABOUT, stateFolder: folder, since: NOW, signal }), {
    figures: [],
    missing: [],
  })
})

test('a part with more than the screen keeps in memory is read from its beginning', async (t) => {
  const opened = openRecorded(t)
  for (let second = 0; second <= 280; second += 2) {
    // Two thousand texts that are others each time: some 200 kB for each moment.
    const clients = Array.from({ length: 2_000 }, (_, index) => ({
      address: `10.${second % 250}.${index % 250}.${Math.floor(index / 250)}`,
      name: `application ${second} of client number ${index}`,
      count: 1,
    }))
    opened.poll(NOW + second * 1_000, second >= 10 && second < 40 ? false : { clients: clients as never })
  }
  await opened.recorder.close()
  const { figures } = await readRecordedFigures({
    ...ABOUT,
    stateFolder: opened.folder,
    since: NOW,
    until: NOW + 280_000,
    signal: within(60_000),
  })
  const outage = figures.find(({ figure }) => figure === 'inactive-seconds')
  assert.deepEqual([outage?.highest, outage?.at], [28, NOW + 38_000])
})

test('a part that can not be read is told with its time, and the parts after it count', async (t) => {
  const opened = recordedOutage(t)
  await opened.recorder.close()
  const [name = ''] = readdirSync(opened.files)
  const database = new DatabaseSync(join(opened.files, name))
  database.exec('UPDATE pieces SET data = zeroblob(100) WHERE segment = 2')
  database.close()
  const about = { ...ABOUT, stateFolder: opened.folder, since: NOW, until: NOW + 720_000, signal: within(30_000) }
  const { figures, missing } = await readRecordedFigures(about)
  assert.match(missing.join('\n'), /^the part from \S+Z to \S+Z can't be read: /)
  assert.equal(figures.find(({ figure }) => figure === 'inactive-seconds')?.highest, 58)
  assert.ok(figures.some(({ figure, last }) => figure === 'sessions' && last > 0))
})
