// Tar archives as PostgreSQL sends them, cut into whatever pieces the network makes of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTar, TAR_BLOCK_BYTES, tarFileHeader, tarPadding } from '../../../src/io/base-backup/tar.ts'

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
