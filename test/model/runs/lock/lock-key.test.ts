// The keys of a run: 32 bits each way, and what they tell comes back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lockClass, packLockToken, toSignedInt32, unpackLockToken } from '../../../../src/model/runs/lock/lock-key.ts'

test('the first number is made of all 64 bits of the system identifier', () => {
  const some = ['7713582746552553127', '7713582746552553126', '7713582750847520423', '1', '18446744073709551615']
  const classes = some.map(lockClass)
  assert.equal(new Set(classes).size, some.length)
  for (const each of classes)
    assert.ok(each >= 0 && each < 2 ** 32 && toSignedInt32(each) >= -(2 ** 31) && toSignedInt32(each) < 2 ** 31)
  assert.equal(lockClass('7713582746552553127'), 2_866_079_748)
  assert.equal(toSignedInt32(2_866_079_748), -1_428_887_548)
})

test('a token comes back as it was, and steps beyond 255 are told as 255', () => {
  for (const token of [
    { id: 0, step: 0, steps: 0 },
    { id: 65_535, step: 3, steps: 8 },
    { id: 4_711, step: 255, steps: 255 },
  ]) {
    const packed = packLockToken(token)
    assert.ok(packed >= 0 && packed < 2 ** 32)
    assert.deepEqual(unpackLockToken(packed), token)
  }
  assert.deepEqual(unpackLockToken(packLockToken({ id: 1, step: 300, steps: 400 })), { id: 1, step: 255, steps: 255 })
})
