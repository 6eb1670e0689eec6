// `--at 02:30`: the last such time of the local clock, also around the day when the clock skips it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOption, type RecordedTime } from '../../../src/cli/invocation/shared-options.ts'

process.env.TZ = 'Europe/Berlin'

function recorded(text: string): RecordedTime {
  const time = atOption().parseArg?.(text, undefined)
  assert.ok(typeof time === 'function')
  return time as RecordedTime
}

test('a time that the clock skips later today is that of yesterday', (t) => {
  const now = Date.parse('2026-03-29T00:30:00Z')
  t.mock.timers.enable({ apis: ['Date'], now })
  assert.equal(recorded('02:30')(now), Date.parse('2026-03-28T01:30:00Z'))
  assert.equal(recorded('01:15')(now), Date.parse('2026-03-29T00:15:00Z'))
})

test('in a file, a time of the day and an age count back from its end', () => {
  const end = Date.parse('2026-01-15T08:00:00Z')
  assert.equal(recorded('02:30')(end), Date.parse('2026-01-15T01:30:00Z'))
  assert.equal(recorded('22:00')(end), Date.parse('2026-01-14T21:00:00Z'))
  assert.equal(recorded('2h')(end), Date.parse('2026-01-15T06:00:00Z'))
  assert.equal(recorded('2026-01-15T07:00Z')(end), Date.parse('2026-01-15T07:00:00Z'))
})
