// A real terminal at its worst: it changes size, pastes, does not read, goes away, answers, and can show little.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openPty, type Pty } from '../fakes/pty.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { until } from '../wait.ts'

const PROGRAM = fileURLToPath(new URL('../fakes/screen-program.ts', import.meta.url))
const drawn = (screen: string) => /pgdeck {2}vault/.test(screen) && /q quit/.test(screen)
const PASTE = ['\x1b[200~', '\x1b[201~'] as const

function open(t: TestContext, argument: string, env: Record<string, string> = {}): Pty {
  const pty = openPty({
    command: process.execPath,
    args: ['--import', TYPESCRIPT, PROGRAM, argument],
    cols: 100,
    rows: 30,
    env: { LC_ALL: 'C.UTF-8', ...env },
  })
  t.after(async () => {
    pty.goOn()
    pty.close()
    await pty.ended
  })
  return pty
}

const quits = async (pty: Pty) => {
  pty.press('q')
  assert.deepEqual(await pty.ended, { code: 0 })
  const { alternateScreen, cursorHidden, bracketedPaste } = pty.modes()
  assert.deepEqual([alternateScreen, cursorHidden, bracketedPaste], [false, false, false])
}

describe('a terminal', () => {
  test('that changes its size again and again ends with one whole screen', async (t) => {
    const pty = open(t, 'wait')
    await pty.until(drawn, 'the screen')
    for (let round = 0; round < 60; round += 1) {
      pty.resize(20 + ((round * 37) % 180), 5 + ((round * 13) % 50))
      pty.press(round % 2 === 0 ? 'j' : 'k')
    }
    pty.resize(120, 40)
    // A frame may arrive in parts: it is whole once its last line is there.
    const isWhole = (screen: string) =>
      drawn(screen) && screen.split('\n').every((line) => line.length <= 120) && /^ .*q quit$/m.test(screen)
    const whole = await pty.until((screen) => isWhole(screen) && /^─{120}$/m.test(screen), 'a screen of the last size')
    const lines = whole.split('\n')
    assert.equal(lines.filter((line) => /^ pgdeck {2}vault/.test(line)).length, 1)
    assert.match(lines[39] ?? '', /q quit/)
    assert.equal(lines.filter((line) => /^─{120}$/.test(line)).length, 2)
    pty.press('j')
    await pty.until((screen) => /▸ pmp-/.test(screen), 'keys that work')
    await quits(pty)
  })

  test('that pastes whole pages types nothing where nothing is typed, and keys work after it', async (t) => {
    const pty = open(t, 'wait')
    await pty.until(drawn, 'the screen')
    // Before that the terminal itself takes Ctrl-C for an interruption, pasted or not.
    await pty.until(() => pty.raw().includes('\x1b[?2004h'), 'that pastes are marked')
    const page = 'q\rq:quit\r\x03fjjj '.repeat(1_000)
    for (let round = 0; round < 4; round += 1) await pty.pour(PASTE[0] + page + PASTE[1])
    await pty.until((screen) => /pasted text is not used as keys/.test(screen), 'that it is not taken')
    pty.press('/')
    await pty.until((screen) => /Filter: /.test(screen), 'the entry')
    await pty.pour(`${PASTE[0]}${'pmp-b '.repeat(4_000)}${PASTE[1]}`)
    await pty.until((screen) => /Filter: .*pmp-b/.test(screen), 'the pasted text')
    pty.press('\x1b')
    await pty.until((screen) => drawn(screen) && /▸ pmp-a/.test(screen), 'the rows again')
    await quits(pty)
  })

  test('that types faster than anybody can is kept up with', async (t) => {
    const pty = open(t, 'wait')
    await pty.until(drawn, 'the screen')
    await pty.until(() => pty.raw().includes('\x1b[?2004h'), 'that keys are read one by one')
    for (let round = 0; round < 200; round += 1) pty.press('jk'.repeat(50))
    pty.press('j')
    await pty.until((screen) => /▸ pmp-b/.test(screen), 'the last of them')
    await quits(pty)
  })

  test('that says its background is light gets colours for that; its answer is no key', async (t) => {
    const pty = open(t, 'wait', { COLORFGBG: '' })
    await pty.until(() => pty.raw().includes('\x1b]11;?\x07'), 'the question')
    pty.press('\x1b]11;rgb:ffff/ffff/ffff\x1b\\')
    await pty.until(() => /\x1b\[34m/.test(pty.raw()), 'blue instead of cyan')
    await pty.until((screen) => drawn(screen) && /▸ pmp-a/.test(screen), 'the whole screen, still where it was')
    await quits(pty)
  })

  test('without UTF-8 gets plain letters only', async (t) => {
    const pty = open(t, 'wait', { LC_ALL: 'C', LANG: 'C' })
    const screen = await pty.until(drawn, 'the screen')
    assert.match(screen, /^[\x20-\x7e\n]*$/)
    assert.match(pty.raw().replace(/\x1b\][^\x07]*\x07/g, ''), /^[\x00-\x7f]*$/)
    await quits(pty)
  })

  test('that calls itself dumb gets a sentence instead', async (t) => {
    const pty = open(t, 'wait', { TERM: 'dumb' })
    assert.notEqual((await pty.ended).code, 0)
    assert.match(pty.screen(), /terminal is dumb \(TERM=dumb\).*pgdeck status/s)
    assert.doesNotMatch(pty.raw(), /\x1b\[\?1049h/)
  })
})

const needsProc = process.platform !== 'linux' && 'reads /proc'

describe('a terminal that does not read', { skip: needsProc }, () => {
  const residentKb = (pid: number) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

  function busy(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'beats')
    const pty = open(t, 'busy', { HEARTBEAT: file })
    const beats = () => Number(readFileSync(file, 'utf8') || '0')
    const rounds = (count: number) => {
      const from = beats()
      return until(`${count} more rounds`, 20_000, async () => beats() >= from + count)
    }
    return { pty, rounds, beats }
  }

  test('holds up nothing: frames are dropped, memory stays, and it gets the newest one', async (t) => {
    const { pty, rounds, beats } = busy(t)
    await pty.until((screen) => /round \d+/.test(screen), 'the first rounds')
    await rounds(30)
    pty.stall()
    await rounds(40)
    const before = residentKb(pty.pid)
    const written = pty.raw().length
    await rounds(120)
    assert.ok(residentKb(pty.pid) - before < 24 * 1024, `${before} kB became ${residentKb(pty.pid)} kB`)
    const now = beats()
    pty.goOn()
    const roundOf = (screen: string) => Number(/round (\d+)/.exec(screen)?.[1] ?? 0)
    await pty.until((screen) => roundOf(screen) >= now, 'the newest round')
    const caughtUp = pty.raw().length - written
    assert.ok(caughtUp < 1_000_000, `${caughtUp} bytes came after it`)
    await pty.until((screen) => / pgdeck {2}/.test(screen) && /q quit/.test(screen), 'a whole screen')
    await quits(pty)
  })

  test('does not keep the program from ending', async (t) => {
    const { pty, rounds } = busy(t)
    await pty.until((screen) => /round \d+/.test(screen), 'the first rounds')
    pty.stall()
    await rounds(40)
    pty.signal('SIGTERM')
    await until('it has ended', 10_000, async () => !/^State:\s+[^Z]/m.test(stateOf(pty.pid)))
  })

  test('nor does one that goes away', async (t) => {
    const { pty, rounds } = busy(t)
    await pty.until((screen) => /round \d+/.test(screen), 'the first rounds')
    await rounds(10)
    pty.hangUp()
    await until('it has ended', 10_000, async () => !/^State:\s+[^Z]/m.test(stateOf(pty.pid)))
  })
})

function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
