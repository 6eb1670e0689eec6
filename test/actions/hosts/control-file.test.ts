// The first bytes of a control file, in both byte orders, and what is none.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseControlBytes } from '../../../src/actions/hosts/control-file.ts'

function written(little: boolean): Buffer {
  const bytes = Buffer.alloc(64)
  const small = (value: number, at: number) =>
    little ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at)
  const large = (value: bigint, at: number) =>
    little ? bytes.writeBigUInt64LE(value, at) : bytes.writeBigUInt64BE(value, at)
  large(7710875730091603779n, 0)
  small(1300, 8)
  small(202506291, 12)
  small(1, 16)
  large(0x3_0000_0028n, 32)
  small(4, 48)
  return bytes
}

test('state, system, checkpoint and timeline, whatever the byte order', () => {
  for (const little of [true, false]) {
    assert.deepEqual(parseControlBytes(written(little)), {
      state: 'shut down',
      systemIdentifier: '7710875730091603779',
      catalogVersion: 202506291,
      checkpointLsn: 0x3_0000_0028n,
      timeline: 4,
    })
  }
})

test('too short, or of no version that is known: nothing is told', () => {
  assert.equal(parseControlBytes(Buffer.alloc(10)), null)
  assert.equal(parseControlBytes(Buffer.alloc(64)), null)
})
