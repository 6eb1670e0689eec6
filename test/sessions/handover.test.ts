// The terminal is lent and taken again, in a real terminal: Ctrl-Z and fg under a shell, and a program in the foreground.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { shellQuote } from '../../src/model/values/shell-quote.ts'
import { familyOf, openPty, type Pty } from '../fakes/pty.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { until } from '../wait.ts'

const PROGRAM = fileURLToPath(new URL('../fakes/screen-program.ts', import.meta.url))
const COMMAND = [process.execPath, '--import', TYPESCRIPT, PROGRAM].map(shellQuote).join(' ')
const drawn = (screen: string) => /pgdeck {2}vault/.test(screen) && /q quit/.test(screen)
const PROMPT = /^prompt> *$/m

function open(t: TestContext, command: string, args: readonly string[], env: Record<string, string> = {}): Pty {
  const pty = openPty({ command, args, cols: 100, rows: 30, env: { LC_ALL: 'C.UTF-8', ...env } })
  t.after(async () => {
    pty.close()
    await pty.ended
  })
  return pty
}

function screenProgram(t: TestContext, argument: string): Pty {
  return open(t, process.execPath, ['--import', TYPESCRIPT, PROGRAM, argument])
}

/**
 * Presses it until it has worked: what is typed while a program takes the terminal again may be thrown away by the system.
 * Fit for keys that change nothing more once they have worked.
 */
function pressUntil(pty: Pty, key: string, wanted: RegExp, what: string): Promise<void> {
  return until(what, 10_000, () => {
    if (wanted.test(pty.screen())) return true
    pty.press(key)
    return false
  })
}

/** True when it runs and the terminal is that of its group. */
function isForeground(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [state, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state !== 'T' && group === foreground
}

/** True when a process of that family is stopped. */
function isStopped(pid: number): boolean {
  return familyOf(pid).some((one) => /\) T /.test(readFileSync(`/proc/${one.pid}/stat`, 'utf8')))
}

const withoutShell = (process.platform !== 'linux' || !existsSync('/bin/bash')) && 'needs bash and /proc'

describe('Ctrl-Z', { skip: withoutShell }, () => {
  test('gives the shell its terminal back, and fg comes back to the whole screen', async (t) => {
    const bash = open(t, '/bin/bash', ['--norc', '-i'], { PS1: 'prompt> ' })
    await bash.until((screen) => PROMPT.test(screen), 'the prompt')
    bash.press(`${COMMAND} wait\n`)
    await bash.until(drawn, 'the screen')
    bash.press('j')
    await bash.until((screen) => /▸ pmp-b/.test(screen), 'the second row selected')
    for (let round = 0; round < 2; round += 1) {
      bash.press('\x1a')
      const shell = await bash.until((screen) => /Stopped/.test(screen) && PROMPT.test(screen), 'the prompt again')
      assert.doesNotMatch(shell, /pgdeck {2}vault/)
      assert.ok(isStopped(bash.pid))
      const { alternateScreen, cursorHidden } = bash.modes()
      assert.deepEqual({ alternateScreen, cursorHidden }, { alternateScreen: false, cursorHidden: false })
      bash.press('echo still $((40 + 2)) here; clear\n')
      await bash.until((screen) => PROMPT.test(screen) && !/Stopped/.test(screen), 'the shell taking a line')
      bash.press('fg\n')
      await bash.until((screen) => drawn(screen) && /▸ pmp-b/.test(screen), 'the screen again')
      await pressUntil(bash, 'k', /▸ pmp-a/, 'keys that work')
      bash.press('j')
      await bash.until((screen) => /▸ pmp-b/.test(screen), 'the second row selected')
    }
    bash.press('k')
    await bash.until((screen) => /▸ pmp-a/.test(screen), 'keys that work')
    bash.press('q')
    await bash.until((screen) => /ended in order/.test(screen) && PROMPT.test(screen), 'the end')
  })

  test('a stop from elsewhere gives the terminal back too, and going on draws it anew', async (t) => {
    const bash = open(t, '/bin/bash', ['--norc', '-i'], { PS1: 'prompt> ' })
    await bash.until((screen) => PROMPT.test(screen), 'the prompt')
    bash.press(`${COMMAND} wait\n`)
    await bash.until(drawn, 'the screen')
    for (const signal of ['SIGTSTP', 'SIGSTOP'] as const) {
      const program = familyOf(bash.pid).find(({ pid }) => pid !== bash.pid)
      assert.ok(program)
      process.kill(program.pid, signal)
      await bash.until((screen) => /Stopped/.test(screen), 'that it is stopped')
      bash.press('fg\n')
      await bash.until((screen) => drawn(screen) && !/Stopped/.test(screen), `the screen after ${signal}`)
      // Keys work once it is wholly back: only then is it stopped again.
      await pressUntil(bash, 'j', /▸ pmp-(?!a)/, `keys that work after ${signal}`)
      await pressUntil(bash, 'k', /▸ pmp-a/, `the first row after ${signal}`)
      // Pressed once, and seen: none of the keys before it is left for the shell.
      bash.press('j')
      await bash.until((screen) => /▸ pmp-b/.test(screen), `the second row after ${signal}`)
    }
  })

  test('going on twice in quick succession ends with the terminal in our hands', async (t) => {
    const bash = open(t, '/bin/bash', ['--norc', '-i'], { PS1: 'prompt> ' })
    await bash.until((screen) => PROMPT.test(screen), 'the prompt')
    bash.press(`${COMMAND} wait\n`)
    await bash.until(drawn, 'the screen')
    const program = familyOf(bash.pid).find(({ pid }) => pid !== bash.pid)
    assert.ok(program)
    for (let round = 0; round < 3; round += 1) {
      bash.press('\x1a')
      await bash.until((screen) => /Stopped/.test(screen) && PROMPT.test(screen), 'the prompt again')
      bash.press('clear; fg\n')
      // The terminal is its again, and not yet taken: that is when the others come.
      await until('it is in the foreground', 20_000, async () => isForeground(program.pid))
      process.kill(program.pid, 'SIGCONT')
      process.kill(program.pid, 'SIGCONT')
      await bash.until(drawn, 'the screen again')
      await pressUntil(bash, 'j', /▸ pmp-(?!a)/, 'keys that work')
      await pressUntil(bash, 'k', /▸ pmp-a/, 'the first row')
      assert.equal(bash.modes().alternateScreen, true)
    }
  })

  test('without a shell to go to it goes on', async (t) => {
    const pty = screenProgram(t, 'wait')
    await pty.until(drawn, 'the screen')
    pty.press('\x1a')
    pty.press('j')
    await pty.until((screen) => drawn(screen) && /▸ pmp-b/.test(screen), 'keys that work')
  })
})

describe(':psql', () => {
  test('has the terminal until it ends: every line, Ctrl-C too', async (t) => {
    const pty = screenProgram(t, 'wait')
    await pty.until(drawn, 'the screen')
    pty.press('\t')
    await pty.until((screen) => /▸ db-1/.test(screen), 'a database selected')
    pty.press(':psql')
    await pty.until((screen) => /▸ psql on the selected database/.test(screen), 'the entry')
    pty.press('\r')
    const guest = await pty.until((screen) => /guest of \d+/.test(screen), 'the program')
    assert.match(guest, /psql on db-1: \\q returns to pgdeck/)
    assert.equal(pty.modes().alternateScreen, false)
    assert.equal(pty.modes().cursorHidden, false)
    // The first letters too: nobody reads ahead of it.
    for (const line of ['one', 'two', 'three']) {
      pty.press(`${line}\n`)
      await pty.until((screen) => screen.includes(`guest heard ${line}`), `that it heard ${line}`)
    }
    pty.press('\x03')
    await pty.until((screen) => /interrupted/.test(screen), 'that it was interrupted, and we were not')
    pty.press('bye\n')
    await pty.until((screen) => drawn(screen) && /ended with 3/.test(screen), 'the screen with how it ended')
    pty.press('j')
    await pty.until((screen) => /▸ (└▶ )?db-ro/.test(screen), 'keys that work')
    pty.press('q')
    assert.deepEqual(await pty.ended, { code: 0 })
    assert.equal(pty.modes().alternateScreen, false)
  })
})

describe('the mouse', () => {
  test('selects and scrolls where it is asked for, and is given back', async (t) => {
    const pty = screenProgram(t, 'mouse')
    const screen = await pty.until(drawn, 'the screen')
    assert.equal(pty.modes().mouse, true)
    const rowOf = (name: RegExp) => screen.split('\n').findIndex((line) => name.test(line)) + 1
    pty.press(`\x1b[<0;10;${rowOf(/^ {3}pmp-ro/)}M\x1b[<0;10;${rowOf(/^ {3}pmp-ro/)}m`)
    await pty.until((now) => /▸ pmp-ro/.test(now), 'the row clicked')
    pty.press(`\x1b[<0;10;${rowOf(/db-ro {2}/)}M`)
    await pty.until((now) => /▸ └▶ db-ro/.test(now), 'a row of the other pane')
    pty.press('\x1b[<64;10;5M')
    await pty.until((now) => /▸ db-1/.test(now), 'one up by the wheel')
    pty.press('q')
    await pty.ended
    assert.equal(pty.modes().mouse, false)
  })

  test('nobody takes it unasked', async (t) => {
    const pty = screenProgram(t, 'wait')
    await pty.until(drawn, 'the screen')
    assert.doesNotMatch(pty.raw(), /\x1b\[\?1000h|\x1b\[\?1006h/)
  })
})
