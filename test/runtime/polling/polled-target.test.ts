import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FaultCode, FaultError } from '../../../src/model/values/fault.ts'
import type { ProbeOutcome } from '../../../src/model/values/reading.ts'
import { createPolledTarget } from '../../../src/runtime/polling/polled-target.ts'

const LIMITS = { timeoutMs: 30, intervalMs: 100 }

function refusal(code: FaultCode): FaultError {
  return new FaultError({ code, message: `it said ${code}`, hint: null })
}

describe('track', () => {
  test('tells a value', async () => {
    const told: ProbeOutcome<number>[] = []
    await createPolledTarget({ description: 'x', read: async () => 7, onResult: (outcome) => told.push(outcome) }).poll(
      LIMITS,
    )
    assert.deepEqual(told, [{ ok: true, value: 7 }])
  })

  test('tells a fault as it came', async () => {
    const told: ProbeOutcome<number>[] = []
    const read = async () => {
      throw refusal('refused')
    }
    await createPolledTarget({ description: 'x', read, onResult: (outcome) => told.push(outcome) }).poll(LIMITS)
    assert.deepEqual(told, [{ ok: false, fault: { code: 'refused', message: 'it said refused', hint: null } }])
  })

  test('a probe that never answers is told within its limit, aborted, and not started again while it hangs', async () => {
    const told: ProbeOutcome<number>[] = []
    let started = 0
    let aborted = false
    const tracked = createPolledTarget<number>({
      description: 'db-1 (h:1)',
      read: (signal) => {
        started++
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise(() => undefined)
      },
      onResult: (outcome) => told.push(outcome),
    })
    await tracked.poll(LIMITS)
    assert.equal(aborted, true)
    const [outcome] = told
    assert.ok(outcome && !outcome.ok)
    assert.equal(outcome.fault.code, 'timeout')
    assert.match(outcome.fault.message, /db-1 \(h:1\) did not answer within 30 ms/)
    void tracked.poll(LIMITS)
    assert.equal(started, 1)
  })

  test('a probe that lets go when its limit passes is heard: it knows how far it came', async () => {
    const told: ProbeOutcome<number>[] = []
    const read = (signal: AbortSignal) =>
      new Promise<number>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(refusal('dns')))
      }).finally(() => {})
    await createPolledTarget({ description: 'x', read, onResult: (outcome) => told.push(outcome) }).poll(LIMITS)
    assert.deepEqual(told, [{ ok: false, fault: { code: 'dns', message: 'it said dns', hint: null } }])
  })

  test('an answer after the limit counts as no answer, and the next poll goes on', async () => {
    const told: ProbeOutcome<string>[] = []
    let release = (_: string): void => undefined
    const answers = [new Promise<string>((resolve) => (release = resolve)), Promise.resolve('second')]
    const tracked = createPolledTarget({
      description: 'x',
      read: () => answers.shift() ?? Promise.reject(new Error('no more')),
      onResult: (outcome: ProbeOutcome<string>) => told.push(outcome),
    })
    await tracked.poll(LIMITS)
    release('late')
    await new Promise(setImmediate)
    await tracked.poll(LIMITS)
    assert.deepEqual(
      told.map((outcome) => (outcome.ok ? outcome.value : outcome.fault.code)),
      ['timeout', 'second'],
    )
  })

  test('many entry points that are silent hold up no database', async () => {
    const hanging = Array.from({ length: 40 }, () =>
      createPolledTarget<number>({
        description: 'x',
        among: 'entry-points',
        read: () => new Promise(() => undefined),
        onResult: () => undefined,
      }),
    )
    let isRead = false
    const database = createPolledTarget({
      description: 'y',
      read: async () => {
        isRead = true
      },
      onResult: () => undefined,
    })
    const waits = hanging.map((each) => each.poll(LIMITS))
    await database.poll(LIMITS)
    assert.ok(isRead)
    assert.equal(await Promise.race([Promise.all(waits).then(() => 'ended'), 'still']), 'still')
    await Promise.all(waits)
  })

  test('what is asked less often is skipped in between, unless forced', async () => {
    let count = 0
    const tracked = createPolledTarget({
      description: 'x',
      everyMs: 60_000,
      read: async () => count++,
      onResult: () => undefined,
    })
    for (let poll = 0; poll < 5; poll++) await tracked.poll(LIMITS)
    assert.equal(count, 1)
    await tracked.poll({ ...LIMITS, force: true })
    assert.equal(count, 2)
  })

  test('failures that cost are tried less often after some patience; others each time; force passes', async () => {
    const attempts = async (code: FaultCode, polls: number) => {
      let count = 0
      const read = async () => {
        count++
        throw refusal(code)
      }
      const tracked = createPolledTarget({ description: 'x', read, onResult: () => undefined }, () => 0)
      for (let poll = 0; poll < polls; poll++) await tracked.poll({ timeoutMs: 30, intervalMs: 60_000 })
      const before = count
      await tracked.poll({ timeoutMs: 30, intervalMs: 60_000, force: true })
      assert.equal(count, before + 1)
      return before
    }
    assert.equal(await attempts('refused', 20), 20)
    assert.equal(await attempts('auth', 20), 7)
  })
})
