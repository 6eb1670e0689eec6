// What Patroni is asked for an act, or why it is not.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DelegationContext } from '../../../../src/actions/delegated/definition/manager-acts.ts'
import type { WantedAct } from '../../../../src/actions/delegated/definition/wanted-act.ts'
import { patroniActs } from '../../../../src/actions/delegated/patroni/patroni-acts.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { ManagerReport } from '../../../../src/model/measured/managers/manager-report.ts'
import type { DatabaseView } from '../../../../src/model/picture/picture.ts'
import { patroniDatabases } from '../../../builders/patroni-cluster.ts'
import { aCluster, NOW } from '../../../builders/snapshot.ts'

type Change = (report: ManagerReport) => ManagerReport

/** Of n1, a standby of n2. */
function planFor(act: (n1: DatabaseView) => WantedAct, change?: Change) {
  const databases = patroniDatabases(change ? { change } : {})
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const manager = picture.manager ?? assert.fail('no manager')
  const n1 = picture.databases.find(({ id }) => id === 'n1') ?? assert.fail('no n1')
  const config = {
    manager: { kind: 'patroni', addresses: [], user: null },
    databases: databases.map(({ spec }) => ({ spec, patroni: spec.patroni })),
  }
  const context = { clusterView: { picture }, manager, tools: { config } } as unknown as DelegationContext
  return patroniActs.plan(act(n1), context)
}

describe('a failover by Patroni', () => {
  const failover = (target: DatabaseView) =>
    ({ act: 'failover', participants: { target, primary: null, standbys: [] } }) as unknown as WantedAct
  const leaderIs =
    (over: object): Change =>
    (report) => ({
      ...report,
      members: report.members.map((member) => (member.isLeader ? { ...member, ...over } : member)),
    })

  test('is not asked for while its leader runs: it would take the role from it', async () => {
    const planned = await planFor(failover)
    assert.ok('why' in planned)
    assert.match(planned.why, /^it has n\d as its leader, which runs/)
  })

  test('is asked for where its leader does not run, or nobody leads', async () => {
    for (const over of [{ state: 'stopped' }, { isLeader: false }])
      assert.ok('request' in (await planFor(failover, leaderIs(over))))
  })
})
