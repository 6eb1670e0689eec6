// Lock files: held by one at a time, and given up by those who were killed, at whatever moment.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withFileLock } from '../../../src/io/state/file-lock.ts'

test('a lock whose maker was killed before it wrote its id is taken over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-lock-'))
  const path = join(folder, 'a.lock')
  try {
    writeFileSync(path, '')
    await assert.rejects(
      withFileLock(path, async () => {}, 50),
      /is held by another pgdeck/,
    )
    const before = new Date(Date.now() - 3_000)
    utimesSync(path, before, before)
    assert.equal(await withFileLock(path, async () => 'mine', 50), 'mine')
    assert.equal(existsSync(path), false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
