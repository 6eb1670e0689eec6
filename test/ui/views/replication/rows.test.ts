// What is told of a link: identity, speeds, catching up, waiting commits, and ends that differ.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { State } from '../../../../src/state/state.ts'
import { UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { lagStageBar } from '../../../../src/ui/views/replication/columns.ts'
import { type LinkRow, linkRows } from '../../../../src/ui/views/replication/rows.ts'
import { replicationLinks } from '../../../builders/replication-screens.ts'
import { cascade, healthy, splitBrain, stateOf } from '../../../builders/screens.ts'
import { aCluster, aPrimary, aSender, aStandby } from '../../../builders/snapshot.ts'

const rowsOf = ({ clusters: [cluster] }: State): readonly LinkRow[] => (cluster ? linkRows(cluster) : [])

function row(state: State, id: string): LinkRow {
  const found = rowsOf(state).find((each) => each.id === id)
  assert.ok(found, `no ${id} among ${rowsOf(state).map((each) => each.id)}`)
  return found
}

describe('links', () => {
  test('come as the databases are drawn, unwatched ends last; a watched end is told by its id alone', () => {
    assert.deepEqual(
      rowsOf(cascade()).map(({ id }) => id),
      [
        'db-1>west-1',
        'db-1>east-1',
        'db-1>reporting at 127.0.0.1@5999',
        'west-1>west-2',
        'west-1>west-3',
        'east-1>east-2',
      ],
    )
    assert.deepEqual(rowsOf(splitBrain()), [])
  })

  test('speeds are those of both ends; none is made up', () => {
    const west = row(replicationLinks(), 'db-1>db-west')
    assert.equal(west.writes, 1.5 * 1024 ** 2)
    assert.ok((west.replays ?? 0) < (west.writes ?? 0))
    const [calm] = rowsOf(healthy())
    assert.deepEqual([calm?.writes, calm?.receives, calm?.replays], [null, null, null])
  })

  test('catching up: in time, never, cut off or paused, each with the reason', () => {
    const state = replicationLinks()
    assert.equal(row(state, 'db-1>db-east').catchUp, 0)
    const west = row(state, 'db-1>db-west')
    assert.equal(west.catchUp, 'never')
    assert.match(
      west.problemText ?? '',
      /db-west does not catch up: db-1 writes 1\.5 MB\/s, db-west replays 1\.4 MB\/s/,
    )
    assert.equal(row(state, 'db-1>db-dark').catchUp, 'cut off')
    const behind = aSender({ applicationName: 'db-ro', replayedLsn: 0x59000000n })
    const position = { pause: 'paused', replayedLsn: 0x59000000n } as const
    const paused = stateOf([
      aCluster({ databases: [aPrimary({ senders: [behind] }), aStandby({ standby: position })] }),
    ])
    assert.equal(row(paused, 'db-1>db-ro').catchUp, 'paused')
  })

  test('what commits wait for: quorum and place', () => {
    assert.equal(row(replicationLinks(), 'db-1>db-east').sync, 'quorum 1 of 2')
    const sender = aSender({ applicationName: 'db-ro', sync: 'sync' })
    const ordered = stateOf([
      aCluster({
        databases: [aPrimary({ senders: [sender], synchronousStandbyNames: 'FIRST 1 (other, "db-ro")' }), aStandby()],
      }),
    ])
    assert.equal(row(ordered, 'db-1>db-ro').sync, 'sync 2nd')
  })

  test('ends that differ are told, ends that agree are not', () => {
    const state = replicationLinks()
    assert.equal(row(state, 'db-1>db-torn').contradiction, 'db-1 sends (streaming), but db-torn has no walreceiver')
    assert.equal(row(state, 'db-1>db-east').contradiction, null)
    // One end is not read: nothing can be compared.
    assert.equal(row(state, 'db-1>db-dark').contradiction, null)
  })
})

describe('the bar', () => {
  const lag = { bytes: 80, seconds: 1, sentBytes: 20, writtenBytes: 40, flushedBytes: 40, replayedBytes: 80 }

  test('is split by what holds the bytes up, the source at the left', () => {
    assert.equal(lagStageBar(lag, 160, 16, UNICODE_GLYPHS), '██▓▓░░░░────────')
  })

  test('nothing behind is a rule; the least lag is seen; more than the scale fits', () => {
    const none = { ...lag, bytes: 0, sentBytes: 0, writtenBytes: 0, flushedBytes: 0, replayedBytes: 0 }
    assert.equal(lagStageBar(none, 100, 4, UNICODE_GLYPHS), '────')
    assert.equal(lagStageBar({ ...none, bytes: 1, replayedBytes: 1 }, 1e9, 4, UNICODE_GLYPHS), '░───')
    assert.equal(lagStageBar({ ...none, bytes: 900, replayedBytes: 900 }, 100, 4, UNICODE_GLYPHS), '░░░░')
    assert.equal(lagStageBar({ ...none, bytes: null }, 100, 4, UNICODE_GLYPHS), '')
  })
})
