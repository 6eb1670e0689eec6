// However the screen ends, in a real terminal: the terminal is given back, and what is said can be read.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { TYPESCRIPT } from '../fakes/typescript.ts'

const PROGRAM = fileURLToPath(new URL('../fakes/screen-program.ts', import.meta.url))

interface Ending {
  readonly exitCode: number
  readonly terminal: InstanceType<typeof xterm.Terminal>
  readonly text: string
}

/** Runs the program and, once the screen is drawn, ends it. */
function run(argument: string, end: (child: pty.IPty) => void): Promise<Ending> {
  const terminal = new xterm.Terminal({ cols: 100, rows: 30, allowProposedApi: true })
  const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' } as Record<string, string>
  const child = pty.spawn(process.execPath, ['--import', TYPESCRIPT, PROGRAM, argument], { cols: 100, rows: 30, env })
  let ending = false
  let output = ''
  child.onData((data) => {
    output += data
    terminal.write(data)
    if (ending || !output.includes('q\x1b[22m') || !output.includes('pmp-ro')) return
    ending = true
    end(child)
  })
  return new Promise((resolve) => {
    child.onExit(({ exitCode }) => {
      terminal.write('', () => resolve({ exitCode, terminal, text: visible(terminal) }))
    })
  })
}

function visible(terminal: InstanceType<typeof xterm.Terminal>): string {
  const { active } = terminal.buffer
  return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '').join(
    '\n',
  )
}

function assertGivenBack({ terminal, text }: Ending): void {
  assert.equal(terminal.buffer.active.type, 'normal', 'the main screen is back')
  assert.equal(terminal.modes.bracketedPasteMode, false, 'bracketed paste is off')
  assert.doesNotMatch(text, /pgdeck {2}vault/, 'nothing of the screen is left on the main screen')
}

describe('endings', () => {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    test(signal, async () => {
      const ending = await run('wait', (child) => child.kill(signal))
      assertGivenBack(ending)
      assert.match(ending.text, /ended in order/)
    })
  }

  test('q', async () => {
    const ending = await run('wait', (child) => child.write('q'))
    assertGivenBack(ending)
    assert.equal(ending.exitCode, 0)
    assert.match(ending.text, /ended in order/)
  })

  test('ctrl+c', async () => {
    const ending = await run('wait', (child) => child.write('\x03'))
    assertGivenBack(ending)
    assert.match(ending.text, /ended in order/)
  })

  test('an error nobody caught', async () => {
    const ending = await run('throw', () => {})
    assertGivenBack(ending)
    assert.equal(ending.exitCode, 1)
    assert.match(ending.text, /broken: thrown by a timer/)
  })

  test('a rejection nobody caught', async () => {
    const ending = await run('reject', () => {})
    assertGivenBack(ending)
    assert.match(ending.text, /broken: rejected by nobody/)
  })
})
