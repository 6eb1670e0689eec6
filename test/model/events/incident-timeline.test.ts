import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type IncidentTimeline, incidentMarkdown } from '../../../src/model/events/incident-timeline.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'

const at = (time: string) => Date.parse(`2026-11-22T${time}Z`)
const EMPTY: IncidentTimeline = {
  cluster: 'vault',
  from: at('14:00:00'),
  to: at('15:00:00'),
  entries: [],
  alerts: [],
  now: [],
  figures: [],
  missing: [],
}

describe('the timeline as Markdown', () => {
  test('has everything in the order of time, with its kind', () => {
    const text = incidentMarkdown({
      ...EMPTY,
      entries: [
        { at: at('14:32:07.123'), kind: 'act', subject: 'db-ro', text: 'promote: done (ann from 10.0.0.9)' },
        { at: at('14:31:55'), kind: 'state', subject: 'db-1', text: 'db-1 is down' },
      ],
      alerts: [
        {
          rule: 'database-inactive',
          severity: 'critical',
          subject: subjectOf('db-1'),
          message: 'it is down',
          since: at('14:31:55'),
        },
      ],
      now: ['Health: critical.'],
      figures: [{ subject: 'db-ro', figure: 'lag-bytes', highest: 2048, at: at('14:40:00'), last: 0 }],
      missing: ['db-1: its log: not allowed'],
    })
    const rows = text.split('\n').filter((line) => line.startsWith('| 1'))
    assert.deepEqual(rows, [
      '| 14:31:55.000 | state | db-1 | db-1 is down |',
      '| 14:32:07.123 | **act** | db-ro | promote: done (ann from 10.0.0.9) |',
    ])
    assert.match(text, /^# What happened in vault\n\nFrom 2026-11-22 14:00:00 UTC to 2026-11-22 15:00:00 UTC/)
    assert.match(text, /- critical: database-inactive of db-1, since 2026-11-22 14:31:55 UTC: it is down/)
    assert.match(text, /\| db-ro \| behind its upstream \| 2 kB \| 2026-11-22 14:40:00 UTC \| 0 B \|/)
    assert.match(text, /## Could not be read\n\n- db-1: its log: not allowed/)
  })

  test('says so when nothing was noted', () => {
    const text = incidentMarkdown(EMPTY)
    assert.match(text, /No entries for this time\./)
    assert.match(text, /Alerts in force \(0\)\n\nNone\./)
  })

  test('days are named once there are several', () => {
    const entries = [at('23:59:00'), at('23:59:00') + 120_000].map((when) => {
      return { at: when, kind: 'task', subject: null, text: 'x' } as const
    })
    assert.match(incidentMarkdown({ ...EMPTY, entries }), /\| 2026-11-23 00:01:00\.000 \| task \| {2}\|/)
  })

  test('hostile text and secrets stay in their cell', () => {
    const text = 'a | b\n| <img src=x> [x](y) `c` password=S3cret \x1b[31m'
    const entries = [{ at: at('14:00:00'), kind: 'log', subject: '*', text } as const]
    const row = incidentMarkdown({ ...EMPTY, entries })
      .split('\n')
      .find((line) => line.startsWith('| 14'))
    assert.equal(
      row,
      '| 14:00:00.000 | server log | \\* | a \\| b \\| &lt;img src=x\\> \\[x\\](y) \\`c\\` password=\\[redacted\\]  |',
    )
  })
})
