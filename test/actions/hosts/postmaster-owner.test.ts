// Whose server a postmaster is, by the moment of its start: on most hosts the port is the same.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { postmasterOwnerByStart } from '../../../src/actions/hosts/postmaster-owner.ts'
import type { DatabaseView } from '../../../src/model/picture/picture.ts'

const START = 1_790_000_000
const FILE = { pid: 4711, port: 5432, startedAt: START }

/** Started so many seconds after the file was written; null: it was never read. */
function view(id: string, later: number | null, more: Partial<DatabaseView> = {}): DatabaseView {
  const postmasterStart = String(BigInt(Math.round((START + (later ?? 0)) * 1000)) * 1000n)
  const identity = later === null ? null : { systemIdentifier: '7', postmasterStart, port: 5432 }
  return { id, name: id, problem: null, identity, ...more } as DatabaseView
}

const SILENT = { problem: { since: 0, message: 'refused' } } as unknown as Partial<DatabaseView>

describe('whose server works in a data directory', () => {
  test('its own, where no other one was started then', () => {
    for (const others of [[], [view('b', 4000)], [view('b', -40000)], [view('b', 5)], [view('b', null)]])
      assert.deepEqual(postmasterOwnerByStart(FILE, view('a', 0.4), others), { kind: 'own' })
  })

  test('another one’s, where that was started then and its own was not', () => {
    for (const own of [-4000, -5, 5, 4000])
      assert.deepEqual(postmasterOwnerByStart(FILE, view('a', own), [view('b', 0.4)]), { kind: 'other', name: 'b' })
    assert.deepEqual(postmasterOwnerByStart(FILE, view('a', 4000, SILENT), [view('b', 0.4)]), {
      kind: 'other',
      name: 'b',
    })
  })

  test('unclear, where both were started together or its own was never read', () => {
    const unclear = { kind: 'unclear', name: 'b' }
    assert.deepEqual(postmasterOwnerByStart(FILE, view('a', 0.9), [view('b', 0.4)]), unclear)
    assert.deepEqual(postmasterOwnerByStart(FILE, view('a', 0.9, SILENT), [view('b', 0.4)]), unclear)
    assert.deepEqual(postmasterOwnerByStart(FILE, view('a', null, SILENT), [view('b', 0.4)]), unclear)
  })

  test('the same server by another name, one of another port, and one that is silent are no others', () => {
    const elsewhere = { identity: { systemIdentifier: '7', postmasterStart: `${START}400000`, port: 5433 } }
    for (const other of [view('b', 0.4), view('b', 0.3, elsewhere), view('b', 0.3, SILENT)])
      assert.deepEqual(postmasterOwnerByStart(FILE, view('a', 0.4), [other]), { kind: 'own' })
  })
})
