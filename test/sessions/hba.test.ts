// Keys around pg_hba.conf: `h` from any view with a subject, the panes of the access view, what is asked for meanwhile.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { State } from '../../src/state/state.ts'
import { hbaAudited } from '../builders/hba-screens.ts'
import { openScreen } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

const open = (t: TestContext, state: State) => openScreen(t, state, { columns: 140 })

describe('h', () => {
  test('checks pg_hba of the selected server or database, and asks for the rules only meanwhile', async (t) => {
    const { engine, shows } = open(t, hbaAudited())
    await shows('h', /CONNECTIONS NEEDED BY pmp-a[\s\S]*● good +db-1 +uses +line 6: host vault vault_app/)
    assert.deepEqual(engine.calls.filter((call) => call.startsWith('look')).at(-1), 'look vault hba')
    await shows('\x1b', /▸ pmp-a/)
    assert.deepEqual(engine.calls.filter((call) => call.startsWith('look')).at(-1), 'look vault ')
    await shows('\tjj', /▸ .*db-ro/)
    await shows(
      'h',
      /pg_hba.conf of db-ro[\s\S]*✖ broken[\s\S]*probable intent +host +replication +ro_user +10.0.0.11\/32/,
    )
  })

  test('needs a server or a database', async (t) => {
    const { shows } = open(t, hbaAudited())
    await shows('7', /ACCESS ▸ matrix/)
    await shows('Gh', /h: select a server or a database first/)
  })

  test('view 7 has the whole matrix; enter tells the reasoning line by line', async (t) => {
    const { shows } = open(t, hbaAudited())
    await shows('7\t\t\t\t', /▸ pg_hba 15[\s\S]*▸ db-1 +may replicate from +db-2 +ro_user \(likely\)/)
    await shows(
      '\r',
      /REASONING[\s\S]*its address differs[\s\S]*4 +host +replication +ro_user +10.0.0.0\/24 +reject +decides/,
    )
    await shows('\x1b', /▸ pg_hba 15/)
    await shows('\t', /▸ by node 5/)
    await shows('\t', /▸ encryption 7[\s\S]*▸ db-1 +pmp-a +client +vault_app +vault +10.0.0.21 +none +24/)
  })
})
