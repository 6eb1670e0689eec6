// What other limits change: each episode is compared with the one that it overlaps.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AlertEpisode, episodeChanges } from '../../../src/model/alerts/alert-episodes.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'

function episode(from: number, to: number, over: Partial<AlertEpisode> = {}): AlertEpisode {
  const alert = { rule: 'sessions', subject: subjectOf('db-1'), severity: 'warning', message: 'many' } as const
  return { ...alert, since: from * 1_000, until: to * 1_000, isOpen: false, ...over }
}

const told = (before: readonly AlertEpisode[], after: readonly AlertEpisode[]) =>
  episodeChanges(before, after).map((change) =>
    [change.before, change.after].map((side) => side && [side.severity, side.since / 1_000, side.until / 1_000]),
  )

test('the same, or a few seconds apart, is no change', () => {
  assert.deepEqual(told([episode(10, 100)], [episode(12, 100)]), [])
})

test('one that is shorter, worse, split or gone is a change', () => {
  assert.deepEqual(told([episode(0, 600)], [episode(100, 600)]), [
    [
      ['warning', 0, 600],
      ['warning', 100, 600],
    ],
  ])
  assert.deepEqual(told([episode(0, 60)], [episode(0, 60, { severity: 'critical' })]), [
    [
      ['warning', 0, 60],
      ['critical', 0, 60],
    ],
  ])
  assert.deepEqual(told([episode(0, 600)], [episode(0, 10), episode(100, 110), episode(300, 320)]).length, 3)
  assert.deepEqual(told([episode(0, 60)], []), [[['warning', 0, 60], null]])
  assert.deepEqual(told([episode(0, 60)], [episode(0, 60, { subject: subjectOf('db-2') })]).length, 2)
})
