import assert from 'node:assert/strict'
import { test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aPrimary, aStandby, NOW } from '../../builders/snapshot.ts'

test('a standby that does not tell whether its replay is paused is not told to be', () => {
  const pictureOf = (pause: 'paused' | null) =>
    derivePicture(aCluster({ databases: [aPrimary(), aStandby({ standby: { pause } })] }), null, NOW)
  const rules = (pause: 'paused' | null) => pictureOf(pause).alerts.map(({ rule }) => rule)
  assert.deepEqual([rules('paused'), rules(null)], [['replay-paused'], []])
  assert.equal(pictureOf(null).databases[1]?.replayPause, null)
})
