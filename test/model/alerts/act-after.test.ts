import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startAfter } from '../../../src/model/alerts/act-after.ts'
import type { Alert, DatabaseView, Picture } from '../../../src/model/picture/picture.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'
import { shownCluster } from '../../../src/state/select/cluster.ts'
import { primaryDown } from '../../builders/screens.ts'

const NONE: ReadonlySet<string> = new Set()

function picture(): Picture {
  const { picture: shown = null } = shownCluster(primaryDown()) ?? {}
  assert.ok(shown)
  return shown
}

const about = (rule: Alert['rule'], id: string) => ({ rule, subject: subjectOf(id) })
const withDatabases = (change: (view: DatabaseView) => DatabaseView): Picture => ({
  ...picture(),
  databases: picture().databases.map(change),
})

describe('the start of what is down', () => {
  test('is named for a database that does not answer', () => {
    const act = startAfter(about('database-inactive', 'db-1'), picture(), NONE)
    assert.deepEqual(act, { action: 'start', key: 'R', does: 'a plan to start db-1 again' })
  })

  test('not for one that answers, or for another alert', () => {
    assert.equal(startAfter(about('database-inactive', 'db-ro'), picture(), NONE), null)
    assert.equal(startAfter(about('replication-lag', 'db-1'), picture(), NONE), null)
  })

  test('not for a primary that another one has replaced', () => {
    const promoted = withDatabases((view) => {
      const former = picture().databases.find(({ id }) => id === 'db-1')
      return view.id === 'db-ro' ? { ...view, problem: null, pulse: former?.pulse ?? null } : view
    })
    assert.equal(startAfter(about('database-inactive', 'db-1'), promoted, NONE), null)
  })

  test('a server needs a command in the config, and its database', () => {
    const { servers, ...rest } = picture()
    const down: Picture = { ...rest, servers: servers.map((view) => ({ ...view, status: 'inactive' })) }
    const one = servers.find(({ databaseId }) => databaseId === 'db-ro')
    const other = servers.find(({ databaseId }) => databaseId === 'db-1')
    assert.ok(one && other)
    const all = new Set(servers.map(({ id }) => id))
    assert.equal(startAfter(about('server-inactive', one.id), down, NONE), null)
    assert.match(startAfter(about('server-inactive', one.id), down, all)?.does ?? '', /a plan to start/)
    assert.equal(startAfter(about('server-inactive', other.id), down, all), null)
  })
})
