// The demo in a real terminal: what a newcomer sees, at the sizes people have, and the keys they try first.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Pty } from '../fakes/pty.ts'
import { allUp, build, openDemo } from './demo-screen.ts'

const lines = (screen: string) => screen.split('\n')

describe('the screen of the demo', () => {
  const closing: (() => unknown)[] = []
  const owner = { after: (close: () => unknown) => closing.push(close) }
  let [small, middle, large]: Pty[] = []

  // All demos at once: they must keep out of each other's way.
  before(() => {
    build()
    small = openDemo(owner, { cols: 80, rows: 24 })
    middle = openDemo(owner, { cols: 120, rows: 40 })
    large = openDemo(owner, { cols: 200, rows: 60, env: { NO_COLOR: '1' } })
  })
  after(() => Promise.all(closing.map((close) => close())))

  /** The demo that most tests look at; each leaves it with everything up and the topology open. */
  async function wholeDemo(): Promise<Pty> {
    assert.ok(middle)
    await middle.until(allUp, 'the whole demo')
    return middle
  }

  for (const [size, demo] of [
    ['80x24', () => small],
    ['120x40', () => middle],
    ['200x60', () => large],
  ] as const) {
    test(`shows two databases and three servers at ${size}`, async () => {
      const pty = demo()
      assert.ok(pty)
      // The footer comes last: what a large frame begins with is read before the rest of it is there.
      const isWhole = (now: string) => /quit/.test(lines(now).at(-1) ?? '')
      const screen = await pty.until(
        (now) => allUp(now) && / 0 B/.test(now) && isWhole(now),
        'everything up, nothing behind, down to the footer in the last line',
      )
      for (const name of ['pmp-a', 'pmp-b', 'pmp-ro', 'db-1', '└▶ db-ro']) assert.ok(screen.includes(name), name)
      assert.match(screen, /served by\s+pmp-a/)
      assert.match(lines(screen)[0] ?? '', /^ pgdeck/, 'the first line is the header: nothing scrolled away')
    })
  }

  test('follows the size of the terminal', async () => {
    const pty = await wholeDemo()
    for (const [cols, rows] of [
      [80, 24],
      [200, 60],
      [100, 30],
      [120, 40],
    ] as const) {
      pty.resize(cols, rows)
      const fits = (now: string) => /^ pgdeck/.test(now) && /quit\s*$/.test(lines(now)[rows - 1] ?? '') && allUp(now)
      const screen = await pty.until(fits, `a frame of ${cols}x${rows}`)
      const rule = lines(screen).find((line) => /^─+$/.test(line))
      assert.equal(rule?.length, cols, 'a rule is as wide as the terminal')
    }
  })

  test('a terminal too small for it says so, and it comes back', async () => {
    const pty = await wholeDemo()
    pty.resize(40, 8)
    await pty.until((now) => /too small|60x12|60 x 12/i.test(now), 'that the terminal is too small')
    pty.resize(120, 40)
    await pty.until(allUp, 'the whole demo again')
  })

  test('every view shows figures of the demo, from the bundle', async () => {
    const pty = await wholeDemo()
    const seen: readonly (readonly [key: string, what: RegExp])[] = [
      ['2', /db-1 → db-ro +● streaming/],
      ['3', /ACTIVITY.* all \d/],
      ['4', /LOCKS/],
      ['5', /pg_wal \d+ MB, \d+ files/],
      ['6', /this host.* \d+(\.\d+)? [GM]B/],
      ['7', /pgdeck +● ok +● ok/],
      ['8', /Trail +(\d+ lines?|empty|nothing)/i],
      ['9', /EVENTS AND ALERTS/],
      ['0', /demo +● OK +pmp-a/],
    ]
    for (const [key, what] of seen) {
      pty.press(key)
      const screen = await pty.until((now) => what.test(now), `view ${key}: ${what}`)
      assert.doesNotMatch(screen, /is not a function|undefined|NaN|\[object/, `view ${key}`)
    }
    pty.press('1')
    await pty.until(allUp, 'the topology again')
  })

  test('sessions move', async () => {
    const pty = await wholeDemo()
    const counts = (screen: string) => /pmp-a +primary .*? \d{4,5} ● +(\d+)/.exec(screen)?.[1]
    const first = await pty.until((now) => counts(now) !== undefined, 'a number of sessions')
    await pty.until((now) => counts(now) !== counts(first), 'another number of sessions')
  })

  test('a replica that dies is told, and its return too', async () => {
    const pty = await wholeDemo()
    pty.press(':')
    await pty.until((now) => /COMMAND|PALETTE/i.test(now), 'the palette')
    pty.press('kill the replica')
    await pty.until((now) => /▸.*Kill the replica/.test(now), 'the fault chosen')
    pty.press('\r')
    await pty.until((now) => /db-ro .*inactive/.test(now), 'the replica inactive')
    pty.press(':')
    pty.press('heal')
    await pty.until((now) => /▸.*[Hh]eal/.test(now), 'healing chosen')
    pty.press('\r')
    await pty.until(allUp, 'everything up again')
  })

  test('help and back', async () => {
    const pty = await wholeDemo()
    pty.press('?')
    await pty.until((now) => /HELP|KEYS/.test(now), 'the help')
    pty.press('\x1b')
    await pty.until(allUp, 'the topology again')
  })

  test('NO_COLOR takes all colours away, and every word stays', async () => {
    assert.ok(large)
    const screen = await large.until(allUp, 'the whole demo')
    assert.match(screen, /● active/)
    const coloured = /\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)(?:;\d+)*m/
    assert.equal(coloured.exec(large.raw()), null)
  })
})
