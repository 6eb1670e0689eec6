// Who may have written what is obeyed: each row is what somebody else could do with a file, a link or a folder on the way to it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { FileError } from '../../../src/io/files/text-files.ts'
import { distrustOfPath, whyWritableByOthers } from '../../../src/io/files/trust.ts'
import { readFileInTrustedFolder, readTrustedFile, UNTRUSTED } from '../../../src/io/files/trusted-file.ts'
import { type Scratch, scratch } from '../../config/scratch.ts'

const IS_ROOT = process.getuid?.() === 0
const THEM = 65_534
/** Other users have it as their first group. */
const DAEMON = 1
/** Nothing tells who is in it. */
const NOBODY_KNOWS = 54_321

interface Case {
  readonly name: string
  /** Makes the file and answers with the path that is read. */
  readonly make: (place: Scratch) => string
  /** What the refusal says; null: it is obeyed. */
  readonly found: RegExp | null
  /** The same, where the file was only found and not named. */
  readonly unnamed?: RegExp | null
}

const own = ({ write }: Scratch, mode = 0o600, name = 'sub/a.json') => write(name, '{}', mode)

function owned(place: Scratch, uid: number, gid: number, mode: number): string {
  const path = own(place, mode)
  chownSync(path, uid, gid)
  return path
}

function inFolder(place: Scratch, mode: number, uid = 0, gid = 0): string {
  const path = own(place)
  chownSync(join(path, '..'), uid, gid)
  chmodSync(join(path, '..'), mode)
  return path
}

function linked(place: Scratch, uid: number, target = own(place)): string {
  const path = join(place.folder, 'link.json')
  symlinkSync(target, path)
  lchownSync(path, uid, uid)
  return path
}

const CASES: readonly Case[] = [
  { name: 'a file of one’s own', make: own, found: null },
  { name: 'one that others may read', make: (at) => own(at, 0o644), found: null },
  { name: 'one of somebody else', make: (at) => owned(at, THEM, 0, 0o644), found: /belongs to nobody.*chown root / },
  { name: 'one that everybody may write', make: (at) => own(at, 0o666), found: /every user.*chmod go-w / },
  { name: 'one that others but its group may write', make: (at) => own(at, 0o602), found: /every user.*chmod o-w / },
  { name: 'one of a group of one’s own', make: (at) => owned(at, 0, 0, 0o664), found: null },
  { name: 'one of a group of others', make: (at) => owned(at, 0, DAEMON, 0o660), found: /its group \(1\).*chmod g-w / },
  { name: 'one of a group that nobody knows', make: (at) => owned(at, 0, NOBODY_KNOWS, 0o660), found: /its group/ },
  { name: 'a group of others that may only read', make: (at) => owned(at, 0, DAEMON, 0o640), found: null },
  {
    name: 'a folder that everybody may write',
    make: (at) => inFolder(at, 0o777),
    found: null,
    unnamed: /sub: is writable by every/,
  },
  { name: 'a folder as /tmp is', make: (at) => inFolder(at, 0o1777), found: null },
  {
    name: 'a folder of a group of others',
    make: (at) => inFolder(at, 0o775, 0, DAEMON),
    found: null,
    unnamed: /sub: .*its group/,
  },
  {
    name: 'a file of somebody else that was put into a folder that everybody may write',
    make: (at) => {
      const path = inFolder(at, 0o777)
      chownSync(path, THEM, THEM)
      return path
    },
    found: /belongs to nobody/,
  },
  {
    name: 'a folder of somebody else',
    make: (at) => inFolder(at, 0o755, THEM, THEM),
    found: null,
    unnamed: /sub: belongs to nobody/,
  },
  {
    name: 'a folder further up that everybody may write',
    make: (at) => {
      const path = own(at, 0o600, 'open/inside/a.json')
      chmodSync(join(at.folder, 'open'), 0o777)
      return path
    },
    found: null,
    unnamed: /open: is writable by every user/,
  },
  { name: 'a link of one’s own', make: (at) => linked(at, 0), found: null },
  {
    name: 'a link of somebody else',
    make: (at) => linked(at, THEM),
    found: /link\.json: is a link of nobody.*chown -h/,
  },
  { name: 'a link to a file of theirs', make: (at) => linked(at, 0, owned(at, THEM, 0, 0o644)), found: /belongs to/ },
  {
    name: 'a link into a folder that everybody may write',
    make: (at) => linked(at, 0, inFolder(at, 0o777)),
    found: null,
    unnamed: /sub: is writable by every user/,
  },
  {
    name: 'a folder that is a link of somebody else',
    make: (at) => {
      own(at)
      symlinkSync(join(at.folder, 'sub'), join(at.folder, 'theirs'))
      lchownSync(join(at.folder, 'theirs'), THEM, THEM)
      return join(at.folder, 'theirs', 'a.json')
    },
    found: /theirs: is a link of nobody/,
  },
]

function refusalOf(path: string, isNamed: boolean): string | null {
  try {
    readTrustedFile(path, { isNamed })
    return null
  } catch (error) {
    assert.ok(error instanceof FileError && error.code === UNTRUSTED, String(error))
    return error.message
  }
}

describe('what decides what is executed is obeyed only as its user or root wrote it', {
  skip: !IS_ROOT && 'needs root',
}, () => {
  for (const { name, make, found, unnamed = found } of CASES) {
    test(name, (context) => {
      const path = make(scratch(context))
      for (const [isNamed, expected] of [
        [true, found],
        [false, unnamed],
      ] as const) {
        const refusal = refusalOf(path, isNamed)
        if (expected === null) assert.equal(refusal, null)
        else assert.match(refusal ?? 'obeyed', expected)
      }
    })
  }

  test('a file in a folder that is trusted is looked at again when it is read', (context) => {
    const place = scratch(context)
    const path = own(place)
    assert.equal(readFileInTrustedFolder(path), '{}')
    chownSync(path, THEM, THEM)
    assert.throws(() => readFileInTrustedFolder(path), /belongs to nobody/)
  })

  test('an access list is found behind the rights of the group', (context) => {
    const path = own(scratch(context))
    const { status } = spawnSync('setfacl', ['-m', 'u:65534:rw', path])
    if (status !== 0) return context.skip('there is no setfacl, or nothing that takes access lists')
    assert.match(refusalOf(path, true) ?? 'obeyed', /access control list/)
  })

  test('programs and authorities may belong to anybody, but not be written by others', (context) => {
    const place = scratch(context)
    assert.equal(whyWritableByOthers(owned(place, THEM, THEM, 0o755)), null)
    assert.equal(
      whyWritableByOthers(owned(place, THEM, DAEMON, 0o775))?.remedy,
      `chmod g-w ${join(place.folder, 'sub/a.json')}`,
    )
    assert.equal(whyWritableByOthers(join(place.folder, 'nowhere')), null)
  })
})

test('paths that lead nowhere or in circles are no trouble', (context) => {
  const { folder } = scratch(context)
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  mkdirSync(join(folder, 'a'))
  for (const name of ['loop', 'nowhere/at/all', 'a/../a/./b', 'loop/b'])
    assert.equal(distrustOfPath(join(folder, name)), null)
})
