// The guided tour and its user: who pauses it, leaves it or takes over, and what it says when it can't go on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DemoFault } from '../../src/state/controller.ts'
import { healthy, primaryDown } from '../builders/screens.ts'
import { openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

const NEVER_TOLD = /loses its power/

function killing(make: () => Promise<void>): DemoFault {
  return { id: 'kill-primary', title: 'Kill the primary', explains: 'Ends db-1 at once.', make }
}

test('space pauses the tour, and only space lets it go on', async (t) => {
  const { shows, terminal } = openScreen(t, healthy(), { tourSpeed: 20 })
  await shows(' ', /paused · space continues/)
  // Far longer than all of its first scenes at this speed.
  const later = Date.now() + 1_500
  await until('time has passed', 1_500, () => Date.now() > later)
  assert.doesNotMatch(terminal.screen(), NEVER_TOLD)
  await shows(' ', NEVER_TOLD)
})

test('any other key takes over: it ends the tour and does nothing else', async (t) => {
  const { shows, engine } = openScreen(t, healthy(), { tourSpeed: 0.25 })
  await shows('', /any other key takes over/)
  const screen = await shows('P', /the tour has ended, the keys are yours/)
  assert.doesNotMatch(screen, /takes over/)
  assert.deepEqual(
    engine.calls.filter((call) => call.startsWith('propose')),
    [],
  )
  await shows('2', /REPLICATION/)
})

test('q leaves the program, whatever has the keys', async (t) => {
  const { shows, engine } = openScreen(t, healthy(), { tourSpeed: 0.25 })
  await shows('', /any other key takes over/)
  await shows('q', /.*/)
  await until('it ends', 5_000, () => engine.calls.includes('quit'))
})

test('the tour makes its fault, waits for the alarm, and presses the keys of a user', async (t) => {
  let made = 0
  const { shows, engine, store } = openScreen(t, healthy(), {
    tourSpeed: 20,
    controller: () => ({ faults: [killing(async () => void made++)] }),
  })
  await shows('', /The alarm: /)
  await until('the fault is made', 5_000, () => made === 1)
  assert.deepEqual(
    engine.calls.filter((call) => call.startsWith('diagnose')),
    [],
  )
  const [down] = primaryDown().clusters
  for (const { spec, pulse } of down?.databases ?? []) {
    if (pulse.state !== 'stale' && pulse.state !== 'failed') continue
    const { fault } = pulse
    const at = store.latest().now
    store.dispatch({ type: 'database-probed', cluster: 'vault', id: spec.id, at, outcome: { ok: false, fault } })
  }
  await until('it diagnoses the database', 5_000, () => engine.calls.includes('diagnose vault db-1'))
})

test('a fault that can not be made ends the tour with the reason, and leaves the keys to the user', async (t) => {
  const { shows } = openScreen(t, healthy(), {
    tourSpeed: 20,
    controller: () => ({ faults: [killing(async () => Promise.reject(new Error('db-1 is down already')))] }),
  })
  await shows('', /The tour stops here: db-1 is down already/)
  const screen = await shows('2', /REPLICATION/)
  assert.doesNotMatch(screen, /The tour stops here/)
})
