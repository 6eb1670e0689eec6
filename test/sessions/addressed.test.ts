// Nodes, alerts and views addressed by name, as a runbook does: whatever the order of rows, and however slow the answers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthy, lagging } from '../builders/screens.ts'
import { anActivity, aSession } from '../builders/session-screens.ts'
import { NOW } from '../builders/snapshot.ts'
import { ENTER, ESC, openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

test('--select goes to a database by its name before any key is pressed', async (t) => {
  const { shows, engine } = openScreen(t, lagging(), { select: 'db-ro', press: 'P' })
  await shows('', /▸ └▶ db-ro|▸ └.*db-ro/)
  await until('it is proposed', 5_000, () => engine.calls.includes('propose promote db-ro'))
})

test('without what is to be selected no key is pressed', async (t) => {
  const { shows, engine } = openScreen(t, lagging(), { select: 'nowhere', press: 'tab P' })
  await shows('', /no server or database is named nowhere/)
  assert.deepEqual(
    engine.calls.filter((call) => call.startsWith('propose')),
    [],
  )
})

test('a key of --press waits until the view that was opened has its answers', async (t) => {
  const { shows, engine, store } = openScreen(t, healthy(), { press: '3 K' })
  await shows('', /waiting for the first answer/)
  const sessions = [aSession({ pid: 4130, state: 'active', query: 'SELECT 1', querySeconds: 4 })]
  for (const id of ['db-1', 'db-ro']) {
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('propose')),
      [],
    )
    const outcome = { ok: true, value: anActivity(id === 'db-1' ? sessions : []) } as const
    store.dispatch({ type: 'query-completed', cluster: 'vault', id, at: NOW, answer: { id: 'activity', outcome } })
    store.dispatch({ type: 'derive-requested', at: NOW })
  }
  await until('it is proposed', 5_000, () => engine.calls.includes('propose terminate-session db-1'))
})

test(':go goes to a server or database from any view, and clears the filter', async (t) => {
  const { shows } = openScreen(t, healthy())
  await shows('/pmp', /Filter: pmp/)
  await shows(ENTER, /filter|pmp-a/)
  await shows('2', /REPLICATION/)
  await shows(':go db-ro', /▸ go to db-ro/)
  await shows(ENTER, /▸ └▶ db-ro/)
})

test('a filter moves to the pane that has the match', async (t) => {
  const { shows } = openScreen(t, healthy())
  await shows('/db-ro', /▸ db-ro/)
  await shows(`${ENTER}d`, /diagnos/i)
  await shows(ESC, /DATABASES/)
})

test('! goes to the worst alert, and Z silences it with two more keys', async (t) => {
  const { shows, engine } = openScreen(t, lagging())
  await shows('!', /EVENTS AND ALERTS.*▸ alerts/)
  await shows('Z', /Silence replication-lag of db-ro for 1 h/)
  await shows(ENTER, /silenced until/)
  assert.ok(engine.calls.includes('silenced replication-lag db-ro no reason given'))
})

test('a digit opens the first pane, and the same digit again the pane used last', async (t) => {
  const { shows } = openScreen(t, lagging())
  await shows('9', /▸ merged/)
  await shows('\t', /▸ alerts/)
  await shows('1', /▸ pmp-a/)
  await shows('9', /▸ merged/)
  await shows('9', /▸ alerts/)
})
