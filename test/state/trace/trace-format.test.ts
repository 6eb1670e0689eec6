import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Event } from '../../../src/state/event.ts'
import { replayTrace, traceSizeAt } from '../../../src/state/trace/replay.ts'
import {
  parseTrace,
  TraceError,
  type TraceHead,
  traceHeadLine,
  traceLine,
} from '../../../src/state/trace/trace-format.ts'
import { aPlan, aRun } from '../../builders/action-screens.ts'
import { aVault } from '../../builders/snapshot.ts'

const HEAD: TraceHead = {
  pgdeck: '0.1.0',
  node: 'v24.0.0',
  system: 'linux x64',
  timeZone: 'UTC',
  initial: { clusters: [aVault().spec], now: 1_000 },
}

function traceOf(events: readonly Event[]): string {
  return traceHeadLine(HEAD) + events.map((event, index) => traceLine({ at: 1_000 + index, event })).join('')
}

const VAULT = aVault().spec.name
const ASKED = { cluster: VAULT, action: 'promote', target: 'db-ro', input: {}, overrides: {} }

describe('the lines of a trace', () => {
  test('hold no secret: not of a connection string, a statement, a header, nor one under its name', () => {
    const text = [
      'postgresql://app:hunter2secret@db-a:5432/app',
      "ALTER ROLE app PASSWORD 'hunter2secret'",
      'Authorization: Bearer hunter2secretAAAABBBBCCCC',
      'password=hunter2secret',
    ]
    const events: readonly Event[] = [
      ...text.map((each): Event => ({ type: 'notified', notice: { at: 1, severity: 'error', text: each } })),
      { type: 'names-loaded', cluster: VAULT, names: { db_password: 'hunter2secret' } },
    ]
    const written = traceOf(events)
    assert.doesNotMatch(written, /hunter2secret/)
    assert.equal(parseTrace(written).entries.length, events.length)
  })

  test('mask what is being typed unless it is a short word: half a secret has no shape yet', () => {
    const typed = (text: string): Event => ({ type: 'typed', text })
    const { entries } = parseTrace(traceOf([typed('db-ro'), typed('postgresql://app:hunt'), typed('password=h')]))
    const texts = entries.map((entry) => ('event' in entry && entry.event.type === 'typed' ? entry.event.text : null))
    assert.deepEqual(texts, ['db-ro', '•'.repeat(21), '•'.repeat(10)])
  })

  test('are read up to the last whole one', () => {
    const whole = traceOf([{ type: 'pause-set', paused: true }])
    const torn = parseTrace(`${whole}{"at":1001,"event":{"type":"pau`)
    assert.equal(torn.isTorn, true)
    assert.equal(torn.entries.length, 1)
    assert.equal(parseTrace(whole).isTorn, false)
  })

  test('of version 1 are read with the names of now', () => {
    const events: readonly Event[] = [
      { type: 'port-checked', cluster: VAULT, checks: [] },
      { type: 'acting-loaded', cluster: VAULT, actingPrimary: null },
      { type: 'pause-set', paused: true },
    ]
    const now = traceOf(events)
    const then = now
      .replace('"version":2', '"version":1')
      .replace('"checks":[]', '"knocks":[]')
      .replace('"actingPrimary":null', '"acting":null')
    assert.notEqual(then, now)
    assert.deepEqual(parseTrace(then).entries, parseTrace(now).entries)
  })

  test('that are no trace are told', () => {
    const head = traceHeadLine(HEAD)
    const wrong = {
      '': /not a trace/,
      '{"level":30}\n': /not a trace/,
      [head.replace('"version":2', '"version":3')]: /has version 3/,
      [`${head}nonsense\n`]: /line 2 is not JSON/,
      [`${head}{"at":"now"}\n`]: /line 2 is not a line/,
    }
    for (const [text, message] of Object.entries(wrong))
      assert.throws(() => parseTrace(text), { name: new TraceError().name, message })
  })
})

describe('a replay', () => {
  test('shows the plan that was asked for', () => {
    const plan = aPlan()
    const events: readonly Event[] = [
      { type: 'action-planning', asked: ASKED },
      { type: 'action-planned', asked: ASKED, run: aRun(plan) },
    ]
    assert.equal(replayTrace(parseTrace(traceOf(events))).action?.current.phase, 'planned')
  })

  test('ends at the moment that is asked for', () => {
    const trace = parseTrace(
      traceOf([
        { type: 'pause-set', paused: true },
        { type: 'pause-set', paused: false },
      ]),
    )
    assert.equal(replayTrace(trace, { until: 1_000 }).paused, true)
    assert.equal(replayTrace(trace).paused, false)
  })

  test('knows how large the terminal was', () => {
    const sizes = [80, 120].map((columns, index) =>
      traceLine({ at: 2_000 + index * 1_000, size: { columns, rows: 24 } }),
    )
    const trace = parseTrace(traceHeadLine(HEAD) + sizes.join(''))
    assert.equal(traceSizeAt(trace, 1_500)?.columns, 80)
    assert.equal(traceSizeAt(trace, 2_999)?.columns, 80)
    assert.equal(traceSizeAt(trace, 3_000)?.columns, 120)
    assert.equal(traceSizeAt(parseTrace(traceHeadLine(HEAD)), 1_500), null)
  })
})
