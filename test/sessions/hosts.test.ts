// View 6 by keys: the hosts, one of them in full, sorted and filtered, what is asked of the databases for it.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { OnDemandQuery } from '../../src/model/measured/on-demand.ts'
import { hostScreen } from '../builders/hosts.ts'
import { ENTER, ESC, openScreen } from '../fakes/open-screen.ts'

process.env.TZ = 'UTC'

function open(t: TestContext) {
  const looks: (readonly OnDemandQuery[])[] = []
  const state = hostScreen({ view: 'topology', pane: 'servers' })
  const { shows } = openScreen(t, state, { controller: () => ({ setActiveQueries: (_, ids) => void looks.push(ids) }) })
  return { shows, looks }
}

describe('the hosts', () => {
  test('6 shows them, this one first, and has the databases asked for files only while it is open', async (t) => {
    const { shows, looks } = open(t)
    await shows('', /DATABASES/)
    assert.deepEqual(looks.flat(), [])
    const screen = await shows('6', /HOSTS ▸ hosts 8/)
    assert.match(screen, /▸ this host +jump-1 +0\.04/)
    assert.match(screen, /h2 .*▲?✖ 4\.2 GB · 4 % +8 h 21 min/)
    assert.deepEqual(looks.at(-1), ['hostFiles'])
    await shows('1', /DATABASES/)
    assert.deepEqual(looks.at(-1), [])
  })

  test('enter tells all of one, with what would give what it lacks', async (t) => {
    const { shows } = open(t)
    await shows('6', /▸ this host/)
    await shows('jj', /▸ h2/)
    const details = await shows(ENTER, /HOST h2/)
    assert.match(details, /inodes left +6400000 of 6553600/)
    assert.match(details, /full in +8 h 21 min/)
    await shows('G', /postmaster +\? the account may not look/)
    await shows(ESC, /▸ h2/)
    await shows('jjj', /▸ h5/)
    assert.match(await shows(ENTER, /HOST h5/), /in database postgres: GRANT pg_read_server_files TO pgdeck;/)
  })

  test('s sorts, the selection stays with its host, / filters', async (t) => {
    const { shows } = open(t)
    await shows('6', /▸ this host/)
    await shows('j', /▸ h1/)
    const sorted = await shows('sss', /LOAD\/CPU↓[\s\S]*▸ h1/)
    assert.ok(sorted.indexOf('h2 ') < sorted.indexOf('h1 '), sorted)
    await shows('/sql\r', /HOSTS ▸ hosts 2/)
  })
})
