// What a program wrote, cut from between its marks however the bytes arrive.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMarkerParser } from '../../../src/io/hosts/marker-parser.ts'

const MARK = 'pgdeck-0123'

/** Cuts the bytes, which come in pieces of these sizes. */
function cut(bytes: Uint8Array, sizes: readonly number[]) {
  const one = createMarkerParser(MARK)
  const parts: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    parts.push(one.push(bytes.subarray(at, at + size)))
    at += size
  }
  return { one, content: Buffer.concat(parts) }
}

test('any bytes come out as they were, in pieces of any size', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
  const bytes = fc.oneof(fc.uint8Array(), fc.constantFrom('pgdeck-', 'pgdeck-0123', '\n\n', 'pgdeck-01pgdeck-0123<'))
  fc.assert(
    fc.property(fc.uint8Array(), bytes, fc.integer({ min: 0, max: 255 }), sizes, (noise, inside, code, pieces) => {
      const content = Buffer.from(inside)
      const all = Buffer.concat([noise, Buffer.from(`${MARK}<\n`), content, Buffer.from(`${MARK}>${code}\nmore`)])
      const found = cut(all, pieces)
      assert.ok(found.content.equals(content))
      assert.equal(found.one.exitCode(), code)
    }),
  )
})

test('nothing is held back that can not be the mark', () => {
  const one = createMarkerParser(MARK)
  one.push(Buffer.from(`Welcome\n${MARK}<\n`))
  assert.equal(one.push(Buffer.from('half a line')).toString(), 'half a line')
  assert.equal(one.push(Buffer.from('pgd')).toString(), '')
  assert.equal(one.push(Buffer.from('x')).toString(), 'pgdx')
  assert.equal(one.unmarkedOutput(), 'Welcome\n')
  assert.equal(one.exitCode(), null)
})

test('what comes without a mark is noise', () => {
  const one = createMarkerParser(MARK)
  assert.equal(one.push(Buffer.from('This account is not available.\n')).length, 0)
  assert.equal(one.hasBegun(), false)
  assert.equal(one.unmarkedOutput(), 'This account is not available.\n')
})
