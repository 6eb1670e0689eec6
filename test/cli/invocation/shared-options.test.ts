// `--at 02:30`: the last such time of the local clock, also around the day when the clock skips it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOption } from '../../../src/cli/invocation/shared-options.ts'

process.env.TZ = 'Europe/Berlin'

test('a time that the clock skips later today is that of yesterday', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-03-29T00:30:00Z') })
  assert.equal(atOption().parseArg?.('02:30', undefined), Date.parse('2026-03-28T01:30:00Z'))
  assert.equal(atOption().parseArg?.('01:15', undefined), Date.parse('2026-03-29T00:15:00Z'))
})
