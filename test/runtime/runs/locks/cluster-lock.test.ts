// A lock that is tried again after a server was lost in the middle.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunLockSession } from '../../../../src/io/postgres/run-lock-session.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { LockHolder } from '../../../../src/model/runs/lock/cluster-run.ts'
import { packLockToken } from '../../../../src/model/runs/lock/lock-key.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { lockCluster } from '../../../../src/runtime/runs/locks/cluster-lock.ts'
import type { LockRequest } from '../../../../src/runtime/runs/locks/lock-request.ts'
import { aCluster, aPrimary, NOW } from '../../../builders/snapshot.ts'

const RIVAL: LockHolder = {
  pid: 77,
  role: 'admin',
  application: 'pgdeck run: ann@jump-1 promote db-1',
  address: null,
  startedAt: NOW,
  objid: packLockToken({ id: 5, step: 1, steps: 9 }),
}

test('tells whom it has overruled before the loss, and rests before the next try', async () => {
  const picture = derivePicture(aCluster({ databases: [aPrimary()] }), null, NOW)
  const identity = picture.databases[0]?.identity ?? assert.fail('no identity')
  let rivals: readonly LockHolder[] = [RIVAL]
  const opened: number[] = []
  const session = (): RunLockSession => {
    opened.push(performance.now())
    const isFirst = opened.length === 1
    return {
      identity,
      pid: 1,
      countsForOthers: true,
      isAlive: () => true,
      async takeKey() {
        // The server is lost once the other run was ended.
        if (isFirst && rivals.length === 0) throw new FaultError({ code: 'unreachable', message: 'lost', hint: null })
        return true
      },
      giveBack: async () => {},
      otherHolders: async () => rivals,
      async endOther() {
        rivals = []
      },
      close: async () => {},
    }
  }
  const clusterView = { picture }
  const lock = await lockCluster({
    clusterView,
    target: null,
    steps: 3,
    overrideReason: 'it hangs',
    open: async () => session(),
    refresh: async () => clusterView,
    say: () => {},
  } as unknown as LockRequest)
  assert.match(lock.overruled.join(), /ann@jump-1/)
  const [first = 0, second = 0] = opened
  assert.ok(second - first >= 250, `${second - first} ms`)
})
