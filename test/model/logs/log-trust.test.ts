import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type LogFileStat, whyFileNotTrusted, whyLinkNotFollowed } from '../../../src/model/logs/log-trust.ts'

const [ROOT, ME, APP, OTHER] = [0, 500, 600, 700]
const of = (uid: number, mode = 0o644, names = 1): LogFileStat => ({ uid, mode, names })
const folder = (uid: number, mode: number) => ({ uid: ME, facts: of(uid, mode) })

describe('a file in a log folder', () => {
  const table: readonly (readonly [string, LogFileStat, ReturnType<typeof folder>, boolean])[] = [
    ['of the folder’s owner', of(APP), folder(APP, 0o700), true],
    ['of the folder’s owner, with a second name', of(APP, 0o644, 2), folder(APP, 0o755), true],
    ['of root in a folder of the application', of(ROOT), folder(APP, 0o755), false],
    ['of whoever collects in a folder of the application', of(ME), folder(APP, 0o755), false],
    ['of another user in a folder of the application', of(OTHER), folder(APP, 0o755), false],
    ['of anybody in a folder that root alone may write', of(OTHER, 0o640, 2), folder(ROOT, 0o755), true],
    ['of anybody in a folder that whoever collects alone may write', of(OTHER), folder(ME, 0o700), true],
    // As Debian has /var/log/postgresql.
    ['of the server in a folder of root and its group', of(APP), folder(ROOT, 0o1775), true],
    ['of root there', of(ROOT), folder(ROOT, 0o1775), true],
    ['of root there, with a second name', of(ROOT, 0o600, 2), folder(ROOT, 0o1775), false],
    ['of the server there, with a second name', of(APP, 0o600, 2), folder(ROOT, 0o1775), false],
    ['of whoever collects in a folder that all may write', of(ME), folder(APP, 0o777), false],
    ['of another user in a folder that all may write', of(OTHER), folder(APP, 0o777), true],
  ]
  for (const [name, file, place, taken] of table) {
    test(`${name} is ${taken ? '' : 'not '}taken`, () =>
      assert.equal(whyFileNotTrusted(file, false, place) === null, taken))
  }

  test('folders have many names', () => {
    assert.equal(whyFileNotTrusted(of(APP, 0o755, 9), true, folder(ROOT, 0o1775)), null)
    assert.match(whyFileNotTrusted(of(ROOT, 0o755, 9), true, folder(APP, 0o775)) ?? '', /user 0/)
  })
})

test('a link leads to a log folder only by root, whoever collects, or the owner of that folder', () => {
  for (const [owners, expected] of [
    [[], true],
    [[ROOT, ME], true],
    [[APP], true],
    [[OTHER], false],
    [[ROOT, OTHER], false],
  ] as const) {
    assert.equal(whyLinkNotFollowed(owners, folder(APP, 0o755)) === null, expected, String(owners))
  }
})
