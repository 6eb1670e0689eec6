// Tar archives as PostgreSQL sends them, cut into whatever pieces the network makes of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  commentInNote,
  readTar,
  TAR_BLOCK_BYTES,
  type TarEntry,
  tarEntryIn,
  tarFileHeader,
  tarNote,
  tarPadding,
} from '../../../src/io/base-backup/tar.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function archive(files: Readonly<Record<string, string>>, isEnded: boolean): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text)
    return [tarFileHeader(name, content.length, 0), content, new Uint8Array(tarPadding(content.length))]
  })
  return Buffer.concat([...parts, new Uint8Array(isEnded ? 2 * TAR_BLOCK_BYTES : 0)])
}

async function contents(source: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  let name = ''
  for await (const part of readTar(source)) {
    if (part.kind === 'entry') {
      name = part.entry.name
      found[name] = ''
    } else found[name] += Buffer.from(part.bytes).toString()
  }
  return found
}

const FILES = { backup_label: 'LABEL: one\n', 'base/1/1259': 'x'.repeat(1300), empty: '' }

test('however it is cut, the same files come out, with an end and without', async () => {
  for (const size of [1, 7, 511, 512, 513, 100_000]) {
    assert.deepEqual(await contents(inPieces(archive(FILES, true), size)), FILES)
    assert.deepEqual(await contents(inPieces(archive(FILES, false), size)), FILES)
  }
})

test('the source is read to its own end, because more than the archive may come from it', async () => {
  const read = { all: false }
  async function* source() {
    yield archive(FILES, true)
    yield new Uint8Array(TAR_BLOCK_BYTES)
    read.all = true
  }
  await contents(source())
  assert.equal(read.all, true)
})

test('what is cut off, damaged, or leads out of its folder is refused', async () => {
  const whole = archive(FILES, true)
  await assert.rejects(contents(inPieces(whole.subarray(0, 2000), 512)), /cut off in base\/1\/1259/)
  const damaged = Buffer.from(whole)
  damaged.write('9', 124)
  await assert.rejects(contents(inPieces(damaged, 512)), /checksum of a header/)
  await assert.rejects(contents(inPieces(archive({ '../../etc/passwd': 'x' }, true), 512)), /path outside its folder/)
  await assert.rejects(contents(inPieces(archive({ '/etc/passwd': 'x' }, true), 512)), /path outside its folder/)
})

test('an entry moves into a folder with a header that tar accepts, and a name that does not fit is refused', async () => {
  const [first] = await entries(archive({ 'PG_18_202506291/5/1259': 'x'.repeat(600) }, true))
  assert.ok(first)
  const moved = tarEntryIn('pg_tblspc/16400', first)
  assert.equal(moved.name, 'pg_tblspc/16400/PG_18_202506291/5/1259')
  const again = Buffer.concat([moved.header, Buffer.alloc(600, 'x'), new Uint8Array(tarPadding(600))])
  assert.deepEqual(await contents(inPieces(again, 100)), { [moved.name]: 'x'.repeat(600) })
  assert.throws(() => tarEntryIn('x'.repeat(80), first), /too long for an archive/)
})

test('a note carries its text whatever its length, and is no file', async () => {
  for (const length of [0, 1, 80, 85, 86, 87, 88, 89, 90, 600, 980, 990]) {
    const note = tarNote('n'.repeat(length), 0)
    assert.equal(note.length % TAR_BLOCK_BYTES, 0)
    const [entry] = await entries(note)
    assert.equal(entry?.type, 'note')
    const content = (await contents(inPieces(note, 77))).pax_global_header ?? ''
    assert.equal(Number.parseInt(content, 10), content.length, 'its record begins with its length')
    assert.equal(commentInNote(content), 'n'.repeat(length))
  }
})

async function entries(bytes: Uint8Array): Promise<readonly TarEntry[]> {
  const found: TarEntry[] = []
  for await (const part of readTar(inPieces(bytes, 512))) if (part.kind === 'entry') found.push(part.entry)
  return found
}
