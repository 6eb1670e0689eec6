import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type LogFile, redactedContent, whyNotCollected } from '../../../src/runtime/log-collection/log-file.ts'
import { until } from '../../wait.ts'

const SIGNAL = new AbortController().signal

interface Opened {
  readonly file: LogFile
  /** True once nobody reads it any more. */
  closed(): boolean
}

function opened(path: string, content: Uint8Array): Opened {
  let closed = false
  async function* open(maxBytes: number): AsyncGenerator<Uint8Array> {
    try {
      const end = content.subarray(Math.max(0, content.length - maxBytes))
      for (let at = 0; at < end.length; at += 1_000) yield end.subarray(at, at + 1_000)
    } finally {
      closed = true
    }
  }
  return { file: { path, where: 'here', bytes: content.length, modifiedAt: 0, open }, closed: () => closed }
}

async function taken({ file }: Opened, maxBytes = 1_000_000): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of redactedContent(file, maxBytes, SIGNAL)) parts.push(part)
  return Buffer.concat(parts)
}

describe('what is taken of a file', () => {
  test('bytes that are no text stay as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256))
    assert.deepEqual(await taken(opened('a.log', bytes)), bytes)
  })

  test('of a long one the end, from the beginning of a line', async () => {
    const text = 'first PASSWORD\nsecond line\nthird line\n'
    assert.equal(String(await taken(opened('a.log', Buffer.from(text)), 20)), 'third line\n')
  })

  test('a packed one is unpacked, up to the limit, and let go then', async () => {
    const packed = opened('a.log.gz', gzipSync(`${'0123456789\n'.repeat(100_000)}`, { level: 0 }))
    assert.equal(String(await taken(packed, 22)), '0123456789\n'.repeat(2))
    await until('the file is let go', 5_000, packed.closed)
  })

  test('a packed one that is cut off gives what there is, then says so', async () => {
    const whole = gzipSync('password=Tell-n0body '.repeat(50_000), { level: 0 })
    const parts: Uint8Array[] = []
    await assert.rejects(async () => {
      const { file } = opened('a.log.gz', whole.subarray(0, whole.length / 2))
      for await (const part of redactedContent(file, 10_000_000, SIGNAL)) parts.push(part)
    }, /a\.log\.gz is not a complete gzip file/)
    assert.ok(parts.length > 0)
    assert.ok(!String(Buffer.concat(parts)).includes('n0body'))
  })

  test('text of two bytes a letter becomes UTF-8, so that its secrets are found', async () => {
    const wide = Buffer.from('\ufeffgrüße password=Tell-n0body\r\n', 'utf16le')
    assert.equal(String(await taken(opened('a.log', wide))), 'grüße password=[redacted]\r\n')
  })

  test('what can’t be unpacked is not taken', () => {
    assert.match(whyNotCollected({ path: 'a.log.XZ' }) ?? '', /can’t unpack \.XZ/)
    assert.equal(whyNotCollected({ path: 'a.log.gz' }), null)
  })
})
