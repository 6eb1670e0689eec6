// The script that unpacks a pack: whose the files are afterwards, and what it leaves alone.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { UNPACK_SCRIPT } from '../../../../src/profiles/manageengine/actions/unpack-script.ts'
import { type ZipEntry, zipArchive } from '../../../../src/profiles/manageengine/demo/zip-archive.ts'

const PRODUCT = 65_534
const DATABASE = 65_533
/** With the bits of a regular file these are those of a link. */
const LINK = 0o020777

interface Place {
  readonly outside: string
  readonly installation: string
  readonly data: string
  unpack(entries: readonly ZipEntry[]): { readonly status: number | null; readonly stderr: string }
}

/** An installation of the product's user, with a folder that root owns beside it. */
function withPlace(work: (place: Place) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-unpack-'))
  try {
    const installation = join(folder, 'installation')
    const data = join(installation, 'pgsql/data')
    const outside = join(folder, 'outside')
    for (const each of [installation, join(installation, 'conf'), join(installation, 'pgsql')]) {
      mkdirSync(each)
      chownSync(each, PRODUCT, PRODUCT)
    }
    writeFileSync(outside, 'of root')
    work({
      outside,
      installation,
      data,
      unpack(entries) {
        const pack = join(folder, 'pack.zip')
        writeFileSync(pack, zipArchive(entries))
        return spawnSync('sh', ['-c', UNPACK_SCRIPT, 'sh', pack, `${installation}/`, data], { encoding: 'utf8' })
      },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function file(path: string, text = path, mode = 0o600): ZipEntry {
  return { path, bytes: Buffer.from(text), mode }
}

const skip = process.getuid?.() === 0 ? false : 'only root can give files to others'

describe('a pack that root unpacks', { skip }, () => {
  test('each file belongs to the owner of its folder, those of the database to the owner of its data directory', () =>
    withPlace(({ installation, data, unpack }) => {
      mkdirSync(data)
      chownSync(data, DATABASE, DATABASE)
      const { status, stderr } = unpack([file('pgsql/data/PG_VERSION'), file('conf/some.conf')])
      assert.equal(status, 0, stderr)
      assert.equal(statSync(join(data, 'PG_VERSION')).uid, DATABASE)
      assert.equal(statSync(join(installation, 'conf/some.conf')).uid, PRODUCT)
    }))

  test('a data directory that only the pack brings belongs to the owner of the installation', () =>
    withPlace(({ data, unpack }) => {
      const { status, stderr } = unpack([file('pgsql/data/PG_VERSION')])
      assert.equal(status, 0, stderr)
      for (const path of [data, join(data, 'PG_VERSION')]) assert.equal(statSync(path).uid, PRODUCT, path)
    }))

  test('where everything belongs to root, it says that PostgreSQL would not run', () =>
    withPlace(({ installation, unpack }) => {
      chownSync(installation, 0, 0)
      const { status, stderr } = unpack([file('pgsql/data/PG_VERSION')])
      assert.equal(status, 1)
      assert.match(stderr, /pgsql\/data belongs to root, as which PostgreSQL does not run: give it to/)
    }))

  test('a link in the pack does not give away what it points to', () =>
    withPlace(({ installation, outside, data, unpack }) => {
      mkdirSync(data)
      chownSync(data, DATABASE, DATABASE)
      const links = ['conf/link', 'pgsql/data/link'].map((path) => file(path, outside, LINK))
      const { status, stderr } = unpack(links)
      assert.equal(status, 0, stderr)
      assert.ok(lstatSync(join(installation, 'conf/link')).isSymbolicLink())
      assert.equal(lstatSync(join(installation, 'conf/link')).uid, PRODUCT)
      assert.equal(statSync(outside).uid, 0)
    }))

  for (const path of ['../outside', 'conf/../../outside', 'conf\\..\\..\\outside', '/outside'])
    test(`with a path that leads out of the installation nothing is unpacked: ${path}`, () =>
      withPlace(({ installation, outside, data, unpack }) => {
        mkdirSync(data)
        chownSync(data, DATABASE, DATABASE)
        const { status, stderr } = unpack([file('conf/some.conf'), file(path, 'of the pack')])
        assert.equal(status, 1)
        assert.match(stderr, /has paths that lead out of .*: nothing was unpacked/)
        assert.deepEqual(readdirSync(join(installation, 'conf')), [])
        assert.equal(readFileSync(outside, 'utf8'), 'of root')
      }))

  for (const path of ['conf/two\nlines', 'conf/\u001b[2J'])
    test(`with a control character in a name nothing is unpacked: ${JSON.stringify(path)}`, () =>
      withPlace(({ installation, data, unpack }) => {
        mkdirSync(data)
        chownSync(data, DATABASE, DATABASE)
        const { status, stderr } = unpack([file('conf/some.conf'), file(path, 'of the pack')])
        assert.equal(status, 1)
        assert.match(stderr, /has names with control characters .*: nothing was unpacked/)
        assert.deepEqual(readdirSync(join(installation, 'conf')), [])
      }))
})
