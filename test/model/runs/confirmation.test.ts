// Which names confirm a plan.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmsPlan } from '../../../src/model/runs/confirmation.ts'

test('the target is confirmed by its shown and by its configured name, by no other', () => {
  const renamed = { confirm: 'zulu', target: { id: 'db-1', name: 'zulu' } }
  assert.deepEqual(
    ['zulu', 'db-1', 'db-2', 'Zulu', ''].map((text) => confirmsPlan(text, renamed)),
    [true, true, false, false, false],
  )
  assert.equal(confirmsPlan('vault', { confirm: 'vault', target: null }), true)
})

test('where something else is to be typed, such as a slot, the name of the server is not enough', () => {
  const slot = { confirm: 'ro_slot', target: { id: 'db-1', name: 'zulu' } }
  assert.deepEqual(
    ['ro_slot', 'db-1', 'zulu'].map((text) => confirmsPlan(text, slot)),
    [true, false, false],
  )
})

test('a server that a promotion is named after is confirmed by its configured name too', () => {
  const plan = { confirm: 'RO site', confirmIds: ['pmp-ro'], target: { id: 'db-ro', name: 'db-ro' } }
  assert.deepEqual(
    ['RO site', 'pmp-ro', 'db-ro'].map((text) => confirmsPlan(text, plan)),
    [true, true, false],
  )
})
