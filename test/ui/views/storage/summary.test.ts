// What the storage view makes of facts: forecasts in words, which servers' databases are listed, what counts as trouble.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { databaseSizeRows } from '../../../../src/ui/views/storage/sizes-pane.ts'
import { storageFindings } from '../../../../src/ui/views/storage/summary.ts'
import { growthText, shortCount, slotForecastText } from '../../../../src/ui/views/storage/text.ts'
import { walRows } from '../../../../src/ui/views/storage/wal-rows.ts'
import { stateOf } from '../../../builders/screens.ts'
import { aCluster, aDatabase, aPrimary, aPrimaryPulse, aSlot, aStandby, NOW } from '../../../builders/snapshot.ts'
import { aStorage, storageCalm, storageTrouble, writing } from '../../../builders/storage-screens.ts'

const MB = 1024 ** 2

function shown(state: State): ClusterState {
  return state.clusters[0] ?? assert.fail('no cluster')
}

function of(...databases: readonly DatabaseRecord[]): ClusterState {
  return shown(stateOf([aCluster({ databases })]))
}

const looks = { storage: freshReading(aStorage(), NOW) }

describe('words', () => {
  test('a forecast says what happens when, and nothing beyond a month', () => {
    const limit = (seconds: number) => slotForecastText({ kind: 'limit', seconds, bytes: 1 })
    assert.equal(limit(7_200), 'lost in 2 h')
    assert.equal(limit(40 * 86_400), 'over 30 d')
    assert.equal(slotForecastText({ kind: 'disk', seconds: 600, bytes: 1 }), 'disk full in 10 min')
    assert.equal(slotForecastText({ kind: 'unknown' }), '?')
    assert.equal(slotForecastText({ kind: 'at-risk' }), 'next checkpoint')
  })

  test('growth is told by the hour', () => {
    assert.deepEqual([null, 0, 0.1, MB / 3600, (-10 * MB) / 3600].map(growthText), [
      '?',
      'steady',
      'steady',
      '+1 MB/h',
      '-10 MB/h',
    ])
  })

  test('many are told by the million', () => {
    assert.deepEqual([12, 99_999, 150_000, 1_730_500, 182_400_000].map(shortCount), [
      '12',
      '99999',
      '0.2 M',
      '1.7 M',
      '182 M',
    ])
  })
})

describe('databases inside the servers', () => {
  const from = (cluster: ClusterState) => [
    ...new Set(databaseSizeRows(cluster).map(({ queryResult }) => queryResult.databaseId)),
  ]

  test('a copy’s are those of its primary, in whatever order they are configured', () => {
    assert.deepEqual(from(of(aPrimary({}, { looks }), aStandby({}, { looks }))), ['db-1'])
    assert.deepEqual(from(of(aStandby({}, { looks }), aPrimary({}, { looks }))), ['db-1'])
  })

  test('a copy stands in while its primary was never read', () => {
    assert.deepEqual(from(of(aPrimary({}), aStandby({}, { looks }))), ['db-ro'])
  })

  test('two primaries are both listed, of one system or of two', () => {
    const second = (systemIdentifier?: string) =>
      aDatabase({
        id: 'db-2',
        port: 5434,
        pulse: aPrimaryPulse({ serverPort: 5434, ...(systemIdentifier ? { systemIdentifier } : {}) }),
        looks,
      })
    assert.deepEqual(from(of(aPrimary({}, { looks }), second(), aStandby({}, { looks }))), ['db-1', 'db-2'])
    assert.deepEqual(from(of(aPrimary({}, { looks }), second('7000000000000000001'))), ['db-1', 'db-2'])
  })

  test('the largest come first, unknown sizes last', () => {
    const storage = aStorage({
      databases: [
        { name: 'hidden', bytes: null, transactionAge: 1 },
        { name: 'small', bytes: 1, transactionAge: 1 },
        { name: 'large', bytes: 2, transactionAge: 1 },
      ],
    })
    const rows = databaseSizeRows(of(aPrimary({}, { looks: { storage: freshReading(storage, NOW) } })))
    assert.deepEqual(
      rows.map(({ size }) => size.name),
      ['large', 'small', 'hidden'],
    )
  })
})

describe('slots and troubles', () => {
  test('slots stand below their database', () => {
    const rows = walRows(shown(storageTrouble()))
    assert.deepEqual(
      rows.slice(0, 3).map(({ kind, id }) => [kind, id]),
      [
        ['database', 'db-1'],
        ['slot', 'slot:db-1/ro_slot'],
        ['slot', 'slot:db-1/old_standby'],
      ],
    )
    assert.deepEqual(
      rows.flatMap((row) => (row.kind === 'slot' && row.isLast ? [row.slot.name] : [])),
      ['warehouse'],
    )
  })

  test('one in use is as safe as its consumer, one without is not', () => {
    const slots = (active: boolean) => [aSlot({ active, retainedBytes: MB, safeBytes: 100 * MB })]
    const cluster = (active: boolean) => of(aPrimary({ slots: slots(active) }, { looks, history: writing(MB) }))
    assert.deepEqual(storageFindings(cluster(true)), [])
    assert.deepEqual(storageFindings(cluster(false)), [
      { severity: 'warning', text: 'slot ro_slot on db-1 is inactive, and it is lost in 2 min' },
    ])
  })

  test('nothing is wrong in a calm cluster; the worst comes first in another', () => {
    assert.deepEqual(storageFindings(shown(storageCalm())), [])
    const all = storageFindings(shown(storageTrouble()))
    const severities = all.map(({ severity }) => severity)
    assert.deepEqual(severities, [...severities].sort())
    const texts = all.map(({ text }) => text).join('\n')
    for (const part of [
      'reporting on db-1 is lost',
      'archiving fails on db-1',
      '/srv/pg/pg_wal of db-1 and db-ro',
      'shop on db-1',
    ]) {
      assert.ok(texts.includes(part), `${part} is missing in\n${texts}`)
    }
  })
})
