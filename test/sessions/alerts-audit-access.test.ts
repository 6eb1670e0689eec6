// Keys through the views of alerts, the audit trail and access: tabs, details, muting with a reason, ending that.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { State } from '../../src/state/state.ts'
import { withCertificates } from '../builders/access-screens.ts'
import { manyAlerts } from '../builders/alert-screens.ts'
import { audited, ENTRIES } from '../builders/audit-screens.ts'
import { healthy, lagging } from '../builders/screens.ts'
import { ENTER, ESC, openScreen, TAB } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

const open = (t: TestContext, state: State) => openScreen(t, state, { columns: 140 })

describe('events and alerts', () => {
  test('9 opens them; tabs, a filter by cause, and details with what to do next', async (t) => {
    const { shows } = open(t, lagging())
    await shows('9', /EVENTS AND ALERTS ▸ merged \d/)
    const state = open(t, manyAlerts())
    await state.shows('', /▸ merged 11 +alerts 7 +muted 2/)
    await state.shows(
      `/its database${ENTER}`,
      /▸ merged 1 [\s\S]*degraded: HTTP 500 because its database db-1 is inactive/,
    )
    await state.shows(ENTER, /EVENT of pmp-a[\s\S]*because +its database db-1 is inactive/)
    await state.shows(`${ESC}`, /▸ merged 1 /)
    await state.shows(`${ESC}`, /▸ merged 11/)
    await state.shows(TAB, /▸ alerts 7/)
    await state.shows('s', 'alerts are sorted by severity, worst first')
    await state.shows(ENTER, /ALERT replication-lag[\s\S]*limits +warning 8 MB, critical 64 MB[\s\S]*next key +2: /)
  })

  test('an alert is acknowledged with a reason, and never without one', async (t) => {
    const { shows, engine } = open(t, manyAlerts())
    await shows('', /▸ merged 11/)
    await shows(':ack', /▸ acknowledge the selected alert/)
    await shows(ENTER, /Acknowledge replication-lag of db-ro, because: /)
    await shows(ENTER, 'a reason is needed')
    await shows(`known${ENTER}`, 'replication-lag of db-ro: acknowledged until it ends')
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('ack')),
      ['acknowledged replication-lag db-ro known'],
    )
  })

  test('an alert is silenced for a while or until a time; esc leaves it', async (t) => {
    const { shows, engine } = open(t, manyAlerts())
    await shows('', /▸ merged 11/)
    await shows(`:sil 8${ENTER}`, /Silence replication-lag of db-ro for 8 h, because: /)
    await shows(`moving${ENTER}`, 'replication-lag of db-ro: silenced until 2')
    await shows(`:sil u${ENTER}`, /Silence replication-lag of db-ro until: /)
    await shows(`soon${ENTER}`, 'start with the end: 8 h')
    await shows(`\x152 d${ENTER}`, 'a reason is needed')
    await shows(' index build', /until: 2 d index build/)
    await shows(ENTER, 'replication-lag of db-ro: silenced until 2')
    await shows('Z', /for 1 h, because: .*may stay empty/)
    await shows(ESC, /enter details/)
    await shows('Z', /for 1 h, because: /)
    await shows(ENTER, 'replication-lag of db-ro: silenced until 2')
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('silenced')),
      [
        'silenced replication-lag db-ro moving',
        'silenced replication-lag db-ro index build',
        'silenced replication-lag db-ro no reason given',
      ],
    )
  })

  for (const [where, keys, found] of [
    ['its own row', `${TAB}${TAB}`, /▸ muted 2/],
    ['the alert that it mutes', `/slot-inactive${ENTER}`, /▸ merged 1 /],
  ] as const) {
    test(`a silence is ended from ${where}`, async (t) => {
      const { shows, engine } = open(t, manyAlerts())
      await shows(keys, found)
      await shows(`:unsil${ENTER}`, 'slot-inactive of db-1/old_report: no longer silenced')
      assert.ok(engine.calls.includes('unsilence silence-1'))
    })
  }

  test('where no alert is selected the palette says what to do first', async (t) => {
    const { shows } = open(t, healthy())
    await shows('', /SERVERS {2}3 of 3 up/)
    await shows(':sil 8', /not now: select an alert in force first: view 9 has them/)
  })

  test('an alert is acknowledged from the topology too', async (t) => {
    const { shows } = open(t, lagging())
    await shows(`${TAB}${TAB}`, /▸ .*▲ db-ro +replication lag/)
    await shows(`:ack${ENTER}`, /Acknowledge replication-lag of db-ro, because: /)
  })
})

describe('audit', () => {
  test('8 opens it and has the trail followed only while it is open', async (t) => {
    const { shows, engine, store } = open(t, healthy())
    await shows('8', /AUDIT ▸ all \?/)
    store.dispatch({ type: 'audit-read', entries: ENTRIES })
    store.dispatch({ type: 'audit-checked', check: { state: 'whole', at: store.latest().now, lines: 10 } })
    store.flush()
    await shows('', /10 lines, all unchanged/)
    await shows('1', /SERVERS {2}3 of 3 up/)
    assert.deepEqual(
      engine.calls.filter((call) => call.includes('trail')),
      ['follow the trail', 'leave the trail'],
    )
  })

  test('a trail that is open at the start is followed at once', async (t) => {
    const { shows, engine } = open(t, audited())
    await shows('', /AUDIT ▸ all 9/)
    assert.ok(engine.calls.includes('follow the trail'))
  })

  test('tabs go by what an entry is about; enter shows all of it', async (t) => {
    const { shows } = open(t, audited())
    await shows(TAB, /▸ resource 7/)
    await shows(TAB, /▸ user 2/)
    await shows('j', /^ ▸ 11-21/m)
    await shows(ENTER, /ENTRY[\s\S]*result +done in 2 s[\s\S]*"resume replay on db-ro"[\s\S]*HASH CHAIN\s+1234 lines/)
    await shows(ESC, /▸ user 2/)
    await shows(TAB, /▸ task 0[\s\S]*no automatic work is noted of this cluster yet/)
    await shows(TAB, /▸ primary 2/)
    await shows(TAB, /▸ secondary 1/)
    await shows(TAB, /▸ read-only 1/)
    await shows(TAB, /▸ databases 3/)
    await shows(`/replay${ENTER}`, /▸ databases 1/)
  })
})

describe('access', () => {
  test('7 opens the matrix; pairs, ports and certificates follow', async (t) => {
    const { shows } = open(t, withCertificates())
    await shows('7', /ACCESS ▸ matrix 6[\s\S]*WHO +db-1 +db-ro/)
    await shows(ENTER, /pmp-a {2}needed connections[\s\S]*connected: 24 sessions from 10.0.0.11/)
    await shows(ESC, /▸ matrix 6/)
    await shows(TAB, /▸ needed pairs 14/)
    await shows(`/pmp-ro${ENTER}`, /▸ needed pairs 2/)
    await shows(ESC, /▸ needed pairs 14/)
    await shows(TAB, /▸ ports 6/)
    await shows(ENTER, /SERVER pmp-a/)
    await shows(ESC, /▸ ports 6/)
    await shows(TAB, /▸ certificates 4[\s\S]*▸ pmp-b +12 d/)
    await shows('S', /certificates are sorted/)
  })
})
