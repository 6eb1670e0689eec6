// From the row that shows a problem to the act that ends it: the keys that act on its subject, and the footer that names them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pileUp } from '../builders/alert-screens.ts'
import { fakeController, healthy, lagging, primaryDown } from '../builders/screens.ts'
import { busySessions, sessionId } from '../builders/session-screens.ts'
import { NOW } from '../builders/snapshot.ts'
import { openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

test('P on the primary that is down proposes the candidate of the banner', async (t) => {
  const { shows, engine } = openScreen(t, primaryDown(), { select: 'db-1' })
  await shows('', /d diagnose {2}R start {2}P promote {2}! worst alert/)
  await shows('P', /./)
  await until('it is proposed', 5_000, () => engine.calls.includes('propose promote db-ro'))
})

test('P on an alert of that primary does so too', async (t) => {
  const { shows, engine } = openScreen(t, primaryDown())
  await shows('!', /EVENTS AND ALERTS/)
  await shows('', /P a plan to promote db-ro/)
  await shows('P', /./)
  await until('it is proposed', 5_000, () => engine.calls.includes('propose promote db-ro'))
})

test('P on a primary that is up does not', async (t) => {
  const { shows } = openScreen(t, healthy(), { select: 'db-1' })
  await shows('P', /db-1 is not a standby/)
})

test('K on the alert about waits for locks ends the session at their root', async (t) => {
  const proposed: unknown[] = []
  const { shows } = openScreen(t, pileUp(), {
    controller: () => ({
      actions: {
        ...fakeController().actions,
        plan: ({ action, target, input }) => void proposed.push({ action, target, input }),
      },
    }),
  })
  await shows('!', /enter details {2}A ack {2}Z silence {2}4 locks {2}C cancel {2}K terminate/)
  await shows('K', /./)
  await until('it is proposed', 5_000, () => proposed.length === 1)
  assert.deepEqual(proposed, [
    {
      action: 'terminate-session',
      target: 'db-1',
      input: { pid: '24960', 'backend-start': new Date(NOW - 600_000).toISOString() },
    },
  ])
})

test('a database that lags is diagnosed first, and no promotion is offered for it', async (t) => {
  const { shows } = openScreen(t, lagging(), { select: 'db-ro' })
  await shows('', /\n d diagnose {2}! worst alert {2}enter details/)
})

test('K takes the marked sessions, also while a session of another database is selected', async (t) => {
  const proposed: unknown[] = []
  const { shows, store } = openScreen(t, busySessions(), {
    controller: () => ({
      actions: {
        ...fakeController().actions,
        plan: ({ target, input }) => void proposed.push({ target, input }),
      },
    }),
  })
  const mark = (id: string) => store.dispatch({ type: 'row-marked', pane: 'activity:all', id, marked: true })
  await shows('', /ACTIVITY/)
  for (const pid of [4131, 4200]) mark(sessionId(pid))
  store.dispatch({ type: 'row-selected', pane: 'activity:all', id: `db-ro:912:${NOW - 3_600_000}` })
  await shows('', /C cancel 2 marked {2}K terminate 2 marked/)
  await shows('K', /./)
  await until('it is proposed', 5_000, () => proposed.length === 1)
  const start = new Date(NOW - 3_600_000).toISOString()
  assert.deepEqual(proposed, [{ target: 'db-1', input: { sessions: `4131@${start},4200@${start}` } }])
  mark(`db-ro:912:${NOW - 3_600_000}`)
  await shows('K', /the marked sessions are on db-ro and db-1: mark those of one database; esc unmarks all/)
})
