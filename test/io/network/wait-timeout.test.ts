// Limits that count waiting only.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startWaitTimeout } from '../../../src/io/network/wait-timeout.ts'

function passed(ms: number): Promise<number> {
  const began = performance.now()
  return new Promise((resolve) => {
    startWaitTimeout(ms, () => resolve(performance.now() - began))
  })
}

function busyFor(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('afterWaiting', () => {
  test('passes after its time while this process is idle', async () => {
    const took = await passed(40)
    assert.ok(took >= 35, `${took}`)
  })

  test('the time this process was busy does not count', async () => {
    const running = passed(60)
    await new Promise(setImmediate)
    busyFor(80)
    assert.ok((await running) >= 110)
  })

  test('passes all the same when this process is busy for ever', async () => {
    const running = passed(50)
    let over = false
    void running.then(() => {
      over = true
    })
    const end = performance.now() + 5_000
    while (!over && performance.now() < end) {
      busyFor(20)
      await new Promise(setImmediate)
    }
    assert.ok((await running) < 1_000)
  })

  test('one whose time is over passes at once, without a warning', async () => {
    const warnings: string[] = []
    const note = ({ name }: Error) => void warnings.push(name)
    process.on('warning', note)
    await passed(-9.5)
    await passed(0)
    process.off('warning', note)
    assert.deepEqual(warnings, [])
  })

  test('can be called off', async () => {
    let ran = false
    const callOff = startWaitTimeout(10, () => {
      ran = true
    })
    callOff()
    await passed(30)
    assert.equal(ran, false)
  })
})
