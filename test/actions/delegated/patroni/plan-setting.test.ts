// What Patroni is asked for a setting of PostgreSQL, and what it would drop or could not bring about.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ChangedNode } from '../../../../src/actions/change-setting/changed-node.ts'
import type { ActionToolbox, PlanningView } from '../../../../src/actions/definition/action.ts'
import { includesPatch } from '../../../../src/actions/delegated/patroni/config-patch.ts'
import { planSetting } from '../../../../src/actions/delegated/patroni/plan-setting.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { patroniDatabases } from '../../../builders/patroni-cluster.ts'
import { aCluster, NOW } from '../../../builders/snapshot.ts'
import { serveHttp } from '../../../fakes/web.ts'

type Lines = ChangedNode['node']['lines']

function nodeWith(name: string, lines: Lines, form: object = { kind: 'integer', unit: 'kB' }): ChangedNode {
  const setting = { name, value: '4096', form, context: 'user', source: 'configuration file', file: null }
  return { id: 'n1', name: 'n1', isPrimary: true, node: { setting, lines } as unknown as ChangedNode['node'] }
}

interface Wanted {
  readonly name?: string
  readonly value?: string | null
  readonly node?: ChangedNode
  readonly isForAll?: boolean
}

const ARCHIVE = 'PGPASSWORD=quince7 cp %p /x'
const KEPT = { postgresql: { parameters: { Work_Mem: '4MB', max_connections: 100, archive_command: ARCHIVE } } }

async function planned(context: TestContext, wanted: Wanted) {
  const { name = 'work_mem', value = '8MB', node = nodeWith(name, []), isForAll = true } = wanted
  const rest = new URL(await serveHttp(context, (_, response) => void response.end(JSON.stringify(KEPT)))).origin
  const databases = patroniDatabases({})
  const clusterView = { picture: derivePicture(aCluster({ databases }), null, NOW) } as PlanningView
  const trust = { ca: null, cert: null, key: null }
  const manager = { kind: 'patroni', addresses: [rest], trust, user: null, passwordCommand: null, act: true }
  const tools = { config: { manager, databases: [], hosts: [] }, signal: new AbortController().signal }
  return planSetting(
    { act: 'set-parameter', name, value, nodes: [node], isForAll },
    { clusterView, manager: clusterView.picture.manager ?? assert.fail(), tools: tools as unknown as ActionToolbox },
  )
}

test('a setting is patched by the name that Patroni has for it, and taken back to the value that it had', async (context) => {
  const plan = await planned(context, {})
  assert.ok('request' in plan)
  assert.equal(plan.request.body, '{"postgresql":{"parameters":{"Work_Mem":"8MB"}}}')
  assert.equal(plan.undo?.request.body, '{"postgresql":{"parameters":{"Work_Mem":"4MB"}}}')
  assert.deepEqual(plan.request.replaces, { name: 'Work_Mem', before: '4MB' })
  assert.deepEqual(plan.undo.request.replaces, { name: 'Work_Mem', before: '8MB' })
  const removed = await planned(context, { name: 'jit', value: null })
  assert.ok('request' in removed)
  assert.equal(removed.request.body, '{"postgresql":{"parameters":{"jit":null}}}')
})

test('a value that holds a secret is kept nowhere: so the change can’t be taken back, and that is said', async (context) => {
  const plan = await planned(context, { name: 'archive_command', value: 'cp %p /x' })
  assert.ok('request' in plan)
  assert.equal(plan.undo, undefined)
  assert.match(plan.effects.join(' '), /The old value holds a secret: .* can’t be undone/)
  assert.doesNotMatch(JSON.stringify(plan), /quince7/)
  assert.match(JSON.stringify(plan.request.replaces), /"before":"sha256:[0-9a-f]{64}"/)
})

test('what Patroni would drop, or sets itself, is not asked for', async (context) => {
  const why = async (wanted: Wanted) => {
    const plan = await planned(context, wanted)
    return 'why' in plan ? plan.why : null
  }
  const number = { kind: 'integer', unit: '' }
  assert.match((await why({ name: 'hot_standby', value: 'off' })) ?? '', /it sets hot_standby itself/)
  assert.match((await why({ name: 'restore_command' })) ?? '', /postgresql\.recovery_conf/)
  assert.match((await why({ isForAll: false })) ?? '', /one value for all members/)
  const few = { name: 'max_connections', value: '20', node: nodeWith('max_connections', [], number) }
  assert.match((await why(few)) ?? '', /drops max_connections below 25/)
  assert.equal(await why({ ...few, value: '25' }), null)
})

test('what Patroni itself reads is sent in its plain form: of another one it drops its whole configuration', async (context) => {
  const sent = async (name: string, value: string, form: object = { kind: 'integer', unit: '' }) => {
    const plan = await planned(context, { name, value, node: nodeWith(name, [], form) })
    return 'request' in plan ? JSON.parse(String(plan.request.body)).postgresql.parameters[name] : plan.why
  }
  for (const value of ['200', ' 200 ', '2e2', '200.0', '0xC8'])
    assert.equal(await sent('max_connections', value), '200', value)
  assert.equal(await sent('max_prepared_transactions', '1e1'), '10')
  assert.equal(await sent('wal_keep_size', '1GB', { kind: 'integer', unit: 'MB' }), '1024MB')
  assert.equal(await sent('track_commit_timestamp', 'tr', { kind: 'bool', unit: '' }), 'on')
  assert.equal(await sent('wal_level', ' Logical', { kind: 'enum', unit: '' }), 'logical')
  assert.match(await sent('max_connections', 'many'), /takes max_connections only as a plain value, and not as many/)
  assert.equal(await sent('maintenance_work_mem', '1e3'), '1e3', 'which PostgreSQL reads')
})

test('a number that is kept as a text, or the other way round, is the same', () => {
  const patch = (value: unknown) => ({ postgresql: { parameters: { max_connections: value } } })
  assert.ok(includesPatch(patch(100), patch('100')))
  assert.ok(includesPatch(patch('100'), patch(100)))
  assert.ok(!includesPatch(patch(100), patch('200')))
  assert.ok(!includesPatch(patch(true), patch('true')))
})

test('a value that wins over that of Patroni blocks the change', async (context) => {
  const found = async (wanted: Wanted) => {
    const plan = await planned(context, wanted)
    const check = 'checks' in plan ? plan.checks.find(({ id }) => id === 'set-elsewhere') : undefined
    const finding = await check?.run({} as never, {} as never, {} as never)
    return `${finding?.result}: ${finding?.message}`
  }
  const line = (file: string, value: string) => ({ file, line: 3, value })
  const lines = (...those: readonly ReturnType<typeof line>[]) => nodeWith('work_mem', those)
  assert.match(await found({ node: lines(line('/d/postgresql.auto.conf', '7MB')) }), /^fail: ALTER SYSTEM has set/)
  assert.match(await found({ node: lines(line('/d/postgresql.conf', '5MB')) }), /^fail: the patroni.yml of n1 sets/)
  assert.match(await found({ node: lines(line('/d/postgresql.conf', '4096kB')) }), /^pass/, 'its own value')
  assert.match(await found({ node: lines(line('/d/postgresql.base.conf', '5MB')) }), /^pass/)
  assert.match(await found({ node: nodeWith('work_mem', null) }), /^warn: .*pg_file_settings/)
  const onCommandLine = nodeWith('max_connections', [line('/d/postgresql.auto.conf', '200')], {
    kind: 'integer',
    unit: '',
  })
  assert.match(await found({ name: 'max_connections', value: '200', node: onCommandLine }), /^pass: .*command line/)
})
