// A program around the screen for tests in a real terminal: draws, takes keys, ends as its argument asks.

import { renameSync, writeFileSync } from 'node:fs'
import { runInForeground } from '../../src/io/terminal/foreground.ts'
import type { ForegroundProgram } from '../../src/state/controller.ts'
import { createStore } from '../../src/state/store.ts'
import { startScreen } from '../../src/ui/start.tsx'
import { fakeController, healthy } from '../builders/screens.ts'

/** In place of psql: says what it hears, survives Ctrl-C as psql does, ends when told. */
const GUEST = `
trap 'echo interrupted' INT
echo "guest of $PPID"
until [ "$line" = bye ]; do
  read -r line && echo "guest heard $line"
done
exit 3`

const [, , ending] = process.argv
const psql = (): ForegroundProgram => ({
  title: 'psql on db-1',
  returnHint: '\\q returns to pgdeck',
  run: async () => `ended with ${(await runInForeground('/bin/sh', ['-c', GUEST], process.env)).exitCode}`,
})
const engine = { ...fakeController(), psql, interrupt: () => screen.stop() }
const mouse = ending === 'mouse'
const store = createStore(healthy())
const screen = startScreen({ store, controller: engine, env: process.env, mouse })
if (ending === 'busy') keepBusy()
if (ending === 'throw') setTimeout(() => explode('thrown by a timer'), 200)
if (ending === 'reject') setTimeout(() => void Promise.reject(new Error('rejected by nobody')), 200)

try {
  await screen.done
  // Node waits for a terminal that does not read.
  if (ending !== 'busy') process.stderr.write('ended in order\n')
} catch (error) {
  process.stderr.write(`broken: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

/** Draws whole screens for ever, and counts them in a file, so that it can be seen whether it goes on. */
function keepBusy(): void {
  const views = ['fleet', 'activity', 'topology', 'alerts'] as const
  let count = 0
  setInterval(() => {
    count += 1
    const view = views[count % views.length] ?? 'topology'
    store.dispatch({ type: 'notified', notice: { at: store.latest().now, severity: 'info', text: `round ${count}` } })
    store.dispatch({ type: 'view-opened', view })
    // In one piece: whoever reads it never finds it empty.
    writeFileSync(`${process.env.HEARTBEAT}.next`, String(count))
    renameSync(`${process.env.HEARTBEAT}.next`, process.env.HEARTBEAT ?? '')
  }, 20).unref()
}

function explode(message: string): never {
  throw new Error(message)
}
