// The rows of the locks view: branches as the tree is drawn, words for what is waited for.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LockSession } from '../../../../src/model/measured/on-demand.ts'
import type { ClusterState, State } from '../../../../src/state/state.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../../src/ui/frame/format/glyphs.ts'
import { isWaiter, lockWaitRows, preparedRows, treeBranches, waiterName } from '../../../../src/ui/views/locks/rows.ts'
import { lockActivityText, lockWaitText } from '../../../../src/ui/views/locks/text.ts'
import { aLockNode, aRowWait, lockChain, locksState, longQueue, someLocks } from '../../../builders/lock-screens.ts'

function shown(state: State): ClusterState {
  return state.clusters[0] ?? assert.fail('no cluster')
}

function rowsOf(nodes: readonly LockSession[]) {
  return lockWaitRows(shown(locksState(someLocks({ nodes }))))
}

describe('the tree', () => {
  test('is drawn with a fork where more follow and a corner at the last', () => {
    const rows = lockWaitRows(shown(lockChain())).slice(0, 6)
    const drawn = (glyphs: typeof UNICODE_GLYPHS) => rows.map((row) => treeBranches(row, glyphs) + waiterName(row))
    assert.deepEqual(drawn(UNICODE_GLYPHS), [
      '21904',
      '├▶ 21911',
      '│  └▶ 21917',
      '└▶ 21930',
      '   ├▶ 21944',
      '   └▶ 21951',
    ])
    assert.deepEqual(drawn(ASCII_GLYPHS), [
      '21904',
      '|> 21911',
      '|  `> 21917',
      '`> 21930',
      '   |> 21944',
      '   `> 21951',
    ])
  })

  test('stays narrow however long the chain', () => {
    const chain = Array.from({ length: 60 }, (_, index) =>
      index === 0 ? aLockNode(1) : aRowWait(index + 1, index, 60 - index),
    )
    const widths = rowsOf(chain).map((row) => treeBranches(row, UNICODE_GLYPHS).length)
    assert.equal(widths[4], 12)
    assert.ok(Math.max(...widths) <= 17, String(widths))
  })

  test('is the same as long as the cluster is', () => {
    const cluster = shown(longQueue())
    assert.equal(lockWaitRows(cluster), lockWaitRows(cluster))
  })

  test('tells who waits from who only holds up others', () => {
    assert.deepEqual(rowsOf([aLockNode(1), aRowWait(2, 1, 5)]).map(isWaiter), [false, true])
  })

  test('prepared transactions are all listed, with who waits behind them', () => {
    const rows = preparedRows(shown(lockChain()))
    assert.deepEqual(
      rows.map(({ transaction, waiters }) => [transaction.gid, waiters]),
      [
        ['transfer-8812', 2],
        ['nightly-batch', 0],
      ],
    )
  })
})

describe('words', () => {
  test('say what a lock is on', () => {
    const said = (type: string, mode: string, relation: string | null) => lockWaitText({ type, mode, relation })
    assert.equal(said('relation', 'AccessExclusiveLock', 'stock'), 'stock: AccessExclusive')
    assert.equal(said('transactionid', 'ShareLock', 'stock'), 'row of stock: Share')
    assert.equal(said('transactionid', 'ShareLock', null), 'end of a transaction: Share')
    assert.equal(said('tuple', 'ExclusiveLock', 'stock'), 'row of stock: Exclusive')
    assert.equal(said('advisory', 'ExclusiveLock', null), 'advisory lock: Exclusive')
    assert.equal(said('spectoken', 'ShareLock', null), 'spectoken: Share')
  })

  test('say what a root does, and ? where that is hidden', () => {
    const [idle, hidden, process] = [
      aLockNode(1, { state: 'idle in transaction' }),
      aLockNode(2, { state: null, startedAt: null }),
      aLockNode(3, { state: null, kind: 'startup' }),
    ].flatMap((node) => rowsOf([node, aRowWait(9, node.pid, 1)]).slice(0, 1))
    assert.ok(idle && hidden && process)
    assert.deepEqual([idle, hidden, process].map(lockActivityText), ['idle in transaction', '?', 'startup'])
  })
})
