// The tablespaces of a data directory on this host, whatever its path is written like.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { linkedTablespaces, placeFacts } from '../../../src/actions/tablespaces/host-places.ts'
import { openHostConnection } from '../../../src/io/hosts/host-connection.ts'

const connection = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
const { signal } = new AbortController()

test('links with odd targets, dead ones too, and the same directory by two paths', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'pgdeck-places-')))
  try {
    const [data, odd] = [join(base, 'data'), join(base, 'old "data", größer')]
    for (const path of [data, join(data, 'pg_tblspc'), join(data, 'pg_tblspc/3'), odd]) mkdirSync(path)
    symlinkSync(odd, join(data, 'pg_tblspc/1'))
    symlinkSync('/nowhere/at all', join(data, 'pg_tblspc/2'))
    symlinkSync(data, join(base, 'link'))
    for (const path of [data, `${data}/`, join(base, 'link')])
      assert.deepEqual(await linkedTablespaces(connection, path, signal), {
        dataDirectory: path,
        realPath: data,
        versionFolder: null,
        links: [
          { oid: '1', path: odd, realPath: odd },
          { oid: '2', path: '/nowhere/at all', realPath: null },
        ],
      })
    const none = await linkedTablespaces(connection, join(base, 'none'), signal)
    assert.deepEqual([none.realPath, none.links], [null, []])
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})

test('a place is a folder, with its names; in a data directory, which one', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'pgdeck-places-')))
  try {
    for (const path of ['data', 'data/global', 'data/base', 'place', 'place/lost+found']) mkdirSync(join(base, path))
    writeFileSync(join(base, 'data/PG_VERSION'), '18\n')
    const factsOf = (name: string) => placeFacts(connection, join(base, name), join(base, 'data'), [], signal)
    const found = { kind: 'folder', isOwned: true, isWritable: true }
    assert.deepEqual(await factsOf('place'), {
      ...found,
      realPath: join(base, 'place'),
      names: ['lost+found'],
      within: null,
    })
    assert.deepEqual(await factsOf('data/base'), {
      ...found,
      realPath: join(base, 'data/base'),
      names: [],
      within: join(base, 'data'),
    })
    assert.deepEqual(await factsOf('none'), { kind: 'missing' })
    assert.deepEqual(await factsOf('data/PG_VERSION'), { kind: 'no-folder' })
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})
