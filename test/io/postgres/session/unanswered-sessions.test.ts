// How long no further session is opened where the server owes answers: by the time that it has owed them.

import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { type PendingAnswer, UnansweredSessions } from '../../../../src/io/postgres/session/unanswered-sessions.ts'

const SECOND = 1_000

function sessions() {
  const clock = { now: 0 }
  const unanswered = new UnansweredSessions({ host: 'db.test', port: 5432 }, () => clock.now)
  const leave = (owed: PendingAnswer = 'session') => {
    // Read on, as the driver does.
    const stream = new PassThrough().resume()
    unanswered.leave(stream, owed)
    return stream
  }
  return { clock, unanswered, leave }
}

test('many that are given up within a moment hold the next one back for ten seconds, not for minutes', () => {
  const { clock, unanswered, leave } = sessions()
  for (let count = 0; count < 10; count++) {
    assert.equal(unanswered.fault(), null, `after ${count}`)
    leave()
    clock.now += 100
  }
  assert.match(unanswered.fault()?.hint ?? '', /no further session for 10 s/)
  clock.now = 11 * SECOND
  assert.equal(unanswered.fault(), null)
})

test('each further one that stays unanswered doubles the time to the next, up to five minutes', () => {
  const { clock, unanswered, leave } = sessions()
  for (let count = 0; count < 3; count++) leave()
  clock.now = 6 * SECOND
  const pauses: number[] = []
  while (pauses.length < 9) {
    const from = clock.now
    while (unanswered.fault() !== null) clock.now += SECOND
    pauses.push((clock.now - from) / SECOND)
    leave()
  }
  assert.deepEqual(pauses, [4, 10, 20, 40, 80, 160, 300, 300, 300])
})

test('one that is answered makes room at once', () => {
  const { clock, unanswered, leave } = sessions()
  leave()
  leave()
  const answered = leave()
  clock.now = 6 * SECOND
  assert.equal(unanswered.fault()?.code, 'timeout')
  answered.write('x')
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => assert.equal(unanswered.fault(), null))
})

test('a server that opened no session is silent, whichever session was given up last; one that opened all is slow', () => {
  for (const [owed, code] of [
    [['session', 'session', 'answer'], 'timeout'],
    [['answer', 'answer', 'session'], 'timeout'],
    [['answer', 'answer', 'answer'], 'slow'],
  ] as const) {
    const { clock, unanswered, leave } = sessions()
    for (const each of owed) leave(each)
    clock.now = 6 * SECOND
    assert.equal(unanswered.fault()?.code, code, owed.join())
  }
})

test('connections that were lost on the way hold nothing back once the server has answered another', () => {
  const { clock, unanswered, leave } = sessions()
  for (let count = 0; count < 5; count++) leave()
  clock.now = 6 * SECOND
  assert.equal(unanswered.fault()?.code, 'timeout')
  clock.now = 17 * SECOND
  unanswered.answered()
  // Much later one more is given up: it is the first, whatever became of the old ones.
  clock.now = 600 * SECOND
  leave()
  assert.equal(unanswered.fault(), null)
  leave()
  leave()
  clock.now += 6 * SECOND
  assert.match(unanswered.fault()?.hint ?? '', /no further session for 4 s/)
})

test('where the server answers some and never others, those do not pile up', () => {
  const { clock, unanswered, leave } = sessions()
  let opened = 0
  for (clock.now = 0; clock.now < 3600 * SECOND; clock.now += SECOND) {
    if (unanswered.fault() !== null) continue
    unanswered.answered()
    leave('answer')
    opened++
  }
  assert.ok(opened < 30, `${opened} in an hour`)
})
