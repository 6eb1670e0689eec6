import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DatabaseStatus, LinkState, ServerStatus } from '../../../src/model/picture/picture.ts'
import { countUp, isConnected, isDown, isFlowing, isUp } from '../../../src/model/picture/status.ts'
import { upCountText } from '../../../src/ui/frame/format/status-text.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimary, NOW } from '../../builders/snapshot.ts'
import { upCounts } from '../../builders/up-counts.ts'

const DATABASES: readonly DatabaseStatus[] = [
  'active',
  'streaming',
  'catching-up',
  'disconnected',
  'starting',
  'inactive',
  'unknown',
]
const SERVERS: readonly ServerStatus[] = ['active', 'standby', 'degraded', 'inactive', 'unknown']

describe('up, down, and neither', () => {
  const all = [...DATABASES, ...SERVERS].map((status) => ({ status }))

  test('down is what takes no sessions, up what answers', () => {
    const down = all.filter(isDown).map(({ status }) => status)
    assert.deepEqual(down, ['starting', 'inactive', 'inactive'])
    const neither = all.filter((view) => !isDown(view) && !isUp(view)).map(({ status }) => status)
    assert.deepEqual(neither, ['unknown', 'unknown'])
    assert.deepEqual(countUp(all), { up: 7, of: 12, unknown: 2, degraded: 1 })
    assert.equal(upCountText(countUp(all)), '7 of 12 up, 1 degraded, 2 unknown')
    assert.deepEqual(countUp([]), { up: 0, of: 0 })
  })

  test('what is unknown is told as that, beside those that are up', async () => {
    const waiting = aDatabase({ id: 'db-ro', pulse: { state: 'waiting' } })
    const state = stateOf(aCluster({ databases: [aPrimary(), waiting] }))
    assert.equal(upCountText(state.clusters[0]?.picture?.counts.databases ?? assert.fail()), '1 of 2 up, 1 unknown')
  })

  const DISABLED = {
    code: 'starting',
    message: '127.0.0.1:5433: Hot standby mode is disabled.',
    hint: 'hot_standby is off there.',
  } as const

  test('one that only starts is counted the same in the topology, the status and the fleet', async () => {
    const starting = aDatabase({ id: 'db-ro', pulse: { state: 'failed', fault: DISABLED, since: NOW - 4000 } })
    const state = stateOf(aCluster({ databases: [aPrimary(), starting] }))
    assert.deepEqual(await upCounts(state), { topology: '1 of 2 up', status: '1 of 2 up', fleet: '1/2' })
  })
})

test('a link that copies its data first is connected, and does not flow', () => {
  const states: readonly LinkState[] = [
    'streaming',
    'catchup',
    'startup',
    'stopping',
    'backup',
    'disconnected',
    'unknown',
  ]
  assert.deepEqual(states.filter(isFlowing), ['streaming', 'catchup'])
  assert.deepEqual(states.filter(isConnected), ['streaming', 'catchup', 'startup', 'backup'])
})
