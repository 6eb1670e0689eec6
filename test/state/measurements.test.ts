import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initialState } from '../../src/state/initial-state.ts'
import { reduceMeasurement } from '../../src/state/measurements.ts'
import type { State } from '../../src/state/state.ts'
import { aCluster, aDatabase, aFault, aPrimaryPulse, aStandbyPulse, NOW } from '../builders/snapshot.ts'

const { spec } = aCluster({ databases: [aDatabase({ id: 'db-1' })] })

type Outcome = Extract<Parameters<typeof reduceMeasurement>[1], { type: 'database-probed' }>['outcome']

function after(...outcomes: readonly Outcome[]): ReturnType<typeof recordIn> {
  const start: State = initialState({ clusters: [spec], now: NOW })
  const state = outcomes.reduce(
    (before, outcome, index) =>
      reduceMeasurement(before, { type: 'database-probed', cluster: spec.name, id: 'db-1', at: NOW + index, outcome }),
    start,
  )
  return recordIn(state)
}

function recordIn(state: State) {
  return state.clusters[0]?.databases[0]
}

const primary: Outcome = { ok: true, value: aPrimaryPulse() }
const standby: Outcome = { ok: true, value: aStandbyPulse() }
const lost: Outcome = { ok: false, fault: aFault('refused') }

test('what was seen of a primary is kept while it can’t be read', () => {
  assert.equal(after(primary, lost, lost)?.lastSeenAsPrimary?.at, NOW)
})

test('whoever is read as a standby is remembered as a primary no more', () => {
  assert.equal(after(primary, standby, lost)?.lastSeenAsPrimary, null)
})

test('of several hosts in a dsn the one that answered is shown, also after the configuration changed', () => {
  const endpoints = [
    { host: '10.0.0.1', port: 5432 },
    { host: '10.0.0.2', port: 5433 },
  ]
  const several = { ...spec, databases: spec.databases.map((each) => ({ ...each, host: '10.0.0.1', endpoints })) }
  const event = { cluster: spec.name, id: 'db-1', at: NOW }
  const read = (endpoint: (typeof endpoints)[number]) =>
    ({ ...event, type: 'database-probed', outcome: { ok: true, value: aPrimaryPulse({ endpoint }) } }) as const
  const start: State = initialState({ clusters: [several], now: NOW })
  const place = (state: State) => [recordIn(state)?.spec.host, recordIn(state)?.spec.port]
  const second = reduceMeasurement(start, read({ host: '10.0.0.2', port: 5433 }))
  assert.deepEqual(place(second), ['10.0.0.2', 5433])
  const down = reduceMeasurement(second, { ...event, type: 'database-probed', outcome: lost })
  assert.deepEqual(place(down), ['10.0.0.2', 5433])
  const changed = reduceMeasurement(down, { type: 'spec-changed', cluster: spec.name, spec: several })
  assert.deepEqual(place(changed), ['10.0.0.2', 5433])
  assert.deepEqual(place(reduceMeasurement(down, read({ host: '10.0.0.9', port: 5433 }))), ['10.0.0.2', 5433])
})

const ENDPOINT = { host: '127.0.0.1', port: 5432 }
const at = (over: Parameters<typeof aPrimaryPulse>[0]): Outcome => ({
  ok: true,
  value: aPrimaryPulse({ endpoint: ENDPOINT, ...over }),
})

test('rates are not computed over two servers, and nothing is said of one system by another', () => {
  const restarted = String((NOW + 60_000) * 1000)
  assert.equal(after(at({}), at({}))?.history.length, 2)
  assert.equal(after(at({}), at({ postmasterStart: restarted }))?.history.length, 2, 'a restart is the same server')
  assert.equal(after(at({}), at({ port: 5499 }))?.history.length, 1, 'an address that moved within a system')
  assert.equal(after(at({}), at({ systemIdentifier: '77' }))?.history.length, 1)
  const [own, other] = [after(at({})), after(at({}), at({ systemIdentifier: '77' }), lost)]
  assert.equal(own?.lastSeenAsPrimary?.identity?.systemIdentifier, own?.lastSeenAsPrimary?.systemIdentifier)
  assert.equal(other?.lastSeenAsPrimary?.identity?.systemIdentifier, '77')
})

test('what was asked of a server is not shown of a server of another system', () => {
  const storage = { id: 'storage', outcome: { ok: false, fault: aFault('timeout') } } as const
  const event = { cluster: spec.name, id: 'db-1', at: NOW }
  const start = reduceMeasurement(initialState({ clusters: [spec], now: NOW }), {
    ...event,
    type: 'database-probed',
    outcome: at({}),
  })
  const asked = reduceMeasurement(start, { ...event, type: 'query-completed', answer: storage })
  const then = (outcome: Outcome) =>
    Object.keys(recordIn(reduceMeasurement(asked, { ...event, type: 'database-probed', outcome }))?.onDemand ?? {})
  assert.deepEqual(then(at({ port: 5499 })), ['storage'])
  assert.deepEqual(then(at({ systemIdentifier: '77' })), [])
})

test('a name that is given to another address is read anew, and keeps what the user calls it', () => {
  const start = reduceMeasurement(initialState({ clusters: [spec], now: NOW }), {
    type: 'database-probed',
    cluster: spec.name,
    id: 'db-1',
    at: NOW,
    outcome: at({}),
  })
  const given = { ...spec, databases: spec.databases.map((each) => ({ ...each, host: '10.0.0.9' })) }
  const record = recordIn(reduceMeasurement(start, { type: 'spec-changed', cluster: spec.name, spec: given }))
  assert.deepEqual([record?.pulse.state, record?.lastSeenAsPrimary], ['waiting', null])
})
