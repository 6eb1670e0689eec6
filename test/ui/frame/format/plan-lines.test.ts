// What a plan says of its cost: `none` only where the act itself sees to it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Impact, noImpact } from '../../../../src/model/runs/plan.ts'
import { impactLines } from '../../../../src/ui/frame/format/plan-lines.ts'

const SOME = { lossBytes: 13_002_342, lossSeconds: 3.1 }
const UNKNOWN = { lossBytes: null, lossSeconds: null }
const OLD = { lossBound: 'at-least', lossAgeSeconds: 42 } as const

const CASES: readonly (readonly [Partial<Impact>, string, string])[] = [
  [{}, 'none', 'plain'],
  [SOME, '12.4 MB, 3.1 s of commits', 'critical'],
  [UNKNOWN, 'unknown', 'critical'],
  [{ ...UNKNOWN, lossBound: null }, 'unknown', 'critical'],
  [OLD, 'unknown: what was written after it was last seen 42 s before this plan', 'warning'],
  [
    { ...SOME, ...OLD },
    'at least 12.4 MB, 3.1 s of commits, last seen 42 s before this plan; WAL written after that is unknown',
    'critical',
  ],
  [{ lossBound: 'as-read', lossAgeSeconds: 1.2 }, '0 B, as read 1 s before this plan', 'plain'],
  [
    { ...OLD, lossBound: 'none-confirmed' },
    'none that was confirmed, if no session switched synchronous_commit off',
    'plain',
  ],
]

for (const [given, words, style] of CASES) {
  test(`${given.lossBound ?? 'exact'}: ${words}`, () => {
    const [, told] = impactLines({ ...noImpact('it is so'), ...given })
    assert.deepEqual(
      told?.map((part) => [part.text, part.style ?? 'plain']),
      [
        ['  commits lost   ', 'dim'],
        [words, style],
      ],
    )
  })
}
