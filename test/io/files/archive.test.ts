import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { openArchive } from '../../../src/io/files/archive.ts'

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function* parts(...all: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of all) {
    if (part instanceof Error) throw part
    yield Buffer.from(part)
  }
}

async function entriesOf(path: string) {
  const entries = await unpackTar(gunzipSync(readFileSync(path)), { strict: true })
  return entries.map(({ header, data }) => [header.name, Buffer.from(data ?? []).toString(), header.mtime?.getTime()])
}

const AT = Date.parse('2026-11-22T14:00:00Z')

describe('an archive', () => {
  test('holds its entries, long and strange names too, and is its owner’s alone', async (t) => {
    const path = join(folderFor(t), 'a.tar.gz')
    const archive = await openArchive(path, { force: true })
    const long = `${'deep/'.repeat(60)}ä.log`
    const big = 'x'.repeat(3_000_000)
    for (const [name, text] of [
      ['one', 'first'],
      [long, 'second'],
      ['empty', ''],
      ['big', big],
    ] as const) {
      assert.deepEqual(await archive.add({ name, modifiedAt: AT }, parts(text)), { bytes: text.length, failure: null })
    }
    assert.ok(!existsSync(path), 'not there before it is whole')
    assert.equal(await archive.finish(), statSync(path).size)
    assert.deepEqual(await entriesOf(path), [
      ['one', 'first', AT],
      [long, 'second', AT],
      ['empty', '', AT],
      ['big', big, AT],
    ])
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(path, '..')), ['a.tar.gz'])
  })

  test('keeps what came before content failed, and leaves out what never came', async (t) => {
    const path = join(folderFor(t), 'a.tar.gz')
    const archive = await openArchive(path, { force: true })
    const failure = new Error('gone')
    assert.deepEqual(await archive.add({ name: 'half', modifiedAt: AT }, parts('be', 'gun', failure)), {
      bytes: 5,
      failure,
    })
    assert.deepEqual(await archive.add({ name: 'none', modifiedAt: AT }, parts(failure)), { bytes: 0, failure })
    await archive.finish()
    assert.deepEqual(await entriesOf(path), [['half', 'begun', AT]])
  })

  test('leaves what was there when it is abandoned, and nothing of itself', async (t) => {
    const folder = folderFor(t)
    const path = join(folder, 'a.tar.gz')
    writeFileSync(path, 'before')
    const archive = await openArchive(path, { force: true })
    await archive.add({ name: 'one', modifiedAt: AT }, parts('x'))
    await archive.abandon()
    assert.equal(readFileSync(path, 'utf8'), 'before')
    assert.deepEqual(readdirSync(folder), ['a.tar.gz'])
  })

  test('says at once where it can’t be', async (t) => {
    const folder = folderFor(t)
    mkdirSync(join(folder, 'taken'))
    writeFileSync(join(folder, 'mine'), 'x')
    const open = (...path: readonly string[]) => openArchive(join(folder, ...path), { force: false })
    await assert.rejects(open('taken'), /taken: exists already, and is a folder/)
    await assert.rejects(open('mine'), /mine: the file exists; --force overwrites it/)
    await assert.rejects(open('no', 'a.tar.gz'), /a\.tar\.gz: there is no such folder/)
  })

  test('does not take a name that something got meanwhile, and leaves nothing of itself then', async (t) => {
    const folder = folderFor(t)
    const path = join(folder, 'a.tar.gz')
    const archive = await openArchive(path, { force: false })
    await archive.add({ name: 'one', modifiedAt: AT }, parts('x'))
    writeFileSync(path, 'theirs')
    await assert.rejects(archive.finish(), /the file exists/)
    assert.equal(readFileSync(path, 'utf8'), 'theirs')
    assert.deepEqual(readdirSync(folder), ['a.tar.gz'])
  })
})
