import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { instantOf, LOG_TIME } from '../../../../src/model/logs/entries/log-time.ts'

/** The time of a line, the server's log_timezone, and the instant; null: not certain. */
const TABLE: readonly (readonly [string, string | null, string | null])[] = [
  ['2026-11-29 12:13:14.123 UTC', null, '2026-11-29T12:13:14.123Z'],
  ['2026-11-29 12:13:14 GMT', null, '2026-11-29T12:13:14Z'],
  ['2026-11-29T12:13:14.5Z', null, '2026-11-29T12:13:14.5Z'],
  ['2026-11-29 12:13:14+01', null, '2026-11-29T11:13:14Z'],
  ['2026-11-29 12:13:14.000 +0530', null, '2026-11-29T06:43:14Z'],
  ['2026-11-29 12:13:14.000 -03', 'America/Sao_Paulo', '2026-11-29T15:13:14Z'],
  ['2026-11-29 12:13:14.000 CET', 'Europe/Berlin', '2026-11-29T11:13:14Z'],
  ['2026-07-29 12:13:14.000 CEST', 'Europe/Berlin', '2026-07-29T10:13:14Z'],
  ['2026-11-29 12:13:14.000 EST', 'America/New_York', '2026-11-29T17:13:14Z'],
  ['2026-11-29 12:13:14.000 CST', 'Asia/Shanghai', '2026-11-29T04:13:14Z'],
  ['2026-11-29 12:13:14.000 CST', 'America/Chicago', '2026-11-29T18:13:14Z'],
  ['2026-11-29 12:13:14.000 IST', 'Asia/Kolkata', '2026-11-29T06:43:14Z'],
  ['2026-11-29 12:13:14.000 MSK', 'posix/Europe/Moscow', '2026-11-29T09:13:14Z'],
  ['2026-11-29 12:13:14.000 CET', null, '2026-11-29T11:13:14Z'],
  ['2026-11-29 12:13:14.000 MSK', null, '2026-11-29T09:13:14Z'],
  ['2026-11-29 12:13:14.000 CST', null, null],
  ['2026-11-29 12:13:14.000', null, null],
  ['2026-11-29 12:13:14.000 XYZ', 'Nowhere/Land', null],
  // The zone was another one when the line was written.
  ['2026-11-29 12:13:14.000 UTC', 'Europe/Berlin', '2026-11-29T12:13:14Z'],
  // The hour that comes twice: the abbreviation tells which.
  ['2026-10-25 02:30:00.000 CEST', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
  ['2026-10-25 02:30:00.000 CET', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
  ['2026-11-01 01:10:00.000 EDT', 'America/New_York', '2026-11-01T05:10:00Z'],
  ['2026-11-01 01:10:00.000 EST', 'America/New_York', '2026-11-01T06:10:00Z'],
  ['2026-11-01 01:10:00.000 CDT', 'America/Chicago', '2026-11-01T06:10:00Z'],
  ['2026-11-01 01:10:00.000 CST', 'America/Chicago', '2026-11-01T07:10:00Z'],
  ['2026-04-05 02:10:00.000 ACST', 'Australia/Adelaide', '2026-04-04T16:40:00Z'],
  ['no time', 'Europe/Berlin', null],
]

describe('the time of a log line', () => {
  for (const [text, zone, expected] of TABLE) {
    test(`${text} in ${zone}`, () => {
      const at = instantOf(LOG_TIME.exec(text), zone, null)
      assert.equal(at === null ? null : new Date(at).toISOString(), expected && new Date(expected).toISOString())
    })
  }

  test('of an hour that comes twice follows the entry before', () => {
    const later = Date.parse('2026-11-01T06:10:00Z')
    const found = LOG_TIME.exec('2026-11-01 01:30:00.000 XYZ')
    assert.equal(instantOf(found, 'America/New_York', later), Date.parse('2026-11-01T06:30:00Z'))
    assert.equal(instantOf(found, 'America/New_York', null), Date.parse('2026-11-01T05:30:00Z'))
  })
})
