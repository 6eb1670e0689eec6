import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  certainLoadedHba,
  determineReloadState,
  type HbaReloadEvidence,
} from '../../../../src/model/hba/audit/reload-state.ts'
import { parseInterfaces } from '../../../../src/model/hba/match/interfaces.ts'

const AT = Date.UTC(2026, 10, 22, 14, 30)
const LOADED: HbaReloadEvidence = {
  problem: null,
  changed: { at: AT - 60_000, stepMs: 1_000 },
  written: AT - 60_000,
  loaded: { from: AT, to: AT },
  hash: 'now',
  remembered: null,
}
const changedAt = (at: number, written = at) => ({ changed: { at, stepMs: 1_000 }, written })

const TABLE: readonly (readonly [string, Partial<HbaReloadEvidence>, string, RegExp])[] = [
  ['changed before it was read', {}, 'in-force', /last changed at 2026-11-22 14:29:00 UTC/],
  ['changed after', changedAt(AT + 60_000), 'edited', /changed at 2026-11-22 14:31:00 UTC, after/],
  ['changed in the same second', changedAt(AT), 'unknown', /too close/],
  ['changed in the second before', changedAt(AT - 500), 'unknown', /too close/],
  ['only its rights or its name changed after', changedAt(AT + 5_000, AT - 9_000), 'unknown', /only its permissions/],
  ['refused', { problem: 'line 3: bad' }, 'broken', /line 3: bad.*previous rules stay/],
  ['hidden times', { changed: null, written: null }, 'unknown', /may not see/],
  ['read some time after the session began', { loaded: { from: AT - 90_000, to: AT } }, 'unknown', /too close/],
  [
    'written again with the same content',
    { ...changedAt(AT + 5_000), remembered: { loadedAt: AT, hash: 'now' } },
    'in-force',
    /content is the same/,
  ],
  [
    'other content in the same second',
    { ...changedAt(AT), remembered: { loadedAt: AT, hash: 'before' } },
    'edited',
    /differs/,
  ],
  [
    'remembered of an earlier reload',
    { ...changedAt(AT + 5_000), remembered: { loadedAt: AT - 1, hash: 'now' } },
    'edited',
    /after/,
  ],
]

describe('whether pg_hba.conf is in force', () => {
  for (const [name, change, force, why] of TABLE) {
    test(name, () => {
      const found = determineReloadState({ ...LOADED, ...change })
      assert.equal(found.reloadState, force)
      assert.match(found.why, why)
    })
  }

  test('only what is certain is kept', () => {
    assert.deepEqual(certainLoadedHba(LOADED, determineReloadState(LOADED)), { loadedAt: AT, hash: 'now' })
    const edited = { ...LOADED, ...changedAt(AT + 60_000) }
    assert.equal(certainLoadedHba(edited, determineReloadState(edited)), null)
    const vague = { ...LOADED, loaded: { from: AT - 10, to: AT } }
    assert.equal(certainLoadedHba(vague, determineReloadState(vague)), null)
  })
})

describe('interfaces from /proc', () => {
  const TRIE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.2
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
     |-- 198.51.100.7
        /32 host LOCAL
Local:
     |-- 192.0.2.2
        /32 host LOCAL
`
  const IPV6 = 'fd000000000000000000000000000002 04 40 00 82     eth0\n'
  const shown = (trie: string | null, inet6: string | null) =>
    parseInterfaces(trie, inet6).map(({ address, mask }) => `${address.value.toString(16)}/${mask.toString(16)}`)

  test('addresses with their networks, each once', () => {
    assert.deepEqual(shown(TRIE, IPV6), [
      '7f000001/ff000000',
      'c0000202/ffffff00',
      'c6336407/ffffffff',
      'fd000000000000000000000000000002/ffffffffffffffff0000000000000000',
    ])
  })

  test('nothing where there is nothing', () => {
    assert.deepEqual(shown(null, null), [])
    assert.deepEqual(shown('nonsense\n|-- x\n', 'zz 00 aa'), [])
  })
})
