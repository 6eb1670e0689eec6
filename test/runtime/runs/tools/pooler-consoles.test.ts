// The process of a pooler that takes the PAUSE is the one that is looked at and resumed, where several share an address.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PoolerConsole } from '../../../../src/io/entry-points/pooler-console.ts'
import { type PoolerConsoles, poolerConsoles } from '../../../../src/runtime/runs/tools/pooler-consoles.ts'

/** Each new session reaches the next process. */
function ofProcesses() {
  let reached = 0
  const lost: (() => void)[] = []
  const open = (): PoolerConsole => {
    let process: number | null = null
    lost.push(() => {
      process = null
    })
    return {
      async run<Row>() {
        process ??= ++reached
        return [{ process }] as unknown as readonly Row[]
      },
      session: () => process,
      close: async () => {
        process = null
      },
    }
  }
  const consoles = poolerConsoles(open)
  const asked = async (console: PoolerConsole) => {
    const [row] = await console.run<{ process: number }>('', 0, new AbortController().signal)
    return row?.process
  }
  return {
    consoles,
    current: () => asked(consoles.current()),
    beside: () => asked(consoles.beside()),
    pause: async () => asked(await consoles.forPause(asked)),
    lose: (which: 0 | 1) => lost[which]?.(),
  }
}

const pausers = (consoles: PoolerConsoles) => consoles.hasPauser()

describe('the sessions of a run with a console', () => {
  test('reach one process with all commands, and another one with what is looked at meanwhile', async () => {
    const { consoles, current, beside, pause } = ofProcesses()
    const first = await current()
    assert.equal(pausers(consoles), false)
    assert.equal(await pause(), first)
    assert.deepEqual([await current(), pausers(consoles)], [first, true])
    assert.notEqual(await beside(), first)
  })

  test('go on by the second one, which is open, after the first is lost, and know that it is another', async () => {
    const { consoles, current, beside, pause, lose } = ofProcesses()
    await pause()
    const second = await beside()
    lose(0)
    assert.deepEqual([await current(), pausers(consoles)], [second, false])
    lose(1)
    const third = await current()
    assert.ok(third !== second && !pausers(consoles))
    await consoles.leave()
    assert.notEqual(await current(), third)
  })

  test('are both open before a pause', async () => {
    const { consoles } = ofProcesses()
    const refused = async () => {
      throw new Error('refused')
    }
    await assert.rejects(consoles.forPause(refused), /refused/)
    assert.equal(pausers(consoles), false)
  })
})
