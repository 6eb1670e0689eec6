import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { writeNewFile } from '../../../src/io/files/exclusive-file.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pgdeck-new-file-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

describe('writeNew', () => {
  test('writes for the owner only and never over a file that is there', (t) => {
    const at = folder(t)
    writeFileSync(join(at, 'a.svg'), 'mine')
    assert.equal(writeNewFile(at, 'a.svg', 'one'), join(at, 'a-2.svg'))
    assert.equal(writeNewFile(at, 'a.svg', 'two'), join(at, 'a-3.svg'))
    assert.equal(readFileSync(join(at, 'a.svg'), 'utf8'), 'mine')
    assert.equal(readFileSync(join(at, 'a-3.svg'), 'utf8'), 'two')
    assert.equal(statSync(join(at, 'a-2.svg')).mode & 0o777, 0o600)
  })

  test('does not follow a link that leads nowhere yet', (t) => {
    const at = folder(t)
    symlinkSync(join(at, 'elsewhere'), join(at, 'a.txt'))
    assert.equal(writeNewFile(at, 'a.txt', 'x'), join(at, 'a-2.txt'))
  })

  test('says in words why it can not', (t) => {
    const at = folder(t)
    assert.throws(() => writeNewFile(join(at, 'gone'), 'a.txt', 'x'), /gone\/a\.txt: there is no such folder/)
  })
})
