// Who runs the schedules: the primary server alone, or what acts in its place; what that is said and alerted as.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { deriveEvents } from '../../../src/model/events/derive-events.ts'
import type { ClusterSnapshot } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { newAuditEntries } from '../../../src/runtime/audit/audit-entries.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { aCluster, aPrimary, aServer, aServerPulse, aStandby, NOW } from '../../builders/snapshot.ts'

const DOWN = {
  state: 'failed',
  fault: { code: 'refused', message: 'refused', hint: null },
  since: NOW - 60_000,
} as const

/** pmp-a and pmp-b over db-1, pmp-ro over its standby. */
function cluster({ primaryServer = 'up', acting = false }: { primaryServer?: 'up' | 'down'; acting?: boolean } = {}) {
  const servers = [
    aServer({ id: 'pmp-a', type: 'primary', databaseId: 'db-1', pulse: aServerPulse() }),
    aServer({ id: 'pmp-b', type: 'secondary', databaseId: 'db-1', pulse: aServerPulse() }),
    aServer({ id: 'pmp-ro', type: 'read-only', databaseId: acting ? 'db-1' : 'db-ro', pulse: aServerPulse() }),
  ].map((record) => (record.spec.id === 'pmp-a' && primaryServer === 'down' ? { ...record, pulse: DOWN } : record))
  const actingPrimary = {
    ...{ database: 'db-1', server: 'pmp-ro', since: NOW - 1000, run: 'r', timeline: 2, systemIdentifier: null },
    ...{ sameTimeline: false, former: { databases: [], servers: ['pmp-a', 'pmp-b'] } },
    ...{ restoring: null, restoredAt: null, held: null },
  }
  const snapshot = aCluster({
    model: 'shared-database-with-read-only',
    databases: [aPrimary(), aStandby()],
    servers,
  })
  return acting ? { ...snapshot, actingPrimary } : snapshot
}

function seen(snapshot: ClusterSnapshot, before: Picture | null = null): Picture {
  const first = derivePicture(snapshot, before, NOW)
  return derivePicture(snapshot, first, NOW + 60_000)
}

const rulesIn = ({ alerts }: Picture) => alerts.filter(({ rule }) => rule === 'schedules-stopped')

describe('schedules', () => {
  test('run on the primary server', () => {
    const picture = seen(cluster())
    assert.deepEqual([picture.schedules?.server, picture.schedules?.state], ['pmp-a', 'run'])
    assert.deepEqual(rulesIn(picture), [])
  })

  test('stop with it, although the secondary server serves the users', () => {
    const picture = seen(cluster({ primaryServer: 'down' }))
    assert.equal(picture.serving?.id, 'pmp-b')
    assert.deepEqual([picture.schedules?.server, picture.schedules?.state], ['pmp-a', 'stopped'])
    const [alert] = rulesIn(picture)
    assert.equal(alert?.message, 'no server runs the schedules: pmp-a alone runs them')
    assert.equal(alert?.severity, 'warning')
  })

  test('move to the server that was promoted, until the restore', () => {
    const picture = seen(cluster({ primaryServer: 'down', acting: true }))
    assert.deepEqual([picture.schedules?.server, picture.schedules?.state], ['pmp-ro', 'run'])
    assert.deepEqual(rulesIn(picture), [])
  })

  test('have an entry of the category task in the audit log for each move', () => {
    const before = seen(cluster())
    const stopped = seen(cluster({ primaryServer: 'down' }), before)
    const moved = seen(cluster({ primaryServer: 'down', acting: true }), stopped)
    const events = [...deriveEvents(before, stopped), ...deriveEvents(stopped, moved)].filter(
      ({ category }) => category === 'task',
    )
    assert.deepEqual(
      events.map(({ text }) => text),
      [
        'no server runs the schedules: pmp-a alone runs them; they ran on pmp-a before',
        'schedules run on pmp-ro now; they ran on no server before',
      ],
    )
    const [state] = initialState({ clusters: [cluster().spec], now: NOW }).clusters
    assert.ok(state)
    const who = { user: 'ann', ssh: null, tty: null }
    const entries = newAuditEntries({ ...state, events: events.toReversed() }, [], who)
    assert.deepEqual(
      entries.map(({ category }) => category),
      ['task', 'task'],
    )
  })

  test('without application servers there is nobody to run them', () => {
    assert.equal(seen(aCluster({ databases: [aPrimary(), aStandby()] })).schedules, null)
  })
})
