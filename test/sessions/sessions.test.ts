// Keys in, frames out: the real screen over a real store, on a terminal in memory.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import type { State } from '../../src/state/state.ts'
import { createStore } from '../../src/state/store.ts'
import { startScreen } from '../../src/ui/start.tsx'
import { TerminalError } from '../../src/ui/terminal/terminal.ts'
import {
  cascade,
  demoFaults,
  fakeController,
  healthy,
  lagging,
  manyDatabases,
  primaryDown,
} from '../builders/screens.ts'
import { ENTER, ESC, type OpenScreen, type OpenScreenOptions, openScreen, SCREEN_ENV } from '../fakes/open-screen.ts'
import { fakeTerminal } from '../fakes/terminal.ts'
import { patiently } from '../wait.ts'

process.env.TZ = 'UTC'

const UP = '\x1b[A'
const DOWN = '\x1b[B'

function open(
  t: TestContext,
  state: State,
  { engine, ...options }: Omit<OpenScreenOptions, 'controller'> & { readonly engine?: Partial<Controller> } = {},
): OpenScreen {
  return openScreen(t, state, {
    ...options,
    controller: (store) => ({
      setPaused: (paused) => store.dispatch({ type: 'pause-set', paused }),
      setInterval: (intervalMs) => store.dispatch({ type: 'interval-set', intervalMs }),
      ...engine,
    }),
  })
}

/** The name in the row that bears the mark of selection. */
const selected = (name: string) => new RegExp(`^ ▸ (.{0,8}[└├]▶ )?${name}\\b`, 'm')

describe('moving', () => {
  test('j, k, arrows, g and G select rows; tab goes through the panes', async (t) => {
    const { shows } = open(t, healthy())
    await shows('', selected('pmp-a'))
    await shows('j', selected('pmp-b'))
    await shows(DOWN, selected('pmp-ro'))
    await shows(UP, selected('pmp-b'))
    await shows('g', selected('pmp-a'))
    await shows('G', selected('pmp-ro'))
    await shows('\t', selected('db-1'))
    await shows('j', selected('db-ro'))
    await shows('\t', /^ ▸ 14:3/m)
    await shows('\t', selected('pmp-ro'))
  })

  test('several keys in one read are all taken', async (t) => {
    const { shows } = open(t, healthy())
    await shows('jj', selected('pmp-ro'))
    await shows('kk\tj', selected('db-ro'))
  })

  test('a selection survives sorting and scrolls into sight', async (t) => {
    const { shows } = open(t, manyDatabases(), { rows: 24, columns: 80 })
    await shows('', selected('replica-30'))
    await shows('s', /sorted by name/)
    await shows('', selected('replica-30'))
    await shows('S', /sorted by name, z to a/)
    await shows('', selected('replica-30'))
    await shows('G', selected('db-1'))
  })

  test('what is selected stays when a refresh brings other rows', async (t) => {
    const { shows, store } = open(t, healthy())
    await shows('jj', selected('pmp-ro'))
    const [cluster] = store.latest().clusters
    assert.ok(cluster)
    const spec = { ...cluster.spec, servers: [...cluster.spec.servers].reverse() }
    store.dispatch({ type: 'spec-changed', cluster: 'vault', spec })
    store.flush()
    await shows('', selected('pmp-ro'))
  })
})

describe('details', () => {
  test('enter opens, j scrolls, esc goes back to the same row', async (t) => {
    const { shows } = open(t, lagging(), { rows: 24, columns: 80 })
    await shows('\tj', selected('db-ro'))
    await shows(ENTER, /DATABASE db-ro/)
    await shows('G', /POSITION|FROM db-1|SETTINGS/)
    await shows('g', /DATABASE db-ro/)
    await shows('j', /lines 2–/)
    await shows('k', /lines 1–/)
    await shows(ESC, selected('db-ro'))
  })

  test('an event leads to what it is about', async (t) => {
    const { shows } = open(t, primaryDown())
    await shows('\t\t', /^ ▸ .*✖/m)
    await shows(ENTER, /^ (SERVER|DATABASE) /m)
  })

  test('an end that is not watched says why there is nothing to open', async (t) => {
    const { shows } = open(t, cascade())
    await shows('/reporting\r', /filter "reporting"/)
    await shows(ENTER, /not watched: add it/)
  })
})

describe('filter', () => {
  test('rows follow what is typed; esc takes it away', async (t) => {
    const { shows, terminal } = open(t, healthy())
    await shows('/', 'Filter:')
    const typed = await shows('pmp-b', 'Filter: pmp-b')
    assert.doesNotMatch(typed, /^ {3}pmp-a|▸ pmp-a/m)
    await shows(ENTER, /filter "pmp-b"/)
    terminal.type(ESC)
    await terminal.until((screen) => /pmp-a {5}/.test(screen) && !screen.includes('filter "'), 'every row again')
  })

  test('keys are text while text is typed; backspace, ctrl+w and ctrl+u erase', async (t) => {
    const { shows, engine } = open(t, healthy())
    await shows('/q r', 'Filter: q r█')
    await shows('\x7f', 'Filter: q █')
    await shows('xy\x17', 'Filter: q █')
    await shows('\x15', 'Filter: █')
    assert.deepEqual(engine.calls, [])
  })
})

describe('palette', () => {
  test('finds by loosely typed letters and runs', async (t) => {
    const { shows, store } = open(t, healthy())
    await shows(':', /\d+ found/)
    await shows('pause', /▸ pause and resume polling/)
    await shows(ENTER, 'PAUSED')
    assert.equal(store.latest().paused, true)
  })

  test('makes a fault of the demo', async (t) => {
    const made: string[] = []
    const { shows } = open(t, healthy(), { engine: { faults: demoFaults(made) } })
    await shows(':demo pause', /▸ demo: pause replay/)
    await shows(ENTER, /pause replay on the replica: done/)
    assert.deepEqual(made, ['pause-replay'])
  })

  test('says why something can not be used', async (t) => {
    const { shows } = open(t, healthy())
    await shows(':fault', /not now: faults can only be made in the demo/)
    await shows(ENTER, /faults can only be made in the demo/)
  })

  test('leads to another cluster', async (t) => {
    const state = healthy()
    const other = cascade().clusters
    const { shows } = open(t, { ...state, clusters: [...state.clusters, ...other] })
    await shows('', /and 1 more/)
    await shows(':orders\r', /pgdeck {2}orders/)
    await shows('', /west-1/)
  })
})

describe('rename', () => {
  test('saves a name, refuses a taken one, can be left', async (t) => {
    const { shows, engine } = open(t, healthy())
    await shows('r', 'Rename pmp-a to: pmp-a█')
    await shows('\x15pmp-b\r', /already a name in/)
    await shows('\x15Haupt\u00adserver\r', 'control and invisible characters')
    await shows('\x15Köln 1\r', 'pmp-a is shown as Köln 1')
    assert.deepEqual(engine.calls, ['rename vault pmp-a Köln 1'])
    await shows('r', 'Rename pmp-a')
    await shows(ESC, selected('pmp-a'))
    await shows('r\x15\r', 'has its own name again')
    assert.deepEqual(engine.calls, ['rename vault pmp-a Köln 1', 'rename vault pmp-a '])
  })

  test('a name that could not be kept is told', async (t) => {
    const rename = () => Promise.reject(new Error('the folder is read-only'))
    const { shows } = open(t, healthy(), { engine: { rename } })
    await shows('rX\r', /could not be saved: the folder is read-only/)
  })
})

describe('polling', () => {
  test('space pauses, + and - change the interval', async (t) => {
    const { shows } = open(t, healthy())
    await shows(' ', 'PAUSED')
    await shows(' ', 'every 2 s')
    await shows('+', 'every 1 s')
    await shows('+', 'every 0.5 s')
    await shows('+', 'already at its fastest')
    await shows('---', 'every 5 s')
  })
})

describe('faults', () => {
  test('f is for the demo only', async (t) => {
    const { shows } = open(t, healthy())
    await shows('f', 'f: faults can only be made in the demo')
  })

  test('the menu explains and makes', async (t) => {
    const made: string[] = []
    const { shows } = open(t, healthy(), { engine: { faults: demoFaults(made) } })
    await shows('f', 'MAKE A FAULT')
    await shows('G', /▸ heal everything/)
    await shows(ENTER, 'heal everything: done')
    assert.deepEqual(made, ['heal'])
  })

  test('the menu opens on the first fault, and on the healing while something is broken', async (t) => {
    const made: string[] = []
    const { shows } = open(t, primaryDown(), { engine: { faults: demoFaults(made) } })
    await shows('f', /▸ kill the primary database/)
    await shows(ENTER, 'kill the primary database: done')
    await shows('f', /▸ heal everything/)
  })
})

describe('help', () => {
  test('shows the keys of the view and scrolls', async (t) => {
    const { shows } = open(t, healthy(), { rows: 24, columns: 80 })
    await shows('?', 'KEYS OF THIS VIEW: TOPOLOGY')
    await shows('G', 'TL: the timeline')
    await shows(ESC, selected('pmp-a'))
  })
})

describe('paste', () => {
  test('pasted text never counts as keys, and is typed where text is taken', async (t) => {
    const { shows, engine } = open(t, healthy())
    await shows('\x1b[200~qqq\nf\x1b[201~', 'pasted text is not used as keys')
    assert.deepEqual(engine.calls, [])
    await shows('/', 'Filter:')
    await shows('\x1b[200~pmp-b\x1b]0;x\x07\n\x1b[201~', 'Filter: pmp-b')
  })

  test('a page pasted by mistake is cut, and its end is shown at once', { timeout: patiently(10_000) }, async (t) => {
    const { shows, store } = open(t, healthy())
    await shows('/', 'Filter: ')
    await shows(`\x1b[200~${'漢'.repeat(100_000)}\x1b[201~`, 'Filter: 漢漢')
    const { overlay } = store.latest().navigation
    assert.ok(overlay.kind === 'filter' && overlay.text.length <= 500)
  })
})

describe('the terminal', () => {
  test('is given back by q', async (t) => {
    const { shows, terminal, engine, handle } = open(t, healthy())
    await shows('', selected('pmp-a'))
    assert.equal(terminal.emulator.buffer.active.type, 'alternate')
    assert.equal(terminal.isRaw(), true)
    terminal.type('q')
    await handle.done
    assert.deepEqual(engine.calls, ['quit'])
    await terminal.until(() => terminal.emulator.buffer.active.type === 'normal', 'the main screen')
    assert.equal(terminal.emulator.modes.bracketedPasteMode, false)
    assert.equal(terminal.isRaw(), false)
  })

  test('ctrl+c interrupts while text is typed', async (t) => {
    const interrupted = Promise.withResolvers<void>()
    const { shows, terminal, engine } = open(t, healthy(), { engine: { interrupt: interrupted.resolve } })
    await shows('/abc', 'Filter: abc')
    terminal.type('\x03')
    await interrupted.promise
    assert.deepEqual(engine.calls, [])
  })

  test('ctrl+l draws everything anew over what others wrote', async (t) => {
    const { shows, terminal } = open(t, healthy())
    await shows('', selected('pmp-a'))
    const before = terminal.screen()
    terminal.stdout.write('\x1b[3;1HGARBAGE FROM ANOTHER PROGRAM')
    await shows('', 'GARBAGE')
    terminal.type('\x0c')
    await terminal.until((screen) => screen === before, 'the same frame as before')
  })

  test('follows its size', async (t) => {
    const { terminal, shows } = open(t, healthy(), { columns: 120, rows: 40 })
    await shows('', 'LSN')
    terminal.resize(80, 24)
    await terminal.until((screen) => !screen.includes('LSN') && screen.includes('q quit'), 'the narrow frame')
    terminal.resize(40, 10)
    await shows('', /needs 60x12/)
    terminal.resize(200, 60)
    await shows('', 'no host configured')
  })

  test('gets few bytes when little changes', async (t) => {
    const { terminal, shows, store } = open(t, healthy())
    await shows('', selected('pmp-a'))
    const before = terminal.bytes()
    store.dispatch({ type: 'ticked', at: store.latest().now + 1_000 })
    await shows('', '14:32:08')
    assert.ok(terminal.bytes() - before < 700, `${terminal.bytes() - before} bytes for one tick of the clock`)
  })

  test('none, or a dumb one: a message that says what to use instead', () => {
    const { stdin, stdout } = fakeTerminal(80, 24)
    const store = createStore(healthy())
    const start = (over: object) => () =>
      startScreen({ store, controller: fakeController(), env: SCREEN_ENV, stdin, stdout, ...over })
    assert.throws(start({ env: { TERM: 'dumb' } }), (error: Error) => {
      return error instanceof TerminalError && /pgdeck status/.test(error.message)
    })
    assert.throws(start({ stdout: { isTTY: false } }), /pgdeck status/)
    assert.throws(start({ stdin: { isTTY: false } }), /pgdeck status/)
  })
})

describe('the screen reader mode', () => {
  test('says the same without drawing: no alternate screen, no lines, no sparklines', async (t) => {
    const terminal = fakeTerminal(120, 40)
    const { stdin, stdout } = terminal
    const store = createStore(lagging())
    const handle = startScreen({
      store,
      controller: fakeController(),
      env: SCREEN_ENV,
      stdin,
      stdout,
      screenReader: true,
    })
    t.after(() => handle.stop())
    const text = await terminal.until((screen) => screen.includes('pmp-ro'), 'the servers')
    assert.equal(terminal.emulator.buffer.active.type, 'normal')
    assert.doesNotMatch(text, /[─▁▂▃▄▅▆▇█●▲]/)
    assert.match(text, /streaming/)
  })

  test('leaves the cursor below what was read: the prompt of the shell does not land in it', async (t) => {
    const terminal = fakeTerminal(120, 40)
    const { stdin, stdout } = terminal
    const store = createStore(lagging())
    const handle = startScreen({
      store,
      controller: fakeController(),
      env: SCREEN_ENV,
      stdin,
      stdout,
      screenReader: true,
    })
    t.after(() => handle.stop())
    await terminal.until((screen) => screen.includes('q quit'), 'the keys')
    handle.stop()
    stdout.write('$ ')
    const screen = await terminal.until((text) => text.includes('$ '), 'the prompt')
    const lines = screen.trimEnd().split('\n')
    assert.match(lines.at(-1) ?? '', /^\$ *$/)
    assert.match(lines.at(-2) ?? '', /quit/)
  })
})

describe('press', () => {
  test('plays keys once the first figures are in', async (t) => {
    const state = healthy()
    const early = { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, complete: false })) }
    const { shows, store, terminal } = open(t, early, { press: '/ pmp-b enter' })
    await shows('', 'first answers')
    assert.doesNotMatch(terminal.screen(), /filter "/)
    store.dispatch({ type: 'derive-requested', at: store.latest().now })
    await shows('', 'filter "pmp-b"')
  })
})
