// A setting of which Patroni is to keep no value: what counts then, and not what Patroni itself wrote before, is judged.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import { askManagerKind } from '../../../src/actions/delegated/ask-manager.ts'
import type { Delegation } from '../../../src/actions/delegated/delegated-draft.ts'
import { effectSeen, NO_EFFECT } from '../../../src/actions/delegated/effects.ts'
import { delegatedSetting } from '../../../src/actions/delegated/setting-draft.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { aCluster, aPrimary, NOW } from '../../builders/snapshot.ts'

interface Had {
  readonly name: string
  /** Of postgresql.conf, which Patroni writes. */
  readonly value: string
  readonly boot: string
  /** Of the file of before that it includes. */
  readonly base?: string
  readonly mayRead?: boolean
  /** The value of postgresql.conf waits for a restart; this one is in force. */
  readonly inForce?: string
}

/** A server that has the value, with a prepared transaction. */
function serverWith({ name, value, boot, base, mayRead = true, inForce }: Had) {
  const form = { unit: null, context: 'postmaster', vartype: 'string', least: null, most: null, choices: null }
  const shown = inForce ?? value
  const found = { name, value: shown, shown, ...form, source: 'configuration file', bootValue: boot }
  const place = { file: '/d/postgresql.conf', line: 5, isPending: inForce !== undefined }
  const line = (file: string, text: string) => ({ file: `/d/${file}`, line: 1, value: text })
  const lines = [...(base ? [line('postgresql.base.conf', base)] : []), line('postgresql.conf', value)]
  const facts = { ownValues: [], loadedAt: null, role: 'p', isSuperuser: true, mayReload: true, mayReadFiles: mayRead }
  const inUse = { slots: 0, logicalSlots: 0, prepared: 1, origins: 0, segmentSize: 16 }
  const others = { max_connections: '100', max_prepared_transactions: '10', wal_level: 'replica' }
  const databases = [aPrimary({}, { id: 'db1' })]
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const sql = async (_: string, { text }: { readonly text: string }) => {
    if (text.includes('pg_file_settings f')) return lines
    if (text.includes('json_build_object'))
      return [{ found: { ...found, ...place }, ...facts, alterSystem: null, versionNumber: 150_000 }]
    return [{ ...others, max_replication_slots: '10', ...inUse }]
  }
  return { lines, picture, tools: { sql, refresh: async () => ({ picture }) } as unknown as ActionToolbox }
}

async function reset(had: Had) {
  const { picture, tools } = serverWith(had)
  const planned = { request: {}, how: 'http', where: 'box', title: '', detail: '', effects: [], restarts: [] }
  const draft = await delegatedSetting({
    acts: { kind: 'patroni', plan: async () => ({ ...planned, checks: [], deadlineSeconds: 60 }) },
    manager: { kind: 'patroni' },
    clusterView: { picture },
    tools,
    request: { action: 'change-setting', target: null, input: { name: had.name, value: 'default' } },
  } as unknown as Delegation)
  assert.ok('steps' in draft)
  const [step] = draft.steps
  const check = async (id: string) => {
    const found = draft.checks.find((each) => each.id === id)
    const finding = await found?.run({ picture } as never, draft, tools)
    return finding ? `${finding.result}: ${finding.message}` : null
  }
  return { draft, check, effect: step && askManagerKind.argsOf(step)?.effect }
}

test('the value that Patroni wrote counts no more', async () => {
  const archive = await reset({ name: 'archive_mode', value: 'on', boot: 'off' })
  assert.equal(archive.draft.danger, 'data-loss')
  assert.match((await archive.check('risk')) ?? '', /^warn: with this value WAL is no longer archived/)
  assert.match(archive.draft.impact.statement, /Then off: /)
  const sync = await reset({ name: 'synchronous_standby_names', value: 'ANY 1 (a,b)', boot: '' })
  assert.equal(sync.draft.danger, 'data-loss')
  assert.match(sync.draft.impact.statement, /Then '': /)
  const kept = await reset({ name: 'archive_mode', value: 'off', boot: 'off', base: 'on' })
  assert.equal(kept.draft.danger, 'disruptive', 'the file of before has it on')
})

test('what the server could not start with is refused', async () => {
  const { check } = await reset({ name: 'max_prepared_transactions', value: '10', boot: '0' })
  assert.match((await check('starts')) ?? '', /^fail: .*prepared transactions/)
})

test('where the files can’t be read, the worst is told', async () => {
  const { draft, check } = await reset({ name: 'archive_mode', value: 'on', boot: 'off', mayRead: false })
  assert.equal(draft.danger, 'data-loss')
  assert.match((await check('risk')) ?? '', /^warn: what counts then is unknown; it may be that WAL is no longer/)
  assert.match((await check('starts')) ?? '', /^warn: what archive_mode is then on \S+ is unknown/)
})

test('it is gone once no postgresql.conf has it; what Patroni gives always stays', async () => {
  const { effect } = await reset({ name: 'archive_mode', value: 'on', boot: 'off' })
  assert.deepEqual([effect?.kind, effect?.value], ['setting', null])
  assert.equal((await reset({ name: 'wal_level', value: 'logical', boot: 'replica' })).effect?.kind, 'by-manager')
  const { lines, tools } = serverWith({ name: 'archive_mode', value: 'on', boot: 'off', base: 'on' })
  const seen = () =>
    effectSeen({ ...NO_EFFECT, kind: 'setting', name: 'archive_mode' }, null, tools, { isLate: false, seconds: 1 })
  assert.equal((await seen()).result, 'not-yet')
  lines.pop()
  assert.equal((await seen()).result, 'yes')
})

test('a restart that was pending before proves nothing of a new value, and what can’t be seen is named', async () => {
  const seen = async (had: Partial<Had>, value: string) => {
    const { tools } = serverWith({ name: 'max_connections', value: '200', boot: '100', ...had })
    const effect = { ...NO_EFFECT, kind: 'setting' as const, name: 'max_connections', value }
    const found = await effectSeen(effect, null, tools, { isLate: false, seconds: 1 })
    return `${found.result}: ${'evidence' in found ? found.evidence : found.why}`
  }
  assert.match(await seen({ inForce: '100' }, '300'), /^not-yet: .* has another value of max_connections/)
  assert.match(await seen({ inForce: '100' }, '200'), /^yes: .* is set on \S+; it waits for a restart of/)
  assert.match(await seen({}, '200'), /^yes: max_connections is set on \S+$/)
  assert.match(await seen({ inForce: '100', mayRead: false }, '300'), /^yes: pgdeck can’t see it on \S+$/)
})
