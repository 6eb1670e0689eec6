// What is read of a real server's pg_hba.conf, by each way and right, and whether it is told to be in force.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/postgres-node.ts'
import { makeFolder, writePrivateText } from '../../src/io/files/sync-files.ts'
import { openHostConnection } from '../../src/io/hosts/host-connection.ts'
import type { LoadedHba, LoadedHbaStore } from '../../src/model/hba/audit/reload-state.ts'
import { mappedSystemUsers } from '../../src/model/hba/ident/ident-maps.ts'
import { decideHba } from '../../src/model/hba/match/match.ts'
import type { HbaReading, ReadableHba } from '../../src/model/measured/hba-reading.ts'
import { readHba } from '../../src/probes/database/hba/hba.ts'
import type { HbaReadOptions } from '../../src/probes/database/hba/hba-rules.ts'
import { connection } from '../model/hba/asked.ts'
import { patiently, until } from '../wait.ts'
import { majorsToTry, withCluster } from './embedded.ts'
import { linkTo, NEVER } from './links.ts'

const BASE = `local all postgres trust
host all postgres,pgdeck,plain 127.0.0.1/32 md5
`
const TEXT = `${BASE}hostssl all all all trust
host "all" +inner all reject
host all all samenet trust
`
const HERE = { id: 'here', address: null, access: { kind: 'local' } } as const

async function sight(node: PostgresNode, role: string, more: Partial<HbaReadOptions> = {}): Promise<HbaReading> {
  const link = linkTo(node.dsn(role), { timeoutMs: patiently(5_000) })
  try {
    return await readHba({ session: link, roles: ['bob', 'nobody'], ...more }, NEVER)
  } finally {
    await link.close()
  }
}

async function known(...asked: Parameters<typeof sight>): Promise<ReadableHba> {
  const found = await sight(...asked)
  assert.ok(found.known, found.known ? '' : found.why)
  return found
}

function memory(): LoadedHbaStore {
  const kept = new Map<string, LoadedHba>()
  return { recall: (key) => kept.get(key) ?? null, keep: async (key, loaded) => void kept.set(key, loaded) }
}

/** Writes without a reload. */
function edit(node: PostgresNode, text: string): void {
  writePrivateText(join(node.dataDirectory, 'pg_hba.conf'), text, node.scratch.owner)
}

/** Times of files count whole seconds: only a reload in a later second certainly came after the change. */
async function reloadLater(node: PostgresNode): Promise<void> {
  const next = (Math.floor(Date.now() / 1_000) + 1) * 1_000
  await until('the next second has begun', 2_000, () => Date.now() > next)
  await node.setSetting('work_mem', `${Math.floor(Math.random() * 1_000) + 64}kB`)
}

async function checkForce(node: PostgresNode): Promise<void> {
  const own = memory()
  await node.setHba(TEXT)
  await reloadLater(node)
  const first = await known(node, 'postgres', { memory: own })
  assert.deepEqual([first.reloadState, first.source, first.exact], ['in-force', 'file-by-sql', true], first.why)
  assert.equal(first.server.major, node.binaries.major)
  assert.ok(first.hash !== null && first.changedAt !== null && first.changedAt <= first.server.loaded.from)
  await reloadLater(node)
  await known(node, 'postgres', { memory: own })
  edit(node, TEXT)
  assert.equal((await known(node, 'postgres', { memory: own })).reloadState, 'in-force')
  edit(node, `${TEXT}host all all all reject\n`)
  const edited = await known(node, 'postgres', { memory: own })
  assert.equal(edited.reloadState, 'edited', edited.why)
  await reloadLater(node)
  edit(node, `${TEXT}host replication ro 127.0.0.2 /32 md5\n`)
  await reloadLater(node)
  const broken = await known(node, 'postgres', { memory: own })
  assert.deepEqual([broken.reloadState, broken.rules.problems[0]?.line], ['broken', 6], broken.why)
  assert.match(broken.rules.problems[0]?.error ?? '', /invalid IP mask "\/32"/)
  edit(node, `${TEXT}# changed\n`)
  await until('the change is of a later second', 2_000, async () => {
    edit(node, `${TEXT}# changed\n`)
    return (await known(node, 'postgres')).reloadState === 'edited'
  })
}

/** Runs what is said to be missing, until nothing is. */
async function checkGrants(node: PostgresNode): Promise<void> {
  await node.setHba(TEXT)
  const hidden = await sight(node, 'plain')
  assert.ok(!hidden.known)
  assert.match(hidden.why, /role plain may not read/)
  assert.ok(hidden.missing.length >= 4, JSON.stringify(hidden.missing))
  const reach = openHostConnection(HERE)
  const byHost = await known(node, 'plain', { host: reach, dataDirectory: node.dataDirectory })
  assert.deepEqual([byHost.source, byHost.exact, byHost.rules.records.length], ['file-by-host', true, 5])
  assert.ok(byHost.server.interfacesComplete)
  await reach.close()
  const [select, execute, ...others] = hidden.missing
  for (const part of [select, execute]) await node.query(part?.grant ?? '')
  const byView = await known(node, 'plain')
  assert.deepEqual([byView.source, byView.exact, byView.reloadState], ['rules-view', false, 'unknown'])
  assert.deepEqual(
    byView.rules.records.map(({ line, method }) => [line, method]),
    [
      [1, 'trust'],
      [2, 'md5'],
      [3, 'trust'],
      [4, 'reject'],
      [5, 'trust'],
    ],
  )
  for (const { grant } of others) await node.query(grant)
  const all = await known(node, 'plain')
  assert.deepEqual([all.source, all.missing], ['file-by-sql', []])
}

async function checkDecisions(node: PostgresNode): Promise<void> {
  const found = await known(node, 'postgres')
  const { server, rules, roles } = found
  assert.deepEqual(server.interfacesComplete, true)
  assert.deepEqual([...(roles.get('bob')?.memberOf ?? [])].sort(), ['grp', 'inner'])
  assert.deepEqual([roles.get('bob')?.password, roles.get('bob')?.replication], ['md5', true])
  assert.equal(roles.get('nobody')?.exists, false)
  assert.equal((await known(node, 'plain')).roles.get('bob')?.password, null)
  const own = { interfaces: server.interfaces, complete: server.interfacesComplete }
  const asked = { user: 'bob', memberOf: roles.get('bob')?.memberOf ?? [], address: '127.0.0.9' }
  assert.equal(decideHba(rules, connection({ ...asked, database: 'all' }), own).line, 4)
  assert.equal(decideHba(rules, connection({ ...asked, database: 'app' }), own).line, 5)
}

async function checkIncludes(node: PostgresNode): Promise<void> {
  if (node.binaries.major < 16) return
  const { owner } = node.scratch
  makeFolder(join(node.dataDirectory, 'more'), owner)
  writePrivateText(join(node.dataDirectory, 'more', 'a.conf'), 'host app @../names all trust\n', owner)
  writePrivateText(join(node.dataDirectory, 'more', 'b.conf'), '# nothing\n', owner)
  writePrivateText(join(node.dataDirectory, 'names'), 'carol\ndave\n', owner)
  await node.setHba(`${BASE}include_dir more\ninclude_if_exists never\n`)
  for (const role of ['postgres', 'plain']) {
    const found = await known(node, role)
    const line = found.rules.records.find(({ databases }) => databases[0]?.text === 'app')
    assert.deepEqual(
      [line?.file, line?.users.map(({ text }) => text)],
      [join(node.dataDirectory, 'more', 'a.conf'), ['carol', 'dave']],
    )
    assert.equal(found.files.length, role === 'postgres' ? 4 : 3)
  }
  await node.query('revoke execute on function pg_read_file(text) from plain')
  const byView = await known(node, 'plain')
  assert.deepEqual([byView.source, byView.files.length], ['rules-view', 2])
  await node.setHba(`${BASE}include missing\n`)
  const { reloadState, why } = await known(node, 'postgres')
  assert.deepEqual([reloadState, /missing/.test(why)], ['broken', true])
}

/** Both are read only where a line asks for them; the view of the maps exists from 15 on. */
async function checkMapsAndNames(node: PostgresNode): Promise<void> {
  const { major } = node.binaries
  await node.setHba(`${BASE}host all viewer 127.0.0.1/32 trust\n`)
  const plain = await known(node, 'postgres')
  assert.deepEqual([plain.identMaps, plain.hostNames], [null, null])
  writePrivateText(join(node.dataDirectory, 'pg_ident.conf'), 'm bob "carol"\nm /^(.*)@x$ \\1\n', node.scratch.owner)
  await node.setHba(
    `${BASE}host all viewer 127.0.0.1/32 trust\nhost all carol 127.0.0.1/32 ident map=m\nhost all all localhost md5\n`,
  )
  const asked = { user: 'carol', memberOf: [], version: major, ignoresCase: false }
  const users = ({ identMaps }: ReadableHba) =>
    identMaps?.known ? mappedSystemUsers(identMaps, 'm', asked) : identMaps?.why
  const full = await known(node, 'postgres')
  assert.deepEqual(users(full), ['bob', '/^(.*)@x$'])
  assert.ok(full.hostNames?.addresses.has('localhost'))
  await node.createRole('viewer', 'LOGIN IN ROLE pg_monitor')
  await node.query(
    'grant select on pg_hba_file_rules to viewer; grant execute on function pg_hba_file_rules() to viewer',
  )
  assert.match(String(users(await known(node, 'viewer'))), /role viewer may not read pg_ident\.conf/)
  if (major < 15) return
  await node.query(
    'grant select on pg_ident_file_mappings to viewer; grant execute on function pg_ident_file_mappings() to viewer',
  )
  assert.deepEqual(users(await known(node, 'viewer')), ['bob', '/^(.*)@x$'])
}

describe('the sight of pg_hba.conf', { concurrency: true }, () => {
  for (const major of majorsToTry()) {
    test(`on PostgreSQL ${major}`, () =>
      withCluster({ major, settings: { password_encryption: 'md5' } }, async ({ primary }) => {
        await primary.createRole('plain', 'LOGIN')
        await primary.query('create role grp; create role "inner" in role grp')
        await primary.createRole('bob', 'LOGIN REPLICATION IN ROLE "inner"')
        await checkForce(primary)
        await checkGrants(primary)
        await checkDecisions(primary)
        await checkMapsAndNames(primary)
        await checkIncludes(primary)
      }))
  }
})
