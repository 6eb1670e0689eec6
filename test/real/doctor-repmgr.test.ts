// The doctor names what a role lacks to read the table of repmgr, with and without "manager", and is content once exactly
// that is granted.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DoctorFinding } from '../../src/model/doctor/doctor.ts'
import { doctorFindings } from '../../src/model/doctor/doctor-rules.ts'
import { examineCluster } from '../../src/runtime/doctor/examine-cluster.ts'
import { examineManager } from '../../src/runtime/doctor/examine-manager.ts'
import { within } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'

/** The tables of repmgr 5.3, as far as pgdeck reads them. */
const TABLES = `create schema repmgr;
  create table repmgr.nodes (node_id int primary key, upstream_node_id int, active bool not null default true,
    node_name text not null, type text not null, location text not null default 'default',
    priority int not null default 100, conninfo text not null, repluser text not null, slot_name text, config_file text);
  create table repmgr.events (node_id int not null, event text not null, successful bool not null default true,
    event_timestamp timestamptz not null default now(), details text);
  insert into repmgr.nodes (node_id, node_name, type, conninfo, repluser) values (1, 'one', 'primary', 'host=h', 'r')`

const ROLE = 'plain "role"'
const GRANTS =
  /GRANT USAGE ON SCHEMA repmgr TO "plain ""role"""; GRANT SELECT ON repmgr\.nodes, repmgr\.events TO "plain ""role""";/

async function findingsOf(
  context: TestContext,
  node: PostgresNode,
  manager?: object,
): Promise<readonly DoctorFinding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'c.json')
  const databases = [{ name: 'db-1', dsn: `${node.dsn(ROLE)}?sslmode=disable` }]
  const cluster = { name: 'main', timeout: '15s', databases, ...(manager ? { manager } : {}) }
  writeFileSync(path, JSON.stringify({ clusters: [cluster] }), { mode: 0o600 })
  const [config] = loadConfig({ path, env: {}, cwd: '/' }).clusters
  assert.ok(config)
  const nodes = await examineCluster(config, within(20_000))
  return [...(await examineManager(config, within(20_000))), ...doctorFindings(nodes, manager !== undefined)]
}

const aboutRepmgr = (findings: readonly DoctorFinding[]) =>
  findings.filter((finding) => JSON.stringify(finding).includes('repmgr'))

describe('repmgr is in charge', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  test('and its table refuses this role', async (context) => {
    await withCluster({ major: Math.max(...MAJORS) }, async ({ primary }) => {
      await primary.createRole(ROLE, 'LOGIN')
      await primary.query(TABLES)
      const dsn = `${primary.dsn(ROLE)}?sslmode=disable`
      const [declared] = aboutRepmgr(await findingsOf(context, primary, { kind: 'repmgr', dsn }))
      assert.match(
        declared?.text ?? '',
        /^repmgr at 127\.0\.0\.1:\d+ can’t be read: repmgr\.nodes is not there, is empty/,
      )
      assert.match(declared?.next.join() ?? '', GRANTS)

      const [found] = aboutRepmgr(await findingsOf(context, primary))
      assert.deepEqual([found?.area, found?.level, found?.subject], ['privileges', 'warning', 'db-1'])
      const grant = found?.next.find((statement) => statement.includes('repmgr')) ?? ''
      assert.match(grant, GRANTS)
      await primary.query(grant)
      assert.deepEqual(aboutRepmgr(await findingsOf(context, primary)), [])
      assert.deepEqual(aboutRepmgr(await findingsOf(context, primary, { kind: 'repmgr', dsn })), [])
    })
  })
})
