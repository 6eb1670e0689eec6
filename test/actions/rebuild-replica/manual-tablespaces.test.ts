// The lines of a rebuild by hand, run by sh in real folders: what is not of the rebuilt server stays where it is.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { manualTablespaces } from '../../../src/actions/rebuild-replica/manual-tablespaces.ts'
import { rebuildPathsOf } from '../../../src/actions/rebuild-replica/paths.ts'
import { tablespacesHavePlaces } from '../../../src/actions/tablespaces/checks.ts'
import { tablespaceRunPaths } from '../../../src/actions/tablespaces/paths.ts'
import { NO_TABLESPACES } from '../../../src/actions/tablespaces/plan-tablespaces.ts'

const RUN = '20261130T120000Z-rebuild-replica-db-1-0001'
const FOLDER = 'PG_18_202506291'

/** A tablespace with data at a place, and the old data, whose link leads to it or elsewhere. Runs the lines before the copy. */
function asideFirst(context: TestContext, isOwn: boolean) {
  const base = mkdtempSync(join(tmpdir(), 'pgdeck by hand '))
  context.after(() => rmSync(base, { recursive: true, force: true }))
  const [path, data] = [join(base, 'a space'), join(base, 'data')]
  mkdirSync(join(path, FOLDER), { recursive: true })
  writeFileSync(join(path, FOLDER, 'word'), 'old')
  mkdirSync(join(data, 'pg_tblspc'), { recursive: true })
  symlinkSync(isOwn ? path : join(base, 'other'), join(data, 'pg_tblspc', '16400'))
  const placed = [{ oid: '16400', name: 'a', location: '/srv/a', bytes: 1, path }]
  const lines = manualTablespaces({ ...NO_TABLESPACES, placed, versionFolder: FOLDER }, data, RUN)
  const { previous: old } = rebuildPathsOf(data, RUN)
  renameSync(data, old)
  for (const line of lines.asideFirst) spawnSync('sh', ['-c', line])
  return { path, link: readlinkSync(join(old, 'pg_tblspc', '16400')), former: lines.former }
}

describe('a rebuild by hand', () => {
  test('moves the old data of its tablespaces aside, with the link to it', (context) => {
    const { path, link, former } = asideFirst(context, true)
    const { previous } = tablespaceRunPaths(path, RUN)
    assert.equal(existsSync(join(path, FOLDER)), false)
    assert.equal(existsSync(join(previous, FOLDER, 'word')), true)
    assert.equal(link, previous)
    assert.deepEqual(former, [previous])
  })

  test('leaves data in its places that its old data does not lead to', (context) => {
    const { path } = asideFirst(context, false)
    assert.equal(existsSync(join(path, FOLDER, 'word')), true)
  })

  test('is blocked where it would go into a place of the upstream on the same host', async () => {
    const at = (path: string, mayShareHost: boolean) => {
      const placed = [{ oid: '16400', name: 'a', location: '/srv/a', bytes: 1, path }]
      const plan = { kind: 'known', tablespaces: { ...NO_TABLESPACES, placed, versionFolder: FOLDER } } as const
      const check = tablespacesHavePlaces(plan, 'pgdeck do rebuild-replica db-1', mayShareHost)
      return check.run(undefined as never, undefined as never, undefined as never)
    }
    const shared = await at('/srv/a', true)
    assert.deepEqual([shared?.result, shared?.mayOverride], ['fail', true])
    assert.match(shared?.hint ?? '', /--set 'tablespaces=a=\/PATH'$/)
    assert.equal((await at('/srv/b', true))?.result, 'warn')
    assert.equal((await at('/srv/a', false))?.result, 'warn')
  })
})
