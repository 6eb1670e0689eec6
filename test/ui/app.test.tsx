// The component of the screen by itself: what it draws when, what it makes of input, and that nothing of it is left.

import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { afterEach, test } from 'node:test'
import { cleanup, render } from 'ink-testing-library'
import type { State } from '../../src/state/state.ts'
import { App, type AppProps } from '../../src/ui/app.tsx'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { healthy, primaryDown } from '../builders/screens.ts'
import { until } from '../wait.ts'

const PATIENCE_MS = 2_000

/** The lines of a frame as the program makes them, without colours. */
const draw: AppProps['draw'] = (state, size) =>
  frame(state, { ...size, glyphs: UNICODE_GLYPHS }, []).map((line) => line.map(({ text }) => text).join(''))

/** What is shown, to be changed by hand, with the number of those who listen. */
function published(first: State) {
  let state = first
  const listeners = new Set<() => void>()
  return {
    published: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    publish(next: State) {
      state = next
      for (const listener of listeners) listener()
    },
    listeners,
  }
}

/** A terminal's size, which the library fixes, as the component sees it from now on. */
function resize(stdout: EventEmitter, columns: number, rows: number): void {
  Object.defineProperties(stdout, {
    columns: { value: columns, configurable: true },
    rows: { value: rows, configurable: true },
  })
  stdout.emit('resize')
}

async function open(state: State) {
  const keys: string[] = []
  const pasted: string[] = []
  let drawn = 0
  let mounted = 0
  const shown = published(state)
  const actor = {
    select: () => false,
    press: (key: string) => keys.push(key),
    paste: (text: string) => pasted.push(text),
    mouse() {},
  }
  const props: AppProps = {
    shown,
    actor,
    draw: (...args) => {
      drawn += 1
      return draw(...args)
    },
    generation: 0,
    onMounted: () => {
      mounted += 1
    },
  }
  const app = render(<App {...props} />)
  resize(app.stdout, 100, 30)
  await shows(app, linesOf(state, 100, 30))
  return { app, shown, keys, pasted, drawn: () => drawn, mounted: () => mounted }
}

function linesOf(state: State, columns: number, rows: number): string {
  return draw(state, { columns, rows })
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
}

function shows(app: ReturnType<typeof render>, text: string): Promise<void> {
  return until(`the frame:\n${text}`, PATIENCE_MS, () => app.lastFrame()?.trimEnd() === text)
}

afterEach(cleanup)

test('it draws the state as it is published, one line per row, and is given the terminal to lend once', async () => {
  const { app, shown, mounted } = await open(healthy())
  assert.match(app.lastFrame() ?? '', /db-1/)
  shown.publish(primaryDown())
  await shows(app, linesOf(primaryDown(), 100, 30))
  assert.equal(mounted(), 1)
})

test('it is drawn in the size that the terminal has now', async () => {
  const { app } = await open(healthy())
  for (const [columns, rows] of [
    [80, 24],
    [140, 45],
    [40, 10],
  ] as const) {
    resize(app.stdout, columns, rows)
    await shows(app, linesOf(healthy(), columns, rows))
  }
})

test('keys reach the program by name, and pasted text as text', async () => {
  const { app, keys, pasted } = await open(healthy())
  for (const typed of ['j', '\x1b[A', '\r', ' ', '\x03', 'G?', '\x1b[6~']) app.stdin.write(typed)
  await until('all keys', PATIENCE_MS, () => keys.length >= 8)
  assert.deepEqual(keys, ['j', 'up', 'enter', 'space', 'ctrl+c', 'G', '?', 'pagedown'])
  app.stdin.write('\x1b[200~q\rq\x1b[201~')
  await until('what was pasted', PATIENCE_MS, () => pasted.length > 0)
  assert.deepEqual([pasted, keys.length], [['q\rq'], 8])
})

test('nothing is left of it when it ends', async () => {
  const { app, shown, keys, drawn } = await open(healthy())
  assert.equal(shown.listeners.size, 1)
  app.unmount()
  const before = drawn()
  shown.publish(primaryDown())
  app.stdin.write('j')
  resize(app.stdout, 60, 20)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([shown.listeners.size, keys, drawn() - before], [0, [], 0])
  assert.equal(app.stdout.listenerCount('resize'), 0)
  assert.deepEqual([app.stdin.listenerCount('readable'), app.stdin.listenerCount('data')], [0, 0])
})
