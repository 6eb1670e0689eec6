// Server programs are found where they are, in the promised order, and the npm packages' library links are made.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { availableMajors, findServerBinaries } from '../../../src/demo/postgres/binaries.ts'
import { embeddedPackages, restoreLibraryLinks } from '../../../src/demo/postgres/embedded.ts'

test('the newest embedded package comes first, whatever PGDECK_PG_BIN says', () => {
  const found = findServerBinaries({ env: { PATH: '/usr/bin:/bin', PGDECK_PG_BIN: '/nowhere' } })
  const [newest] = embeddedPackages()
  assert.equal(found.source, newest ? 'npm package' : found.source)
  assert.equal(found.bin, newest?.bin ?? found.bin)
  assert.equal(found.major, Number.parseInt(found.version, 10))
  assert.ok(existsSync(join(found.bin, 'initdb')))
})

test('each present major can be asked for', () => {
  const majors = availableMajors()
  assert.ok(majors.length > 0)
  for (const major of majors) assert.equal(findServerBinaries({ major }).major, major)
})

test('PGDECK_PG_BIN is used for a major that no package has', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const program = '#!/bin/sh\necho "postgres (PostgreSQL) 13.21"\n'
  for (const name of ['postgres', 'initdb']) writeFileSync(join(folder, name), program, { mode: 0o755 })
  const found = findServerBinaries({ major: 13, env: { PATH: '', PGDECK_PG_BIN: folder } })
  assert.deepEqual(found, { bin: folder, version: '13.21', major: 13, source: '$PGDECK_PG_BIN' })
})

test('nothing found: the error says what was looked at and what to do', () => {
  assert.throws(
    () => findServerBinaries({ major: 12, env: { PATH: '/usr/bin', PGDECK_PG_BIN: '/nowhere/bin' } }),
    (error: Error) => {
      assert.match(error.message, /No PostgreSQL 12 programs found/)
      assert.match(error.message, /set PGDECK_PG_BIN/)
      assert.match(error.message, /\/nowhere\/bin \(\$PGDECK_PG_BIN\): no initdb and postgres that run/)
      return true
    },
  )
})

test('missing library links are made, existing ones are kept', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const lib = join(folder, 'native', 'lib')
  mkdirSync(lib, { recursive: true })
  writeFileSync(join(lib, 'liba.so.1.2'), '')
  symlinkSync('liba.so.1.2', join(lib, 'liba.so'))
  const links = ['liba.so', 'liba.so.1'].map((name) => ({
    source: 'native/lib/liba.so.1.2',
    target: `native/lib/${name}`,
  }))
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links))
  restoreLibraryLinks(folder)
  restoreLibraryLinks(folder)
  assert.equal(readlinkSync(join(lib, 'liba.so')), 'liba.so.1.2')
  assert.equal(readlinkSync(join(lib, 'liba.so.1')), 'liba.so.1.2')
})
