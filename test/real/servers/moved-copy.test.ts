// A copy of a server whose address moves to another one when the copy begins: it is not put in place, and the old data stay.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import { actingOn } from '../../fakes/acting.ts'
import { openProxy } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { hostOf, line, meanwhile, numbersOn, prepareNumbers } from '../acts/promoting.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'

const PROGRAMS = '/usr/lib/postgresql/15/bin'
const lacks = !existsSync(`${PROGRAMS}/pg_rewind`)
  ? `no pg_rewind in ${PROGRAMS}`
  : MAJORS.includes(15)
    ? false
    : 'no server programs of 15'

const HBA = `local all all trust
local replication all trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`
const TRUST = HBA.replaceAll('scram-sha-256', 'trust')

function told({ why, steps }: Run): string {
  return `${why}\n${JSON.stringify(steps, null, 1)}`
}

function leftovers({ dataDirectory }: PostgresNode): readonly string[] {
  const stem = `${basename(dataDirectory)}.pgdeck-`
  return readdirSync(dirname(dataDirectory)).filter((name) => name.startsWith(stem))
}

/** Acts on both nodes; the first is reached through an address that moves to `other` when that step begins. */
async function whileMoving(
  [upstream, node]: readonly [PostgresNode, PostgresNode],
  other: PostgresNode,
  step: string,
  bin: string | null,
) {
  let far = upstream.port
  const proxy = await openProxy(() => far)
  const databases = [upstream, node].map((each) => ({
    name: each.name,
    dsn: `${each.dsn('postgres').replace(`:${each.port}`, `:${each === upstream ? proxy.port : each.port}`)}?sslmode=disable`,
    host: `host-${each.name}`,
  }))
  const hosts = [upstream, node].map((each) => ({ ...hostOf(each), ...(bin === null ? {} : { binDirectory: bin }) }))
  const move = async () => {
    far = other.port
  }
  const executor = { openJournal: meanwhile(line('step-started', step), move) }
  const acting = await actingOn({ databases, hosts, executor })
  return {
    acting,
    back: () => {
      far = upstream.port
    },
    close: async () => {
      await acting.close()
      await proxy.close()
    },
  }
}

function standbyOf({ standbys }: TestCluster): PostgresNode {
  const [standby] = standbys
  assert.ok(standby)
  return standby
}

async function systemOf(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
  return row?.id ?? ''
}

async function rebuildRefused(major: number | undefined, bin: string | null, expected: RegExp): Promise<void> {
  const options = { ...(major === undefined ? {} : { major }), standbys: 1 }
  await withCluster({ ...options, hba: HBA }, (own) =>
    withCluster({ ...options, hba: TRUST }, async (others) => {
      const replica = standbyOf(own)
      await prepareNumbers(own.primary)
      await own.primary.query('insert into numbers values (1)')
      await own.caughtUp()
      // Its slot is of the name that the copy asks for.
      await standbyOf(others).stop('fast')
      const moving = await whileMoving([own.primary, replica], others.primary, 'copy', bin)
      try {
        const run = await moving.acting.act('rebuild-replica', replica.name)
        assert.notEqual(run.state, 'done')
        assert.match(run.why ?? '', expected, told(run))
        assert.deepEqual(leftovers(replica), [])
        moving.back()
        const aborted = await moving.acting.executor.abort(run.id, 'test')
        assert.equal(aborted.state, 'aborted', told(aborted))
        await until('it runs again', 20_000, async () => (await systemOf(replica).catch(() => '')) !== '')
        assert.equal(await systemOf(replica), await systemOf(own.primary))
        assert.deepEqual(await numbersOn(replica), [1])
      } finally {
        await moving.close()
      }
    }),
  )
}

test('our own copy asks whom it reached before it receives anything', () =>
  rebuildRefused(undefined, null, /another server answers than the one to copy/))

test('a copy by pg_basebackup is told by its own control file', { skip: lacks }, () =>
  rebuildRefused(15, PROGRAMS, /the received data is from another server: system \d+/),
)

test('pg_rewind is not started where its host is led to another server', { skip: lacks }, () =>
  withCluster({ major: 15, standbys: 1, hba: HBA, settings: { wal_log_hints: 'on' } }, (own) =>
    withCluster({ major: 15, hba: TRUST }, async (others) => {
      const old = own.primary
      const standby = standbyOf(own)
      await prepareNumbers(old)
      await own.caughtUp()
      await standby.stop('fast')
      await old.query('insert into numbers values (99)')
      await old.kill()
      await standby.start()
      await standby.query('select pg_promote()')
      const moving = await whileMoving([standby, old], others.primary, 'rewind', PROGRAMS)
      try {
        const run = await moving.acting.act('failback', old.name)
        assert.notEqual(run.state, 'done')
        assert.match(run.why ?? '', /another server answers than the one to copy/, told(run))
        assert.ok(existsSync(`${old.dataDirectory}/PG_VERSION`))
        assert.ok(existsSync(`${old.dataDirectory}/standby.signal`))
        moving.back()
        const again = await moving.acting.act('failback', old.name)
        assert.equal(again.state, 'done', told(again))
      } finally {
        await moving.close()
      }
    }),
  ),
)
