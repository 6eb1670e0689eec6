// A recording gives back what was on the screen: the same pictures from the stored lines, without secrets and statements.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Event } from '../../../src/state/event.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { exportedLines } from '../../../src/state/recording/exported-lines.ts'
import { marksBetween, storedMark } from '../../../src/state/recording/marks.ts'
import { parseSegment, RecordingError } from '../../../src/state/recording/recording-decoder.ts'
import { createRecordingEncoder } from '../../../src/state/recording/recording-encoder.ts'
import { replaySegment } from '../../../src/state/recording/replay-segment.ts'
import { reduce } from '../../../src/state/reduce.ts'
import type { State, StateHistory } from '../../../src/state/state.ts'
import { createStore } from '../../../src/state/store.ts'
import { withThresholds } from '../../../src/state/trace/older-versions.ts'
import { parseTrace } from '../../../src/state/trace/trace-format.ts'
import { aPrimaryPulse } from '../../builders/snapshot.ts'

const trace = parseTrace(
  readFileSync(fileURLToPath(new URL('../../traces/primary-lost.jsonl', import.meta.url)), 'utf8'),
)
const { entries } = trace
const head = {
  ...trace.head,
  initial: { ...trace.head.initial, clusters: trace.head.initial.clusters.map(withThresholds) },
}
const events = entries.flatMap((entry) => ('event' in entry ? [entry] : []))

/** The trace as a recording that begins after some of its events; and every state that was shown. */
function recorded(beginsAfter: number, statements = false) {
  const shown: State[] = []
  let now = head.initial.now
  const store = createStore(initialState({ ...head.initial, records: true }), {
    clock: () => now,
    derives: 'when told',
  })
  const encoder = createRecordingEncoder({ statements })
  let text = ''
  store.subscribe(() => {
    const before = shown.at(-1)?.clusters ?? []
    if (text !== '') text += encoder.derived(before, store.published().clusters) ?? ''
    shown.push(store.published())
  })
  for (const [index, { at, event }] of events.entries()) {
    now = at
    if (index === beginsAfter) text = [...encoder.keyframe(store.latest())].join('')
    if (index >= beginsAfter) text += encoder.event(event, at) ?? ''
    store.dispatch(event)
  }
  return { text, shown }
}

const ALL = { after: 0, until: Number.POSITIVE_INFINITY }

function played(text: string, limits = ALL): StateHistory {
  return ended(replaySegment(parsed(text), limits))
}

function ended<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

const parsed = (text: string) => ended(parseSegment(text))

const facts = (moments: StateHistory) =>
  moments.map(({ at, clusters }) => ({ at, pictures: clusters.map(({ picture }) => picture) }))

describe('a recording', () => {
  for (const beginsAfter of [0, 10, Math.floor(events.length / 2)]) {
    test(`has each moment as it was shown, when it begins after ${beginsAfter} events`, () => {
      const { text, shown } = recorded(beginsAfter)
      const moments = played(text)
      const last = shown.at(-1)
      assert.ok(moments.length > 3, String(moments.length))
      assert.deepEqual(facts(moments), facts(last?.history.slice(-moments.length) ?? []))
      assert.deepEqual(moments.at(-1)?.clusters[0]?.events, last?.clusters[0]?.events)
    })
  }

  test('is far smaller than the trace', () => {
    const whole = events.reduce(
      (sum, entry) => sum + JSON.stringify(entry, (_, v) => (typeof v === 'bigint' ? `${v}` : v)).length,
      0,
    )
    assert.ok(recorded(0).text.length < whole * 0.6, `${recorded(0).text.length} of ${whole}`)
  })

  test('is played between two times', () => {
    const { text } = recorded(0)
    const moments = played(text)
    const third = moments[2]?.at ?? 0
    assert.deepEqual(facts(played(text, { ...ALL, until: third })), facts(moments.slice(0, 3)))
    assert.deepEqual(
      facts(played(text, { ...ALL, after: third }))
        .map(({ at }) => at)
        .slice(0, 1),
      [moments[3]?.at],
    )
  })

  test('marks the loss of the primary', () => {
    const moments = played(recorded(0).text)
    const marks = moments.flatMap((moment, index) => marksBetween(moments[index - 1]?.clusters ?? [], moment.clusters))
    assert.ok(
      marks.some(
        ({ kind, severity, text }) => kind === 'alert' && severity === 'critical' && /^database-inactive/.test(text),
      ),
    )
  })

  test('that is cut anywhere shows what is whole, or says what is missing', () => {
    const { text } = recorded(0)
    const whole = text.indexOf('["whole"]\n') + '["whole"]\n'.length
    assert.throws(() => parsed(text.slice(0, whole - 2)), RecordingError)
    for (const length of [whole, whole + 1_000, whole + 5_003, text.length - 1])
      assert.ok(parsed(text.slice(0, length)).entries.length < events.length)
    assert.throws(() => parsed(text.replace('["whole"]', '["whole"')), RecordingError)
    assert.throws(() => parsed('\n'), RecordingError)
  })

  test('of an older version, whose pictures lack what newer ones have, is shown', () => {
    const older = recorded(10)
      .text.split('\n')
      .filter((line) => !/^\["picture(-item)?","(runs|otherSenders|links)"/.test(line))
      .join('\n')
    assert.ok(older.length < recorded(10).text.length)
    const moments = played(older)
    assert.equal(moments.at(-1)?.clusters[0]?.picture?.health, 'critical')
  })

  test('with a list that it does not begin, or a picture as a whole, changes nothing of the program', () => {
    const { text } = recorded(0)
    for (const line of ['["picture-item","__proto__","x"]', '["field","picture",[]]\n["picture-item","__proto__","x"]'])
      assert.throws(() => parsed(text.replace('["whole"]', `${line}\n["whole"]`)), RecordingError)
    assert.equal(Array.prototype.length, 0)
  })

  test('lets no text of somebody else control the terminal', () => {
    const hostile = recorded(0).text.replaceAll('"db-a"', '"db-a\\u001b[2J\\u009b31m"')
    assert.equal(parsed(hostile).start.clusters[0]?.databases[0]?.spec.id, 'db-a')
  })
})

const CLUSTER = head.initial.clusters[0]?.name ?? ''
const DATABASE = head.initial.clusters[0]?.databases[0]?.id ?? ''

function activity(at: number, query: string): Event {
  const session = { pid: 1, application: 'app', query, client: null }
  const value = { sessions: [session], seesAll: true, missing: [] }
  const answer = { id: 'activity', outcome: { ok: true, value } }
  return { type: 'query-completed', cluster: CLUSTER, id: DATABASE, at, answer } as unknown as Event
}

/** Readings with this statement, or without one, in each field that can have one. */
function withStatement(at: number, text: string | null): readonly Event[] {
  const session = { pid: 1, application: 'app', role: 'app', database: 'shop', state: 'active', query: text }
  const longestStatement = text === null ? null : { ...session, query: undefined, seconds: at, text }
  const value = aPrimaryPulse({ longestStatement })
  const locks = { nodes: [session], prepared: [], syncRepWaits: [session], missing: [] }
  return [
    { type: 'database-probed', cluster: CLUSTER, id: DATABASE, at, outcome: { ok: true, value } },
    activity(at, text ?? ''),
    {
      type: 'query-completed',
      cluster: CLUSTER,
      id: DATABASE,
      at,
      answer: { id: 'locks', outcome: { ok: true, value: locks } },
    } as unknown as Event,
  ]
}

describe('what is stored', () => {
  const state = initialState(head.initial)
  const lines = (statements: boolean, queries: readonly string[]) => {
    const encoder = createRecordingEncoder({ statements })
    const start = [...encoder.keyframe(state)].join('')
    return start + queries.map((query, index) => encoder.event(activity(index, query), index)).join('')
  }

  test('has no statement unless that is asked for', () => {
    const text = lines(false, ["SELECT 'patient 17'", "SELECT 'patient 18'"])
    assert.doesNotMatch(text, /patient/)
    assert.match(text, /statement not recorded/)
    assert.match(lines(true, ["SELECT 'patient 17'", "SELECT 'patient 18'"]), /patient 17.*\n.*patient 18/)
  })

  test('has no statement in any field that has one, neither in a state nor in what changed', () => {
    const events = [
      ...["SELECT 'patient 1'", "SELECT 'patient 2'"].flatMap((text, index) => withStatement(index, text)),
      ...withStatement(2, null),
      ...withStatement(3, "SELECT 'patient 3'"),
    ]
    const linesOf = (statements: boolean) => {
      const encoder = createRecordingEncoder({ statements })
      const start = [...encoder.keyframe(state)].join('')
      const changes = events.map((event, index) => encoder.event(event, index)).join('')
      // The next segment begins with what was read.
      const read = [...encoder.keyframe(events.reduce(reduce, state))].join('')
      return [start + changes, read] as const
    }
    const hidden = linesOf(false)
    for (const text of hidden) assert.doesNotMatch(text, /patient/)
    for (const text of linesOf(true)) {
      assert.match(text, /patient 3/)
      assert.doesNotMatch(exportedLines(text, { statements: false }), /patient/)
      assert.match(exportedLines(text, { statements: true }), /patient 3/)
    }
    assert.doesNotThrow(() => played(hidden[0]))
  })

  test('has no secret, also in what changed', () => {
    const secret = "ALTER ROLE app PASSWORD 'hunter2'"
    assert.doesNotMatch(lines(true, [secret, 'SELECT 1', secret]), /hunter2/)
  })

  test('has no secret in its marks, and an export takes those out that a file has', () => {
    const text = "could not connect: password='hunter2'"
    const mark = { at: 0, cluster: 'c', kind: 'alert', severity: 'critical', subject: 'db', text } as const
    assert.doesNotMatch(JSON.stringify(storedMark(mark)), /hunter2/)
    const older = `["whole"]\n${JSON.stringify(['event', 0, 'key', { type: 'x', message: text }])}\n`
    assert.doesNotMatch(exportedLines(older, { statements: true }), /hunter2/)
  })

  test('is exported without statements that were recorded, and for one cluster alone', () => {
    const text = lines(true, ["SELECT 'patient 17'", "SELECT 'patient 18'"])
    assert.doesNotMatch(exportedLines(text, { statements: false }), /patient/)
    assert.match(exportedLines(text, { statements: true }), /patient 18/)
    assert.equal(exportedLines(text, { statements: true, cluster: CLUSTER }), text)
    const other = exportedLines(text, { statements: true, cluster: 'other' })
    assert.doesNotMatch(other, new RegExp(DATABASE))
    assert.equal(parsed(other).start.clusters.length, 0)
  })
})
