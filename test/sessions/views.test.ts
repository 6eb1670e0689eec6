// Keys through the views: digits, panes, sorting, filters, details, and what the databases are asked meanwhile.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { State } from '../../src/state/state.ts'
import { replicationLinks } from '../builders/replication-screens.ts'
import { lagging } from '../builders/screens.ts'
import { busySessions, manySessions } from '../builders/session-screens.ts'
import { ENTER, ESC, openScreen, TAB } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

const open = (t: TestContext, state: State, rows = 40) => openScreen(t, state, { rows })

const home = (state: State): State => ({ ...state, navigation: { ...state.navigation, view: 'topology' } })

describe('views', () => {
  test('digits open them; each asks for what it needs and for no more once it is left', async (t) => {
    const { shows, engine } = open(t, home(busySessions()))
    await shows('', /SERVERS {2}3 of 3 up/)
    assert.deepEqual(engine.calls, [])
    await shows('3', /ACTIVITY ▸ all 45/)
    await shows('2', /REPLICATION {2}1 link/)
    await shows('1', /SERVERS {2}3 of 3 up/)
    assert.deepEqual(engine.calls, ['look vault activity', 'look vault ', 'look vault '])
  })

  test('a view that is open at the start is asked for at once', async (t) => {
    const { shows, engine } = open(t, busySessions())
    await shows('', /ACTIVITY ▸ all 45/)
    assert.deepEqual(engine.calls, ['look vault activity'])
  })

  test('the palette leads there, `?` explains it, and it is found again as it was left', async (t) => {
    const { shows } = open(t, home(busySessions()))
    await shows(':activity', /▸ view: activity/)
    await shows(ENTER, /ACTIVITY ▸ all 45/)
    await shows('?', 'KEYS OF THIS VIEW: ACTIVITY')
    await shows('G', 'the server’s own processes are left out')
    await shows(ESC, /ACTIVITY ▸ all 45/)
    await shows(TAB, /▸ running 3/)
    await shows(TAB, /▸ waiting 2/)
    await shows(`/pmp-b${ENTER}`, /▸ waiting 2 .*filter "pmp-b"/)
    await shows('1', /SERVERS {2}3 of 3 up/)
    const back = await shows('3', /▸ all 14 .*filter "pmp-b"/)
    assert.match(back, /^ ▸ +4120/m)
  })

  test('another cluster is asked instead', async (t) => {
    const state = busySessions()
    const { shows, engine } = open(t, { ...state, clusters: [...state.clusters, ...replicationLinks().clusters] })
    await shows(':orders', /▸ cluster orders/)
    await shows(ENTER, /pgdeck {2}orders/)
    assert.equal(engine.calls.at(-1), 'look orders activity')
  })
})

describe('replication', () => {
  test('rows sort, open and tell what is wrong; the banner stays one line', async (t) => {
    const { shows } = open(t, { ...replicationLinks() })
    const screen = await shows('2', /REPLICATION {2}5 links/)
    assert.match(screen, /Served by db-1 \(read-write\) +▲ db-west replication lag/)
    await shows('j', /▲ db-west does not catch up/)
    await shows('', /LAG OF db-west/)
    await shows(ENTER, /LINK db-1 → db-west/)
    await shows('G', /SLOT west/)
    await shows(ESC, /^ ▸ db-1 → db-west/m)
    await shows('s', 'links are sorted by link, a to z')
    await shows('sss', 'links are sorted by slot, a to z')
    await shows('s', /links are sorted by behind/)
    await shows('', /^ ▸ db-1 → db-west/m)
    await shows(TAB, 'tab: this view has one pane')
  })

  test('a standby can be renamed from its link, an end that is not watched can not', async (t) => {
    const { shows } = open(t, lagging())
    await shows('2', /^ ▸ db-1 → db-ro/m)
    await shows('r', 'Rename db-ro to: db-ro')
  })
})

describe('activity', () => {
  test('tab goes through the panes; groups are chosen by s', async (t) => {
    const { shows } = open(t, busySessions())
    await shows('', /▸ all 45/)
    await shows(TAB, /▸ running 3/)
    await shows(TAB, /▸ waiting 2/)
    await shows(TAB, /▸ idle in transaction 2/)
    await shows(TAB, /▸ grouped 6[\s\S]*APPLICATION/)
    await shows('s', /sessions are grouped by user, the most first/)
    await shows('', /▸ grouped 4[\s\S]* {3}USER/)
    await shows('S', /sessions are grouped by user, the fewest first/)
    await shows('sss', /sessions are grouped by state, the most first/)
    await shows('s', /sessions are grouped by application, the most first/)
    await shows(TAB, /▸ all 45/)
  })

  test('the filter matches the name of a database, of a user, and words of a query', async (t) => {
    const { shows } = open(t, busySessions())
    await shows('/db-ro pmp-ro', /▸ all 2/)
    await shows('\x15reporting', /▸ all 1/)
    await shows('\x15start_replication', /▸ all 1/)
    await shows(`\x15nowhere${ENTER}`, /no sessions match "nowhere": esc clears the filter/)
    await shows(ESC, /▸ all 45/)
  })

  test('enter shows the whole statement; a session that ends while it is looked at says so', async (t) => {
    const { shows, store } = open(t, busySessions())
    await shows('', /^ ▸ +4130 .*idle-tx, holds 1/m)
    await shows('j', /^ ▸ +4101/m)
    await shows(ENTER, /SESSION 4101 ON db-1[\s\S]*ORDER BY uses DESC LIMIT 500/)
    const outcome = { ok: true, value: { sessions: [], seesAll: true, missing: [] } } as const
    const at = store.latest().now
    store.dispatch({ type: 'query-completed', cluster: 'vault', id: 'db-1', at, answer: { id: 'activity', outcome } })
    store.flush()
    await shows('', 'this session has ended')
    await shows(ESC, /▸ all 2/)
  })

  test('the selected session stays selected while thousands come and go', async (t) => {
    const { shows, store } = open(t, manySessions(3_000))
    await shows('', /▸ all 3000/)
    await shows('jjj', /^ ▸ +10013/m)
    const value = store.latest().clusters[0]?.databases[0]?.onDemand.activity
    assert.ok(value?.state === 'fresh')
    const sessions = value.value.sessions.filter(({ pid }) => pid !== 10_005)
    const outcome = { ok: true, value: { ...value.value, sessions } } as const
    const at = store.latest().now
    store.dispatch({ type: 'query-completed', cluster: 'vault', id: 'db-1', at, answer: { id: 'activity', outcome } })
    store.flush()
    await shows('', /▸ all 2999/)
    await shows('', /^ ▸ +10013/m)
  })
})
