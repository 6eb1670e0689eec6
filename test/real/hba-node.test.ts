// `pgdeck hba test --node` against a real server: its roles, its version, its rights, and a server that is gone.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { withNodeRules } from '../../src/cli/commands/hba/node-rules.ts'
import { type HbaTestOptions, hbaTestCommand } from '../../src/cli/commands/hba/run-test.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import type { PostgresNode } from '../../src/demo/postgres/postgres-node.ts'
import { startPgdeck } from '../cli/process.ts'
import { scratch } from '../config/scratch.ts'
import { MAJORS, withCluster } from './embedded.ts'

const HBA = `local all postgres trust
host postgres all 127.0.0.1/32 scram-sha-256
host app +grp 10.0.0.0/8 reject
host app all 10.0.0.0/8 md5
`
const ASKED = { type: 'host', database: 'app', address: '10.0.0.7' } as const

async function asked(node: PostgresNode, given: Partial<HbaTestOptions>, version?: number) {
  const out: string[] = []
  const told: string[] = []
  const write = async (text: string) => void out.push(text)
  const common = { batch: null, connection: null, json: true, output: { isTerminal: false, write } }
  const name = `127.0.0.1:${node.port}`
  const config = configFromDsns([node.dsn()], {})
  const question = { config, node: name, user: given.connection?.user ?? null, version, given: null }
  const notify = (text: string) => void told.push(text)
  const code = await withNodeRules(question, (rulesSource) =>
    hbaTestCommand({ ...common, ...given, rulesSource, notify }),
  )
  return { code, text: out.join(''), told: told.join('\n') }
}

async function* lines(...texts: readonly object[]) {
  for (const text of texts) yield JSON.stringify(text)
}

async function prepare(node: PostgresNode): Promise<void> {
  await node.query('create role grp; create role mid in role grp; create role alice login in role mid')
  await node.query('create role bob login; create role stays nologin')
  await node.setHba(HBA)
}

async function checkAnswers(node: PostgresNode): Promise<void> {
  const member = await asked(node, { connection: { ...ASKED, user: 'alice' } })
  const { decision, line, node: name, source, serverVersion } = JSON.parse(member.text)
  assert.deepEqual([member.code, decision, line, source], [1, 'reject', 3, 'file-by-sql'])
  assert.deepEqual([name, serverVersion], [`127.0.0.1:${node.port}`, node.binaries.major])
  const other = await asked(node, { connection: { ...ASKED, user: 'bob' }, json: false })
  assert.equal(other.code, 0)
  assert.match(other.text, /^allow: .*pg_hba\.conf:4 decides, method md5\n/)
  const unable = await asked(node, { connection: { ...ASKED, user: 'stays', ssl: true } })
  assert.deepEqual(JSON.parse(unable.text).notes.slice(-2), [
    'the server has ssl = off: no connection to it is encrypted with TLS',
    'role "stays" may not log in',
  ])
  const batch = await asked(node, {
    batch: lines({ ...ASKED, user: 'alice', memberOf: [] }, { ...ASKED, user: 'bob' }, { ...ASKED, user: 'grp' }),
  })
  const decisions = batch.text
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text).line)
  assert.deepEqual([batch.code, decisions], [1, [3, 4, 3]])
  await node.setHba(`${HBA}host all /^x all trust\n`)
  const newer = await asked(node, { connection: { ...ASKED, user: 'xenia', database: 'b' } }, 16)
  assert.deepEqual([newer.code, JSON.parse(newer.text).notes.at(-1)], [0, 'the server has no role "xenia"'])
  await node.setHba(`${HBA}host app all 10.0.0.0 /8 md5\n`)
  const invalid = await asked(node, { connection: { ...ASKED, user: 'bob' } })
  const told = JSON.parse(invalid.text)
  assert.deepEqual([invalid.code, told.decision, told.line, told.force], [1, 'invalid', 5, 'broken'])
}

async function checkProgram(context: TestContext, node: PostgresNode): Promise<void> {
  const { folder, write } = scratch(context)
  const databases = [
    { name: 'db', dsn: node.dsn('pgdeck') },
    { name: 'gone', dsn: 'postgresql://pgdeck@127.0.0.1:1/postgres' },
  ]
  const config = write('pgdeck.json', JSON.stringify({ clusters: [{ name: 'c', timeout: '15s', databases }] }))
  const run = (...args: string[]) =>
    startPgdeck(context, ['hba', 'test', '--config', config, ...args], {
      cwd: folder,
      env: { PGDECK_STATE_DIR: folder },
    }).ended
  const who = ['--type', 'host', '--user', 'bob', '--database', 'app', '--address', '10.0.0.7']
  const [hidden, gone, none, both, neither] = await Promise.all([
    run('--node', 'db', ...who),
    run('--node', 'gone', ...who),
    run('--node', 'nope', ...who),
    run('--node', 'db', '--file', 'x', ...who),
    run(...who),
  ])
  assert.equal(hidden.code, 1, hidden.err)
  assert.match(
    hidden.err,
    /GRANT SELECT ON pg_catalog\.pg_hba_file_rules TO pgdeck;[\s\S]*pg_read_file\(pg_catalog\.text\) TO pgdeck/,
  )
  assert.deepEqual([gone.code, gone.out], [69, ''], gone.err)
  assert.deepEqual([none.code, both.code, neither.code], [64, 64, 64])
  assert.match(none.err, /no such database; the config has db, gone/)
}

describe('hba test --node', () => {
  const [oldest = 18, ...others] = MAJORS
  for (const major of new Set([oldest, others.at(-1) ?? oldest])) {
    test(`on PostgreSQL ${major}`, (context) =>
      withCluster({ major }, async ({ primary }) => {
        process.env.PGDECK_STATE_DIR = scratch(context).folder
        await prepare(primary)
        await checkAnswers(primary)
        if (major === oldest) await checkProgram(context, primary)
      }))
  }
})
