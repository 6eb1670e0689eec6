// The highest figures of a report: when, how much, and what they were at the end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFigureSummary } from '../../../src/model/events/incident-figures.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'

function picture(at: number, lag: number | null, status: string, sessions: number | null): Picture {
  return {
    at,
    servers: [],
    databases: [{ id: 'db-1', status, sessions: sessions === null ? null : { total: sessions } }],
    links: [{ downstreamId: 'db-ro', downstreamName: 'db-ro', lag: { bytes: lag, seconds: null } }],
  } as unknown as Picture
}

test('the highest of each figure, and the last', () => {
  const summary = createFigureSummary()
  for (const each of [
    picture(1_000, 10, 'active', 5),
    picture(2_000, 80, 'inactive', null),
    picture(5_000, null, 'inactive', null),
    picture(7_000, 20, 'active', 9),
    picture(9_000, 0, 'inactive', 7),
  ])
    summary.add(each)
  assert.deepEqual(summary.figures(), [
    { subject: 'db-1', figure: 'inactive-seconds', highest: 3, at: 5_000, last: 0 },
    { subject: 'db-ro', figure: 'lag-bytes', highest: 80, at: 2_000, last: 0 },
    { subject: 'db-1', figure: 'sessions', highest: 9, at: 7_000, last: 7 },
  ])
})
