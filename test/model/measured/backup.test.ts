// Backups: which entry of a folder is the newest, what an instant is, and when their age is told.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assess } from '../../../src/model/derive-picture.ts'
import { type Backup, instantOf, newestOf } from '../../../src/model/measured/backup.ts'
import { failed, type Reading, succeeded, WAITING } from '../../../src/model/values/reading.ts'
import { backupAgeText, backupText } from '../../../src/ui/frame/format/backup.ts'
import { aCluster, aFault, aPrimary, NOW } from '../../builders/snapshot.ts'

const HOUR = 3_600_000
const taken = (hours: number): Backup => ({ newest: { at: NOW - hours * HOUR, name: 'base' } })

function pictureOf(backup: Reading<Backup>, backupSource: string | undefined = '/backups/db-1 on h1') {
  const database = { ...aPrimary({ senders: [] }), backup }
  const spec = { ...database.spec, ...(backupSource === '' ? {} : { backup: backupSource }) }
  return assess(aCluster({ databases: [{ ...database, spec }] }), null, NOW)
}

const toldOf = (backup: Reading<Backup>, source?: string) =>
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
  assert.deepEqual(newestOf(entries), { newest: { at: 5, name: 'base-2' } })
  assert.deepEqual(newestOf(entries.slice(3)), { newest: null })
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
    assert.equal(instantOf(given), at, String(given))
  }
  for (const given of ['2026-11-22 03:00:00', 'yesterday', '', '-5', null, 0, new Date(Number.NaN), {}]) {
    assert.equal(instantOf(given), null, String(given))
  }
})

describe('the age of the newest backup', () => {
  test('is told by the thresholds', () => {
    assert.deepEqual(toldOf(succeeded(taken(5), NOW)), [])
    assert.deepEqual(toldOf(succeeded(taken(27), NOW)), [
      'warning db-1: the newest backup is 1 d 3 h old, limit 1 d 2 h',
    ])
    assert.match(toldOf(succeeded(taken(60), NOW))[0] ?? '', /^critical .*limit 2 d 2 h/)
    assert.deepEqual(toldOf(succeeded(taken(-1), NOW)), [], 'a clock ahead of ours')
  })

  test('none at all is critical, unknown is nothing', () => {
    assert.deepEqual(toldOf(succeeded({ newest: null }, NOW)), ['critical db-1: no backup in /backups/db-1 on h1'])
    assert.deepEqual(toldOf(WAITING), [])
    assert.deepEqual(toldOf(failed(WAITING, aFault('protocol'), NOW)), [])
    assert.deepEqual(toldOf(WAITING, ''), [])
  })

  test('what was found goes on aging while it can’t be looked for', () => {
    const stale = failed(succeeded(taken(27), NOW - HOUR), aFault('unreachable'), NOW)
    assert.equal(toldOf(stale).length, 1)
  })
})

test('in words', () => {
  const words = (backup: Reading<Backup>, source?: string) =>
    backupText(pictureOf(backup, source).databases[0]?.backup ?? null, NOW)
  assert.match(words(succeeded(taken(5), NOW)), /^2026-11-22 09:32:07 \(5 h ago\), base, \/backups\/db-1 on h1$/)
  assert.equal(words(succeeded({ newest: null }, NOW)), 'none in /backups/db-1 on h1')
  assert.match(words(failed(WAITING, aFault('protocol', 'no such folder'), NOW)), /^\?: no such folder/)
  assert.match(words(WAITING, ''), /^\?, no "backup" in the configuration/)
  assert.equal(backupAgeText(null, NOW), '?')
})
