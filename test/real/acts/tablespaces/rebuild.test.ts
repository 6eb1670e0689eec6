// The act `rebuild-replica` with tablespaces: on one host each server has its own places, the old files are kept until the end.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../../src/model/runs/run.ts'
import type { Acting } from '../../../fakes/acting.ts'
import { withoutSshd } from '../../../fakes/sshd.ts'
import { withoutSudo } from '../../../fakes/sudo-account.ts'
import { until } from '../../../wait.ts'
import { majorsToTry, type TestCluster, withCluster } from '../../embedded.ts'
import { actingByOps, binaries, owner, withoutPackage } from '../by-ops.ts'
import { actingOnCluster, line, meanwhile, notPassed } from '../promoting.ts'
import { createTablespaces, linksIn, makePlaces, type Place, rowsIn } from './places.ts'

const HBA = `local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

/** As the option takes them. */
function given(places: readonly Place[]): string {
  const escaped = (text: string) => text.replaceAll(/[\\,=]/g, '\\$&')
  return places.map(({ name, path }) => `${escaped(name)}=${escaped(path)}`).join(',')
}

interface Scene {
  readonly cluster: TestCluster
  readonly primary: PostgresNode
  readonly replica: PostgresNode
  readonly oids: readonly string[]
  readonly there: readonly Place[]
  /** For the replica. */
  readonly places: readonly Place[]
}

/** The replica is down before the tablespaces are created: replay would use the places of the primary, on the same host. */
async function sceneOf(cluster: TestCluster): Promise<Scene> {
  const { primary } = cluster
  const [replica] = cluster.standbys
  assert.ok(replica)
  await cluster.caughtUp()
  await replica.stop('fast')
  const there = makePlaces(primary, 'primary-spaces')
  const oids = await createTablespaces(primary, there)
  return { cluster, primary, replica, oids, there, places: makePlaces(primary, 'replica-spaces') }
}

/** What runs have left in the places and beside the data directory. */
function leftovers({ replica, places }: Scene): readonly string[] {
  const stem = `${basename(replica.dataDirectory)}.pgdeck-`
  const beside = readdirSync(dirname(replica.dataDirectory)).filter((name) => name.startsWith(stem))
  return [...beside, ...places.flatMap(({ path }) => readdirSync(path).filter((name) => name.startsWith('pgdeck-')))]
}

async function streamsWithRows({ primary, replica, oids, places }: Scene, extra: number): Promise<void> {
  await primary.query(`insert into in_0 select ${extra}`)
  const all = await rowsIn(primary)
  await until('the replica has the rows', 20_000, async () => {
    const rows = await rowsIn(replica)
    return JSON.stringify(rows) === JSON.stringify(all)
  })
  assert.deepEqual(
    linksIn(replica.dataDirectory, oids),
    places.map(({ path }) => path),
  )
}

function told(run: Run): string {
  const checks = run.plan.checks.map(({ id, result, message, hint }) => `${result} ${id}: ${message} (${hint})`)
  const steps = run.steps.map(({ id, state, note }) => `${id} ${state}: ${note}`)
  return [run.why, ...checks, ...steps, ...run.output.map(({ text }) => text)].join('\n')
}

describe('rebuild-replica with tablespaces', () => {
  for (const major of majorsToTry())
    test(`of ${major}: not into the places of another server, into those given, then again into its own`, () =>
      withCluster({ major, standbys: 1, hba: HBA }, async (cluster) => {
        const scene = await sceneOf(cluster)
        const { replica, places, there, oids } = scene
        const acting = await actingOnCluster(cluster, 'hosts')
        const propose = async (input: Readonly<Record<string, string>>) => {
          const run = await acting.executor.propose({ action: 'rebuild-replica', target: 'standby-1', input })
          return run.plan.checks.find(({ id }) => id === 'tablespaces')
        }
        try {
          const shared = await propose({})
          assert.equal(shared?.result, 'fail')
          assert.match(shared?.message ?? '', /^tablespace .*holds a tablespace of the server in /)
          assert.match(
            shared?.hint ?? '',
            /pgdeck do rebuild-replica standby-1 --set 'tablespaces=.*=\/PATH,fast=\/PATH'$/,
          )
          const missing = await propose({ tablespaces: `${given(places.slice(0, 1))},fast=/nowhere/at all` })
          assert.match(missing?.message ?? '', /^tablespace fast: \/nowhere\/at all does not exist on that host/)
          const inside = await propose({
            tablespaces: `${given(places.slice(0, 1))},fast=${replica.dataDirectory}/base`,
          })
          assert.match(inside?.message ?? '', /is in the data directory/)
          const twice = await propose({
            tablespaces: given(places.map(({ name }) => ({ name, path: there[0]?.path ?? '' }))),
          })
          assert.equal(twice?.result, 'fail')
          await assert.rejects(propose({ tablespaces: 'none=/x' }), /there is no tablespace none/)
          await assert.rejects(propose({ tablespaces: 'fast=x' }), /NAME=\/PATH was expected/)

          const first = await acting.act('rebuild-replica', 'standby-1', { tablespaces: given(places) })
          assert.equal(first.state, 'done', told(first))
          assert.deepEqual(
            notPassed(first).filter((each) => /^(tablespaces|disk):/.test(each)),
            [],
          )
          await streamsWithRows(scene, 2000)
          assert.deepEqual(leftovers(scene), [])
          const again = await acting.act('rebuild-replica', 'standby-1', { 'keep-old': 'true' })
          assert.equal(again.state, 'done', told(again))
          await streamsWithRows(scene, 2001)
          assert.equal(leftovers(scene).length, 3, 'the data directory, and the files of both tablespaces')
          const old = `${replica.dataDirectory}.pgdeck-${again.id}.old`
          assert.deepEqual(
            linksIn(old, oids),
            places.map(({ path }) => `${path}/pgdeck-${again.id}.old`),
          )
          const versions = readdirSync(join(old, 'pg_tblspc', oids[0] ?? ''))
          assert.equal(versions.length, 1)
          assert.match(versions[0] ?? '', new RegExp(`^PG_${major}_`))
        } finally {
          await acting.close()
        }
      }))

  test('cut off after the copy it is taken back, and at the swap it is gone on with', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const scene = await sceneOf(cluster)
      const cutAt = async (type: 'step-started' | 'step-done', step: string, input: Record<string, string>) => {
        const cut = () => Promise.reject(new Error('cut off'))
        const acting = await actingOnCluster(cluster, 'hosts', {
          executor: { openJournal: meanwhile(line(type, step), cut) },
        })
        await assert.rejects(acting.act('rebuild-replica', 'standby-1', input), /cut off/)
        return { acting, id: acting.seen.at(-1)?.id ?? '' }
      }
      const first = await cutAt('step-started', 'swap', { tablespaces: given(scene.places) })
      try {
        const run = await first.acting.executor.resume(first.id, { skips: {} })
        assert.equal(run.state, 'done', told(run))
        assert.deepEqual(leftovers(scene), [])
        await streamsWithRows(scene, 3000)
      } finally {
        await first.acting.close()
      }
      for (const step of ['copy', 'swap']) {
        const { acting, id } = await cutAt('step-done', step, {})
        try {
          const run = await acting.executor.abort(id, 'test')
          assert.equal(run.state, 'aborted', told(run))
          assert.deepEqual(leftovers(scene), [])
          await streamsWithRows(scene, 3001)
        } finally {
          await acting.close()
        }
      }
    }))

  test('into a mount point; where that is too small, nothing is left and the replica is as before', (context) =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const scene = await sceneOf(cluster)
      const { primary, replica } = scene
      const [{ path: odd }] = scene.places as [Place, Place]
      const mount = (size: string) =>
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755,${ownerOf(primary)}`, 'tmpfs', odd], {
          stdio: 'pipe',
        })
      try {
        mount('1m')
      } catch (error) {
        context.skip(`no small file system can be mounted here: ${String(error).split('\n')[0]}`)
        return
      }
      await primary.query('insert into in_0 select generate_series(1, 200000)')
      const acting = await actingOnCluster(cluster, 'hosts')
      const input = { tablespaces: given(scene.places) }
      try {
        const small = await acting.act('rebuild-replica', 'standby-1', input)
        assert.equal(small.state, 'blocked', told(small))
        assert.deepEqual(
          notPassed(small).filter((each) => each.endsWith(':fail')),
          ['disk:fail'],
        )
        const full = await acting.act('rebuild-replica', 'standby-1', input, { overrides: { disk: 'a test' } })
        assert.equal(full.steps.find(({ id }) => id === 'copy')?.state, 'failed', told(full))
        assert.match(told(full), /disk is full/)
        assert.deepEqual(leftovers(scene), [])
        assert.equal((await acting.executor.abort(full.id, 'test')).state, 'aborted')
        assert.equal(existsSync(join(replica.dataDirectory, 'PG_VERSION')), true)
        execFileSync('umount', [odd])
        mount('64m')
        const run = await acting.act('rebuild-replica', 'standby-1', input)
        assert.equal(run.state, 'done', told(run))
        await streamsWithRows(scene, 5000)
        const again = await acting.act('rebuild-replica', 'standby-1')
        assert.equal(again.state, 'done', told(again))
        await streamsWithRows(scene, 5001)
        assert.deepEqual(leftovers(scene), [])
      } finally {
        await acting.close()
        // The server that runs there is ended with the cluster.
        execFileSync('umount', ['-l', odd])
      }
    }))

  test('a failback by a rebuild puts the tablespaces where the old primary has them', () =>
    withCluster({ standbys: 1, hba: HBA }, async (cluster) => {
      const scene = await sceneOf(cluster)
      const { primary, replica } = scene
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        const built = await acting.act('rebuild-replica', 'standby-1', { tablespaces: given(scene.places) })
        assert.equal(built.state, 'done', told(built))
        await primary.kill()
        const promoted = await acting.act('promote', 'standby-1')
        assert.equal(promoted.state, 'done', told(promoted))
        const back = await acting.act('failback', 'primary', { by: 'rebuild', 'keep-old': 'false' })
        assert.equal(back.state, 'done', told(back))
        const reversed = { ...scene, primary: replica, replica: primary, places: scene.there }
        await streamsWithRows(reversed, 6000)
        assert.deepEqual(leftovers(reversed), [])
      } finally {
        await acting.close()
      }
    }))

  test('pg_basebackup of a package copies them too', { skip: withoutPackage }, () =>
    withCluster({ standbys: 1, hba: HBA, ...(binaries ? { binaries } : {}) }, async (cluster) => {
      const scene = await sceneOf(cluster)
      const acting = await actingOnCluster(cluster, 'hosts')
      try {
        await copiedByProgram(scene, acting)
      } finally {
        await acting.close()
      }
    }),
  )

  const skip = withoutPackage || withoutSshd || withoutSudo
  test('so it does over ssh, by an account that is not their owner', { skip }, (context) =>
    withCluster({ standbys: 1, hba: HBA, ...(binaries ? { binaries } : {}) }, async (cluster) => {
      const scene = await sceneOf(cluster)
      const { acting } = await actingByOps(context, cluster, owner)
      try {
        await copiedByProgram(scene, acting)
      } finally {
        await acting.close()
      }
    }),
  )
})

/** Into given places, then again into its own. */
async function copiedByProgram(scene: Scene, acting: Acting): Promise<void> {
  for (const input of [{ tablespaces: given(scene.places) }, {}] as readonly Record<string, string>[]) {
    const run = await acting.act('rebuild-replica', 'standby-1', input)
    assert.equal(run.state, 'done', told(run))
    assert.match(run.plan.steps.find(({ id }) => id === 'copy')?.detail ?? '', /--tablespace-mapping=/)
    assert.match(told(run), /pg_verifybackup verified every file/)
    await streamsWithRows(scene, 4000)
    assert.deepEqual(leftovers(scene), [])
    assert.equal(existsSync(join(scene.replica.dataDirectory, 'tablespace_map')), false)
  }
}

function ownerOf({ scratch: { owner: user } }: PostgresNode): string {
  return user ? `uid=${user.uid},gid=${user.gid}` : `uid=${process.getuid?.()}`
}
