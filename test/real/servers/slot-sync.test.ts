// Why a standby has no copy of a failover slot, on real servers: each setting that is missing, until none is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsnText } from '../../../src/config/dsn/dsn-text.ts'
import { namesDatabaseSql } from '../../../src/probes/database/pulse/standby-sql.ts'
import { until } from '../../wait.ts'
import { watching } from '../diagnosing.ts'
import { MAJORS, type TestCluster, withCluster } from '../embedded.ts'

const SLOT = 'sub'

/** What is told of the slot, as a role of monitoring reads it; null: nothing. */
async function told({ primary, standbys: [standby] }: TestCluster): Promise<string | null> {
  let message: string | null = null
  const databases = [primary, standby].flatMap((node) => (node ? [{ name: node.name, dsn: node.dsn('pgdeck') }] : []))
  await watching({ databases }, async ({ poll, store }) => {
    await poll()
    const alerts = store.latest().clusters[0]?.picture?.alerts ?? []
    message = alerts.find(({ rule }) => rule === 'slot-not-failover-ready')?.message ?? null
  })
  return message
}

for (const major of MAJORS.filter((each) => each >= 17)) {
  test(`PostgreSQL ${major}: each setting that the synchronization lacks, until the copy is ready`, () =>
    withCluster({ major, standbys: 1, settings: { wal_level: 'logical' } }, async (cluster) => {
      const { primary, standbys } = cluster
      const [standby] = standbys
      assert.ok(standby)
      const [row] = await standby.query<{ source: string; slot: string }>(
        `select current_setting('primary_conninfo') as source, current_setting('primary_slot_name') as slot`,
      )
      const source = row?.source ?? ''
      await primary.query(`select pg_create_logical_replication_slot($1, 'test_decoding', false, false, true)`, [SLOT])
      await standby.setSetting('primary_slot_name', '')
      const lacks = async (what: string, expected: RegExp) =>
        until(`it is told: ${what}`, 30_000, async () => expected.test((await told(cluster)) ?? ''))

      await lacks(
        'all',
        /on standby-1 sync_replication_slots is off, hot_standby_feedback is off, primary_slot_name is empty and primary_conninfo has no dbname\)$/,
      )
      await standby.setSetting('sync_replication_slots', 'on')
      await standby.setSetting('primary_conninfo', `${source} application_name='a dbname=x'`)
      await lacks(
        'three',
        /on standby-1 hot_standby_feedback is off, primary_slot_name is empty and primary_conninfo has no dbname\)$/,
      )
      await standby.setSetting('hot_standby_feedback', 'on')
      await standby.setSetting('primary_slot_name', 'nobody')
      await lacks(
        'two',
        /on standby-1 primary_slot_name is nobody, which \S+ does not have and primary_conninfo has no dbname\)$/,
      )
      await primary.query(
        `select pg_create_physical_replication_slot('own') where not exists (select from pg_replication_slots where slot_name = 'own')`,
      )
      await standby.setSetting('primary_slot_name', row?.slot || 'own')
      await lacks('one', /on standby-1 primary_conninfo has no dbname\)$/)
      await standby.setSetting('primary_conninfo', `${source} dbname = 'postgres'`)
      await until('the copy is ready', 60_000, async () => {
        await primary.query('select pg_log_standby_snapshot()')
        await primary.query('select count(*) from pg_logical_slot_get_changes($1, null, null)', [SLOT])
        return (await told(cluster)) === null
      })
    }))
}

const CONNINFOS = [
  'host=a',
  'host=a dbname=b',
  "dbname='b c' host=a",
  'dbname  =  b',
  "dbname='' host=a",
  "application_name='x dbname=y'",
  "application_name='x\\' dbname=y' host=a",
  'application_name=x\\ dbname=y',
  'replication_dbname=y',
  "password='dbname=x'",
  'postgresql://a',
  'postgres://a/b',
  'postgresql://a/',
  'postgresql://u:p@a:1/b?sslmode=require',
  'postgresql://a/?dbname=b',
  'postgresql://a?application_name=dbname',
  'postgresql:///b?host=/tmp',
  'postgresql://a,c:2/b',
  '',
] as const

test('whether a connection string names a database, as libpq reads it', () =>
  withCluster({}, async ({ primary }) => {
    for (const conninfo of CONNINFOS) {
      const [row] = await primary.query<{ named: boolean }>(`select ${namesDatabaseSql('$1::text')} as named`, [
        conninfo,
      ])
      assert.equal(row?.named, (parseDsnText(conninfo).get('dbname') ?? '') !== '', conninfo)
    }
  }))
