// From when to when a restore reaches, by the backups and what the primary has archived.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ArchiverFacts } from '../../../src/model/values/archiver-facts.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { aCluster, aDatabase, aPrimaryPulse, NOW } from '../../builders/snapshot.ts'

const SEGMENT = 16 * 1024 * 1024
const FROM = NOW - 8 * 86_400_000
const NEWEST = NOW - 6 * 3_600_000
const ARCHIVED = NOW - 20_000

function backupWith(over: Partial<ArchiverFacts>, system: string | null = null, segments = 0x12) {
  const archiver = {
    ...{ mode: 'on', failing: false, lastFailedWal: null, lastFailedAt: null, failedCount: 0 },
    ...{ lastArchivedAt: ARCHIVED, lastArchivedWal: '000000010000000000000011', ...over },
  }
  const pulse = aPrimaryPulse({ lsn: BigInt(segments * SEGMENT + 4_000), walSegmentBytes: SEGMENT, archiver })
  const found = { newest: { at: NEWEST, name: 'b2' }, oldestAt: FROM, system }
  const record = aDatabase({ id: 'db1', pulse, backupSource: 'pgbackrest', backup: freshReading(found, NOW) })
  return derivePicture(aCluster({ databases: [record] }), null, NOW).databases[0]?.backup ?? assert.fail('no backups')
}

test('it ends where the archive does', () => {
  assert.deepEqual(backupWith({}).window, { from: FROM, to: ARCHIVED })
  const backupFile = { lastArchivedWal: '000000010000000000000011.00000028.backup' }
  assert.deepEqual(backupWith(backupFile).window, { from: FROM, to: ARCHIVED })
})

test('an archive that is behind, keeps nothing or got another file last is not counted', () => {
  const last = { from: FROM, to: NEWEST }
  assert.deepEqual(backupWith({}, null, 0x14).window, last)
  assert.deepEqual(backupWith({ keepsNothing: true }).window, last)
  assert.deepEqual(backupWith({ lastArchivedWal: '00000002.history' }).window, last)
})

test('backups of another system are none', () => {
  const other = backupWith({}, '1')
  assert.deepEqual([other.at, other.window], [null, null])
  assert.match(other.trouble ?? '', /^they are of a server with system identifier 1,/)
})
