// What is said of a loss promises no more than was read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BEFORE_PLAN, type LossEstimate, lossPhrase, lossSentence } from '../../../src/model/failover/loss-text.ts'

const loss = (over: Partial<LossEstimate>): LossEstimate => ({
  lossBytes: 0,
  lossSeconds: 0,
  lossBound: 'at-least',
  basisAgeMs: 42_000,
  ...over,
})
const SOME = { lossBytes: 13_002_342, lossSeconds: 3.1 }

const CASES: readonly (readonly [Partial<LossEstimate>, string, string])[] = [
  [{}, 'lose an unknown amount, last seen 42 s ago', 'unknown: what db-1 wrote after it was last seen 42 s ago'],
  [
    SOME,
    'lose at least 12.4 MB / 3.1 s, last seen 42 s ago',
    'at least 12.4 MB / 3.1 s, last seen 42 s ago; what db-1 wrote after that is unknown',
  ],
  [
    { ...SOME, lossSeconds: null },
    'lose at least 12.4 MB, last seen 42 s ago',
    'at least 12.4 MB, last seen 42 s ago; what db-1 wrote after that is unknown',
  ],
  [{ lossBound: 'as-read', basisAgeMs: 900 }, 'lose 0 B', '0 B of commits, as read 0 s ago'],
  [
    { ...SOME, lossBound: 'as-read', basisAgeMs: 2000 },
    'lose 12.4 MB / 3.1 s of commits',
    '12.4 MB / 3.1 s of commits, as read 2 s ago',
  ],
  [
    { lossBound: 'none-confirmed' },
    'lose no confirmed commit (sync)',
    'no confirmed commit, if no session switched synchronous_commit off: they waited for synchronous standbys, last seen 42 s ago',
  ],
  [
    { lossBytes: null, lossSeconds: null, lossBound: null },
    'lose an unknown amount',
    'unknown: how much it lacks of what db-1 wrote last',
  ],
]

for (const [given, short, long] of CASES) {
  test(`${given.lossBound ?? 'at-least'}: ${short}`, () => {
    assert.equal(lossPhrase(loss(given)), short)
    assert.equal(lossSentence(loss(given), 'db-1', 'ago'), long)
    const inPlan = lossSentence(loss(given), 'db-1', BEFORE_PLAN)
    assert.equal(inPlan, long.replaceAll(/ s ago/g, ' s before this plan'))
    assert.doesNotMatch(`${short} ${long}`, /nothing/)
  })
}
