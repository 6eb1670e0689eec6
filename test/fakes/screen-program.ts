// A program around the screen for tests in a real terminal: says READY, then ends as its argument asks.

import { createStore } from '../../src/state/store.ts'
import { startScreen } from '../../src/ui/start.tsx'
import { fakeEngine, healthy } from './screens.ts'

const [, , ending] = process.argv
const engine = { ...fakeEngine(), interrupt: () => screen.stop() }
const screen = startScreen({ store: createStore(healthy()), engine, env: process.env })
if (ending === 'throw') setTimeout(() => explode('thrown by a timer'), 200)
if (ending === 'reject') setTimeout(() => void Promise.reject(new Error('rejected by nobody')), 200)

try {
  await screen.done
  process.stderr.write('ended in order\n')
} catch (error) {
  process.stderr.write(`broken: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

function explode(message: string): never {
  throw new Error(message)
}
