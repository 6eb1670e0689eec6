// How many keys the common tasks take from the home screen at 80x24: no more than the best other tool needs. An act is counted
// up to its plan; `y` confirms it, or the name of the target where data is at stake.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { pileUp } from '../builders/alert-screens.ts'
import { hbaAudited } from '../builders/hba-screens.ts'
import { lockChain } from '../builders/lock-screens.ts'
import { replicationLinks } from '../builders/replication-screens.ts'
import { fakeController, healthy, lagging, primaryDown } from '../builders/screens.ts'
import { busySessions } from '../builders/session-screens.ts'
import { ENTER, openScreen, TAB } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

interface Task {
  readonly what: string
  readonly from: () => State
  readonly keys: readonly string[]
  /** The keys that the best other tool needs; null: none can do it. */
  readonly most: number | null
  /** What the screen shows then, or what is proposed. */
  readonly shows?: RegExp
  readonly proposes?: { readonly action: string; readonly target: string; readonly input?: RegExp }
}

const TASKS: readonly Task[] = [
  { what: 'what is wrong, who serves', from: primaryDown, keys: [], most: null, shows: /USERS CAN ONLY READ/ },
  { what: 'who holds up all others', from: lockChain, keys: ['4'], most: 1, shows: /▸ 21904 / },
  {
    what: 'end the session at the root of the lock tree',
    from: lockChain,
    keys: ['4', 'K'],
    most: 3,
    proposes: { action: 'terminate-session', target: 'db-1', input: /"pid":"21904"/ },
  },
  {
    what: 'end it from its alert',
    from: pileUp,
    keys: ['!', 'K'],
    most: 3,
    proposes: { action: 'terminate-session', target: 'db-1', input: /"pid":"24960"/ },
  },
  {
    what: 'cancel what weighs most',
    from: busySessions,
    keys: ['3', 'C'],
    most: 3,
    proposes: { action: 'cancel-query', target: 'db-1', input: /"pid":"4130"/ },
  },
  { what: 'the whole text of a statement', from: busySessions, keys: ['3', ENTER], most: 2, shows: /FOR UPDATE/ },
  {
    what: 'end several sessions',
    from: busySessions,
    keys: ['3', 'm', 'm', 'K'],
    most: 5,
    proposes: { action: 'terminate-session', target: 'db-1', input: /"sessions":"4130@[^,]+,4101@[^,]+"/ },
  },
  {
    what: 'end all sessions of an application',
    from: busySessions,
    keys: ['3', TAB, TAB, TAB, TAB, 'K'],
    most: null,
    proposes: { action: 'terminate-session', target: 'db-1', input: /"application":"pmp-a"/ },
  },
  {
    what: 'why is the worst one down',
    from: primaryDown,
    keys: ['!', 'd'],
    most: null,
    shows: /DIAGNOSIS of database db-1|d diagnoses it/,
  },
  {
    what: 'start it again',
    from: primaryDown,
    keys: ['R'],
    most: 2,
    proposes: { action: 'start', target: 'db-1' },
  },
  {
    what: 'promote the candidate',
    from: primaryDown,
    keys: ['!', 'P'],
    most: null,
    proposes: { action: 'promote', target: 'db-ro' },
  },
  {
    what: 'which line of pg_hba.conf decides',
    from: hbaAudited,
    keys: ['h'],
    most: null,
    shows: /CONNECTIONS NEEDED BY pmp-a/,
  },
  {
    what: 'the curve of a lagging standby',
    from: replicationLinks,
    keys: ['2'],
    most: null,
    shows: /LAG {2}last 5 min[\s\S]*db-west +[▁-█]/,
  },
  {
    what: 'silence the worst alert for 1 h',
    from: lagging,
    keys: ['!', 'Z', ENTER],
    most: null,
    shows: /silenced until/,
  },
]

describe('keys from the home screen at 80x24', () => {
  for (const { what, from, keys, most, shows: wanted, proposes } of TASKS)
    test(`${what}: ${keys.length}`, async (t) => {
      assert.ok(most === null || keys.length <= most, `the best tool needs ${most}`)
      const proposed: { readonly action: string; readonly target: string | null; readonly input: string }[] = []
      const { shows } = openScreen(
        t,
        { ...from(), navigation: START_NAVIGATION },
        {
          columns: 80,
          rows: 24,
          controller: () => ({
            actions: {
              ...fakeController().actions,
              plan: ({ action, target, input }) => void proposed.push({ action, target, input: JSON.stringify(input) }),
            },
          }),
        },
      )
      await shows('', /pgdeck/)
      for (const key of keys) await shows(key, /./)
      if (wanted) await shows('', wanted)
      if (!proposes) return
      await until('it is proposed', 20_000, () => proposed.length > 0)
      const [{ action, target, input } = { action: '', target: null, input: '' }] = proposed
      assert.deepEqual({ action, target }, { action: proposes.action, target: proposes.target })
      if (proposes.input) assert.match(input, proposes.input)
    })

  test('on a healthy cluster no key acts by itself', async (t) => {
    const { shows, engine } = openScreen(t, healthy(), { columns: 80, rows: 24 })
    for (const key of ['R', 'P', 'K', 'C', 'Z']) await shows(key, /./)
    assert.deepEqual(
      engine.calls.filter((call) => /^(propose|silenced)/.test(call)),
      [],
    )
  })
})
