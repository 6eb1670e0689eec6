import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord, ServerRecord } from '../../../src/model/measured/snapshot.ts'
import { planBasisOf } from '../../../src/model/runs/plan-basis.ts'
import { haveRolesChanged, servingAfterRun } from '../../../src/model/runs/serving-after-run.ts'
import {
  aClient,
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aServer,
  aServerPulse,
  aStale,
  aStandby,
  aStandbyPulse,
  aVault,
  NOW,
} from '../../builders/snapshot.ts'

const picture = (snapshot: ClusterSnapshot) => derivePicture(snapshot, null, NOW + 100)
const before = (snapshot: ClusterSnapshot) => planBasisOf(picture(snapshot), null)

function served(now: ClusterSnapshot, was: ClusterSnapshot, endsWrites = false) {
  const seen = { picture: picture(now), snapshot: now }
  return servingAfterRun(seen, { before: before(was), endsWrites })
}

const server = (id: string, type: 'primary' | 'secondary', parts: Partial<Parameters<typeof aServer>[0]> = {}) =>
  aServer({ id, type, databaseId: 'db-1', applicationName: id, pulse: aServerPulse(), ...parts })

const oldPrimary = aDatabase({ id: 'db-1', port: 5432, pulse: aStandbyPulse() })
const promoted = (...clients: readonly string[]): DatabaseRecord =>
  aDatabase({
    id: 'db-ro',
    port: 5433,
    pulse: aPrimaryPulse({ clients: clients.map((name) => aClient(name)) }),
  })
const after = (databases: readonly DatabaseRecord[], servers: readonly ServerRecord[]) =>
  aCluster({ databases, servers })

describe('who serves the users after a change of roles', () => {
  const stays = [server('app-a', 'primary'), server('app-b', 'secondary')]

  test('all stay on the old primary', () => {
    const found = served(after([oldPrimary, promoted()], stays), aVault())
    assert.equal(
      found.words,
      'app-a and app-b still use db-1: users can only read; next: point them at db-ro, or restart them',
    )
    assert.deepEqual([found.access, found.still, found.suffices], ['read-only', ['app-a', 'app-b'], false])
  })

  test('one has come over, one stays: its users can only read', () => {
    const found = served(after([oldPrimary, promoted('app-a')], stays), aVault())
    assert.equal(
      found.words,
      'app-b still uses db-1: users are served by app-a (read-write); next: point it at db-ro, or restart it; ' +
        'next: set in the configuration that app-a uses db-ro',
    )
    assert.deepEqual([found.access, found.by, found.suffices], ['read-write', ['app-a'], false])
  })

  test('with sessions on both it is not taken to have come over', () => {
    const both = aDatabase({ id: 'db-1', port: 5432, pulse: aStandbyPulse({ clients: [aClient('app-a')] }) })
    const found = served(after([both, promoted('app-a', 'app-b')], stays), aVault())
    assert.deepEqual([found.still, found.suffices], [['app-a'], false])
  })

  test('what an old reading of the dead primary says of sessions does not count', () => {
    const pulse = aStale(aPrimaryPulse({ clients: [aClient('app-a')] }), NOW - 60_000, aFault('refused'))
    const dead = aDatabase({ id: 'db-1', port: 5432, pulse })
    const found = served(after([dead, promoted('app-a', 'app-b')], stays), aVault())
    assert.deepEqual([found.access, found.by, found.still], ['read-write', ['app-a', 'app-b'], []])
    assert.ok(found.suffices)
  })

  test('a server that stays on a dead primary serves nobody', () => {
    const dead = aPrimary({}, { pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) })
    const found = served(after([dead, promoted()], [server('app-a', 'primary')]), aVault())
    assert.equal(
      found.words,
      'app-a still uses db-1: no server serves the users; next: point it at db-ro, or restart it',
    )
    assert.ok(!found.suffices)
  })

  test('what answers with an error serves nobody, though it is connected to the new primary', () => {
    const broken = server('app-a', 'primary', { pulse: aServerPulse({ httpStatus: 503 }) })
    const found = served(after([oldPrimary, promoted('app-a')], [broken]), aVault())
    assert.deepEqual([found.access, found.by, found.still, found.suffices], ['none', [], [], false])
    assert.match(found.words, /^no server serves the users/)
  })

  test('a fence ends writes on purpose', () => {
    const fenced = aDatabase({ id: 'db-1', pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) })
    const now = after([fenced, aStandby({ standby: { receiver: null } })], [server('app-a', 'primary')])
    assert.deepEqual([served(now, aVault(), true).suffices, served(now, aVault()).suffices], [true, false])
    assert.equal(served(now, aVault(), true).words, 'no server serves the users')
  })

  test('all well', () => {
    const found = served(aVault(), aVault())
    assert.equal(found.words, 'users are served by pmp-a and pmp-b (read-write)')
    assert.ok(found.suffices)
  })

  test('without application servers the database that takes writes is named', () => {
    const found = served(after([oldPrimary, promoted()], []), aVault())
    assert.deepEqual([found.words, found.by, found.suffices], ['db-ro is writable', ['db-ro'], true])
    const none = served(after([oldPrimary, aStandby()], []), aVault())
    assert.deepEqual([none.words, none.suffices], ['no database is writable', false])
  })
})

test('roles have changed where one became a primary or is one no more, not where one is down', () => {
  const changed = (now: readonly DatabaseRecord[]) => haveRolesChanged(before(aVault()), picture(after(now, [])))
  const dead = aPrimary({}, { pulse: aStale(aPrimaryPulse(), NOW - 60_000, aFault('refused')) })
  assert.deepEqual([changed([aPrimary(), aStandby()]), changed([dead, aStandby()])], [false, false])
  assert.deepEqual([changed([oldPrimary, aStandby()]), changed([dead, promoted()])], [true, true])
})
