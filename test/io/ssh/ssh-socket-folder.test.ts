import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { makeSocketFolder } from '../../../src/io/ssh/ssh-socket-folder.ts'

const IS_ROOT = process.getuid?.() === 0

/** Short enough for a socket. */
function runtimeFolder(context: TestContext, mode: number, uid: number | null): string {
  const top = mkdtempSync('/tmp/pgd-')
  context.after(() => rmSync(top, { recursive: true, force: true }))
  const path = join(top, 'run')
  mkdirSync(path)
  chmodSync(path, mode)
  if (uid !== null) chownSync(path, uid, uid)
  return path
}

function madeIn(context: TestContext, runtime: string): string {
  const made = makeSocketFolder({ XDG_RUNTIME_DIR: runtime })
  context.after(() => rmSync(made, { recursive: true, force: true }))
  assert.equal(statSync(made).mode & 0o777, 0o700)
  return dirname(made)
}

describe('a folder for the sockets of ssh', () => {
  test('is in the user’s own, or one where nobody can take another’s place', (context) => {
    for (const mode of [0o700, 0o755, 0o1777]) {
      const runtime = runtimeFolder(context, mode, null)
      assert.equal(madeIn(context, runtime), runtime)
    }
  })

  test('is in none that everybody may write', (context) => {
    const runtime = runtimeFolder(context, 0o777, null)
    assert.notEqual(madeIn(context, runtime), runtime)
  })

  test('is in none of somebody else', { skip: !IS_ROOT && 'needs root' }, (context) => {
    const runtime = runtimeFolder(context, 0o700, 65_534)
    assert.notEqual(madeIn(context, runtime), runtime)
  })
})
