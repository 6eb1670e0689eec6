// Backups: which entry of a folder is the newest, what an instant is, and when their age is told.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { type NewestBackup, newestBackupAmong, parseInstant } from '../../../src/model/measured/backup.ts'
import { failedReading, freshReading, PENDING, type Reading } from '../../../src/model/values/reading.ts'
import { backupAgeText, backupText } from '../../../src/ui/frame/format/backup.ts'
import { aCluster, aFault, aPrimary, NOW } from '../../builders/snapshot.ts'

const HOUR = 3_600_000
const taken = (hours: number): NewestBackup => ({ newest: { at: NOW - hours * HOUR, name: 'base' } })

function pictureOf(backup: Reading<NewestBackup>, backupSource: string | undefined = '/backups/db-1 on h1') {
  const database = { ...aPrimary({ senders: [] }), backup }
  const spec = { ...database.spec, ...(backupSource === '' ? {} : { backup: backupSource }) }
  return derivePicture(aCluster({ databases: [{ ...database, spec }] }), null, NOW)
}

const toldOf = (backup: Reading<NewestBackup>, source?: string) =>
  pictureOf(backup, source)
    .alerts.filter(({ rule }) => rule === 'backup-age')
    .map(({ severity, message }) => `${severity} ${message}`)

test('the newest entry is that changed last; hidden and unfinished ones are none', () => {
  const entries = [
    { name: 'base-1', modifiedAt: 1 },
    { name: 'base-2', modifiedAt: 5 },
    { name: 'base-0', modifiedAt: 3 },
    { name: '.lock', modifiedAt: 9 },
    { name: 'base-3.tar.partial', modifiedAt: 9 },
  ]
  assert.deepEqual(newestBackupAmong(entries), { newest: { at: 5, name: 'base-2' } })
  assert.deepEqual(newestBackupAmong(entries.slice(3)), { newest: null })
})

test('an instant has a zone, or is seconds since the epoch', () => {
  const at = Date.UTC(2026, 10, 22, 3, 0, 0)
  for (const given of [
    '2026-11-22T03:00:00Z',
    '2026-11-22 03:00:00+00',
    '2026-11-22 04:30:00.0 +0130',
    ' 2026-11-22 03:00 UTC',
    String(at / 1000),
    at / 1000,
    new Date(at),
  ]) {
    assert.equal(parseInstant(given), at, String(given))
  }
  for (const given of ['2026-11-22 03:00:00', 'yesterday', '', '-5', null, 0, new Date(Number.NaN), {}]) {
    assert.equal(parseInstant(given), null, String(given))
  }
})

describe('the age of the newest backup', () => {
  test('is told by the thresholds', () => {
    assert.deepEqual(toldOf(freshReading(taken(5), NOW)), [])
    assert.deepEqual(toldOf(freshReading(taken(27), NOW)), [
      'warning db-1: the newest backup is 1 d 3 h old, limit 1 d 2 h',
    ])
    assert.match(toldOf(freshReading(taken(60), NOW))[0] ?? '', /^critical .*limit 2 d 2 h/)
    assert.deepEqual(toldOf(freshReading(taken(-1), NOW)), [], 'a clock ahead of ours')
  })

  test('none at all is critical, unknown is nothing', () => {
    assert.deepEqual(toldOf(freshReading({ newest: null }, NOW)), ['critical db-1: no backup in /backups/db-1 on h1'])
    assert.deepEqual(toldOf(PENDING), [])
    assert.deepEqual(toldOf(failedReading(PENDING, aFault('protocol'), NOW)), [])
    assert.deepEqual(toldOf(PENDING, ''), [])
  })

  test('what was found goes on aging while it can’t be looked for', () => {
    const stale = failedReading(freshReading(taken(27), NOW - HOUR), aFault('unreachable'), NOW)
    assert.equal(toldOf(stale).length, 1)
  })
})

test('in words', () => {
  const words = (backup: Reading<NewestBackup>, source?: string) =>
    backupText(pictureOf(backup, source).databases[0]?.backup ?? null, NOW)
  assert.match(words(freshReading(taken(5), NOW)), /^2026-11-22 09:32:07 \(5 h ago\), base, \/backups\/db-1 on h1$/)
  assert.equal(words(freshReading({ newest: null }, NOW)), 'none in /backups/db-1 on h1')
  assert.match(words(failedReading(PENDING, aFault('protocol', 'no such folder'), NOW)), /^\?: no such folder/)
  assert.match(words(PENDING, ''), /^\?, no "backup" in the configuration/)
  assert.equal(backupAgeText(null, NOW), '?')
})
