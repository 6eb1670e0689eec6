// However the program ends, the terminal is as it was, the exit code tells why, and nothing it started is left.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Pty } from '../fakes/pty.ts'
import { allUp, build, gone, openDemo, processesOf } from './demo-screen.ts'

const UNTOUCHED = {
  alternateScreen: false,
  cursorHidden: false,
  mouse: false,
  bracketedPaste: false,
  applicationCursor: false,
  synchronized: false,
}

const ENDINGS: readonly {
  readonly how: string
  readonly code: number
  readonly end: (pty: Pty) => void
  readonly told?: readonly RegExp[]
}[] = [
  { how: 'q', code: 0, end: (pty) => pty.press('q') },
  { how: 'Ctrl-C', code: 130, end: (pty) => pty.press('\x03') },
  { how: 'SIGINT', code: 130, end: (pty) => pty.signal('SIGINT') },
  { how: 'SIGTERM', code: 143, end: (pty) => pty.signal('SIGTERM') },
  { how: 'SIGHUP', code: 129, end: (pty) => pty.signal('SIGHUP') },
  {
    how: 'an error nobody expected',
    code: 1,
    end: (pty) => pty.signal('SIGUSR2'),
    // On the ordinary screen; the stack is in the file.
    told: [/internal error: thrown by the test/, /pgdeck\.log/],
  },
]

describe('the end of the program', { skip: process.platform !== 'linux' && 'reads /proc' }, () => {
  before(build)

  for (const { how, code, end, told = [] } of ENDINGS) {
    test(`by ${how}: terminal restored, exit code ${code}, nothing left`, async (t) => {
      const pty = openDemo(t, { nodeArgs: ['--import', './test/e2e/throw-on-signal.mjs'] })
      await pty.until(allUp, 'the whole demo')
      assert.equal(pty.modes().alternateScreen, true, 'the screen is the alternate one while it runs')
      const started = processesOf(pty)
      assert.ok(started.filter(({ name }) => name === 'postgres').length > 2, 'real servers run')
      end(pty)
      assert.deepEqual(await pty.ended, { code })
      assert.deepEqual(pty.modes(), UNTOUCHED)
      for (const words of told) assert.match(pty.screen(), words)
      await gone(started)
    })
  }

  test('by SIGKILL, which no program can answer: its servers end all the same', async (t) => {
    const pty = openDemo(t)
    await pty.until(allUp, 'the whole demo')
    const started = processesOf(pty)
    pty.signal('SIGKILL')
    assert.deepEqual(await pty.ended, { code: 137 })
    await gone(started)
  })

  test('--seconds ends it by itself', async (t) => {
    const pty = openDemo(t, { args: ['--seconds', '1'] })
    assert.deepEqual(await pty.ended, { code: 0 })
    assert.deepEqual(pty.modes(), UNTOUCHED)
  })
})
