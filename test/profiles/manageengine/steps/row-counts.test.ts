// Rows before a backup against rows after its restore.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareRows } from '../../../../src/profiles/manageengine/steps/row-counts.ts'

test('names the tables with fewer rows, and calls an emptied table lost', () => {
  const before = { 'public.accounts': 1000, 'public.sessions': 12, 'public.keys': 3 }
  assert.deepEqual(compareRows(before, before), {
    isLost: false,
    text: '1015 rows, before the backup 1015; no table has fewer',
  })
  assert.deepEqual(compareRows({ ...before, 'public.sessions': 0, 'public.accounts': 990 }, before), {
    isLost: false,
    text: '993 rows, before the backup 1015; fewer in public.sessions (0 of 12) and public.accounts (990 of 1000)',
  })
  assert.equal(compareRows({ ...before, 'public.accounts': 0 }, before)?.isLost, true)
  assert.equal(compareRows({ 'public.sessions': 12, 'public.keys': 3 }, before)?.isLost, true, 'the table is missing')
})

test('nothing is said of rows that were not counted', () => {
  assert.equal(compareRows(undefined, { a: 1 }), null)
  assert.equal(compareRows({ a: 1 }, undefined), null)
})
