// Daemons as `repmgr service status --csv` of repmgr 5.3.3 told them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { areAllPaused, daemonsThat, parseDaemons } from '../../../../src/actions/delegated/repmgr/daemons.ts'

describe('repmgr service status --csv', () => {
  test('tells which daemons run and which are paused; a node that is down tells nothing', () => {
    const daemons = parseDaemons(
      '1,node1,standby,1,1,22279,1,100,0,default\n2,node2,standby,0,-1,-1,-1,100,-1,default\n3,node3,primary,1,0,-1,0,100,-1,default\n',
    )
    assert.deepEqual(daemons, [
      { node: 'node1', answers: true, runs: true, paused: true },
      { node: 'node2', answers: false, runs: false, paused: false },
      { node: 'node3', answers: true, runs: false, paused: false },
    ])
    assert.deepEqual([daemonsThat(daemons, true), daemonsThat(daemons, false)], [['node1'], []])
  })

  test('is paused as a whole only if no daemon that runs goes on', () => {
    const one = { node: 'node1', answers: true, runs: true, paused: true }
    const other = { ...one, node: 'node2', paused: false }
    const down = { node: 'node3', answers: false, runs: false, paused: false }
    assert.deepEqual([[one, down], [one, other], [other], [down], []].map(areAllPaused), [
      true,
      false,
      false,
      false,
      false,
    ])
  })

  test('of a node whose name has a comma', () => {
    assert.deepEqual(parseDaemons('4,a,b,standby,1,1,7,0,100,0,default'), [
      { node: 'a,b', answers: true, runs: true, paused: false },
    ])
  })
})
