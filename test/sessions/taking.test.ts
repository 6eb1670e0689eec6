// Taking something along by keys: `y` to the clipboard of the terminal, `e` to a file.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import type { State } from '../../src/state/state.ts'
import { healthy, lagging, severalClusters } from '../builders/screens.ts'
import { busySessions } from '../builders/session-screens.ts'
import { ENTER, openScreen, SCREEN_ENV } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

function open(t: TestContext, state: State, env: Record<string, string> = SCREEN_ENV, over: Partial<Controller> = {}) {
  const opened = openScreen(t, state, { columns: 100, rows: 30, env, controller: () => over })
  const copied: string[] = []
  opened.terminal.emulator.parser.registerOscHandler(52, (data) => {
    copied.push(Buffer.from(data.split(';')[1] ?? '', 'base64').toString())
    return true
  })
  return { ...opened, copied }
}

describe('y', () => {
  test('copies the selected row with all its columns; of the sequence nothing is drawn', async (t) => {
    const { shows, copied } = open(t, lagging())
    await shows('\tj', /▸ .*db-ro/)
    const after = await shows('y', /copied: db-ro {2}PostgreSQL 18\.4 {2}replica/)
    assert.deepEqual(copied, [
      'db-ro  PostgreSQL 18.4  replica  ▲ streaming  5433 ●  1/1  5/97  12.4 MB · 3.1 s  4  0/5A001F20  1 h  127.0.0.1',
    ])
    assert.match(after, /^ pgdeck[\s\S]*q quit$/m)
    assert.doesNotMatch(after, /52;c/)
  })

  test('copies an event, a session with its whole query, a cluster', async (t) => {
    const one = open(t, healthy())
    await one.shows('\t\tj', /▸ 14:1/)
    await one.shows('y', /copied: 14:12:03 {2}● pmp-b {2}active again after 42 s/)
    const two = open(t, busySessions())
    await two.shows('y', /copied: \d+/)
    assert.match(two.copied[0] ?? '', /\b(select|update|insert|with)\b/i)
    const three = open(t, { ...severalClusters(), navigation: { ...healthy().navigation, view: 'fleet' } })
    await three.shows('y', /copied: payroll/)
  })

  test('copies all lines of the details', async (t) => {
    const { shows, copied } = open(t, healthy())
    await shows(ENTER, /SERVER pmp-a/)
    await shows('y', /copied: \d+ lines/)
    assert.match(copied[0] ?? '', /^ SERVER pmp-a[\s\S]*time to answer +3\.1 ms/)
  })

  test('says why not', async (t) => {
    const one = open(t, healthy(), { ...SCREEN_ENV, TERM: 'linux' })
    await one.shows('y', /not copied: this terminal has no clipboard \(TERM=linux\)/)
    const two = open(t, healthy())
    await two.shows('/nowhere\r', /filter "nowhere"/)
    await two.shows('y', /not copied: nothing is selected/)
  })
})

describe('e', () => {
  test('writes the screen as text, as it is without the menu', async (t) => {
    const { shows, engine } = open(t, healthy())
    await shows('jj', /▸ pmp-ro/)
    await shows('e', /EXPORT THE SCREEN[\s\S]*▸ text/)
    await shows(ENTER, /exported: \/here\/pgdeck-20261122-143207\.txt/)
    const [file] = engine.saved
    assert.equal(file?.name, 'pgdeck-20261122-143207.txt')
    assert.match(file?.text ?? '', /^ pgdeck {2}vault[\s\S]* ▸ pmp-ro[\s\S]*q quit\n$/)
    assert.doesNotMatch(file?.text ?? '', /EXPORT|\x1b/)
  })

  test('as SVG and as JSON', async (t) => {
    const { shows, engine } = open(t, healthy())
    await shows('ej', /▸ SVG/)
    await shows(ENTER, /exported: .*\.svg/)
    await shows('eG', /▸ JSON/)
    await shows(ENTER, /exported: .*\.json/)
    const [svg, json] = engine.saved
    assert.match(svg?.text ?? '', /^<svg [\s\S]*pmp-ro[\s\S]*<\/svg>\n$/)
    const document = JSON.parse(json?.text ?? '')
    assert.equal(document.schema, 'pgdeck.status/1')
    assert.equal(document.at, '2026-11-22T14:32:07.123Z')
  })

  test('says why it could not, and esc leaves the menu', async (t) => {
    const save = () => {
      throw new Error('/here: the disk is full')
    }
    const { shows, engine } = open(t, healthy(), SCREEN_ENV, { save })
    await shows('e\r', /not exported: \/here: the disk is full/)
    await shows('e', /EXPORT/)
    await shows('\x1b', /ALERTS AND EVENTS/)
    assert.deepEqual(engine.saved, [])
  })
})
