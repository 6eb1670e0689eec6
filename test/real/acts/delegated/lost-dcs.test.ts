// A real Patroni whose configuration store is stopped: what is told of it, that nothing is asked meanwhile, and that all is
// well again when the store is back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Acting, actingOn } from '../../../fakes/acting.ts'
import { startEtcd, withoutEtcd } from '../../../fakes/etcd.ts'
import { withoutPatroni } from '../../../fakes/manager-programs.ts'
import { startPatroni } from '../../../fakes/patroni.ts'
import { until } from '../../../wait.ts'
import { assertDone } from './asking.ts'

/** The alerts about the manager, as `rule severity`, with the message of the loss. */
async function lookAt(acting: Acting) {
  const { picture } = await acting.look()
  const primary = picture.databases.find(({ role, problem }) => role === 'primary' && problem === null)?.id ?? null
  const lost = picture.alerts.find(({ rule }) => rule === 'dcs-lost')
  const isFailsafe = picture.alerts.some(({ rule }) => rule === 'failsafe')
  return { primary, lost, isFailsafe, standby: picture.databases.find(({ id }) => id !== primary)?.id ?? '' }
}

test('a lost configuration store is told, nothing is asked of Patroni meanwhile, and it goes on afterwards', {
  skip: withoutPatroni || withoutEtcd,
}, async (context) => {
  const etcd = await startEtcd(context)
  const nodes = await startPatroni(context, { etcd: etcd.address })
  const rest = nodes.map((node) => node.rest)
  const acting = await actingOn({
    databases: nodes.map(({ name, dsn }) => ({ name: `db-${name}`, dsn: `${dsn}?sslmode=disable` })),
    cluster: { manager: { kind: 'patroni', rest, act: true } },
  })
  context.after(() => acting.close())
  const isWell = async () => {
    const { primary, lost } = await lookAt(acting)
    return primary !== null && lost === undefined
  }
  const refused = async (standby: string) => {
    for (const action of ['switchover', 'promote']) {
      const run = await acting.act(action, standby).catch((error: Error) => error.message)
      assert.ok(typeof run === 'string' || run.state === 'blocked', `${action}: ${JSON.stringify(run)}`)
    }
  }
  await until('it is well', 30_000, isWell)

  await etcd.stop()
  await until('the leader has given up its role', 60_000, async () => {
    const { primary, lost } = await lookAt(acting)
    return primary === null && lost !== undefined
  })
  const { lost, standby } = await lookAt(acting)
  assert.equal(lost?.severity, 'critical')
  assert.match(
    lost?.message ?? '',
    /lost its configuration store \(DCS\).*: no database is made the primary before it is back/,
  )
  await refused(standby)
  await etcd.start()
  await until('it has a leader again', 60_000, isWell)

  const [first] = rest
  await fetch(`${first}/config`, { method: 'PATCH', body: JSON.stringify({ failsafe_mode: true }) })
  const leader = (await lookAt(acting)).primary
  await until('the leader knows that it may stay', 30_000, async () => {
    const answers = await Promise.all(rest.map((each) => fetch(`${each}/failsafe`).catch(() => null)))
    return answers.every((answer) => answer?.ok === true)
  })
  await etcd.stop()
  await until('it runs in failsafe mode', 60_000, async () => (await lookAt(acting)).isFailsafe)
  const kept = await lookAt(acting)
  assert.equal(kept.primary, leader)
  assert.equal(kept.lost?.severity, 'warning')
  assert.match(kept.lost?.message ?? '', /: nobody can take over/)
  await refused(kept.standby)
  await etcd.start()
  await until('it is well again', 60_000, async () => (await isWell()) && !(await lookAt(acting)).isFailsafe)
  assert.equal((await lookAt(acting)).primary, leader)
  assertDone(await acting.act('switchover', kept.standby))
})
