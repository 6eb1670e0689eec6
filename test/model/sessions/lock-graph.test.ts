import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { LockSession, LockWaits, PreparedTransaction } from '../../../src/model/measured/on-demand.ts'
import { lockTree } from '../../../src/model/sessions/lock-graph.ts'
import { patiently } from '../../wait.ts'

interface Some {
  readonly leader?: number
  readonly waited?: number
  readonly preparedBlockers?: readonly string[]
}

function node(
  pid: number,
  blockers: readonly number[] = [],
  { waited = 1, preparedBlockers = [], leader }: Some = {},
): LockSession {
  const waits = blockers.length > 0
  return {
    pid,
    startedAt: pid * 10,
    database: 'app',
    user: 'app',
    application: 'app',
    client: null,
    kind: 'client backend',
    state: 'active',
    waitType: waits ? 'Lock' : null,
    wait: waits ? 'transactionid' : null,
    transactionSeconds: 1,
    querySeconds: 1,
    stateSeconds: 1,
    query: 'select 1',
    leader: leader ?? null,
    blockers,
    preparedBlockers,
    waitsFor: waits ? { type: 'transactionid', mode: 'ShareLock', relation: null } : null,
    waitSeconds: waits ? waited : null,
  }
}

const transaction = (gid: string): PreparedTransaction => ({
  gid,
  owner: 'app',
  database: 'app',
  preparedAt: 0,
  ageSeconds: 5,
})

function locks(nodes: readonly LockSession[], prepared: readonly PreparedTransaction[] = []): LockWaits {
  return { nodes, prepared, syncRepWaits: [], synchronousStandbyNames: '', seesAll: true, missing: [] }
}

/** `  2 ‹1› +3`: indented by depth, who, how many wait behind, other blockers. */
function drawn(found: LockWaits): readonly string[] {
  return lockTree(found).map((row) => {
    const who =
      row.kind === 'session'
        ? row.session.pid
        : row.kind === 'unseen'
          ? `?${row.pid}`
          : (row.transaction?.gid ?? 'prepared')
    const others = row.otherBlockers.map((key) => ` +${key.split(' ')[0]}`).join('')
    return `${'  '.repeat(row.depth)}${who} ‹${row.waitingBehind}›${others}${row.inCycle ? ' cycle' : ''}`
  })
}

describe('the lock tree', () => {
  test('parallel workers wait with their leader, as one session', () => {
    const found = locks([
      node(1),
      node(2),
      node(3, [1], { leader: 2, waited: 4 }),
      node(4, [1], { leader: 2 }),
      node(5, [3]),
    ])
    assert.deepEqual(drawn(found), ['1 ‹2›', '  2 ‹1›', '    5 ‹0›'])
    const [, row] = lockTree(found)
    assert.ok(row?.kind === 'session')
    assert.deepEqual([row.session.waitSeconds, row.workers.map(({ pid }) => pid)], [4, [3, 4]])
    assert.deepEqual(drawn(locks([node(1), node(3, [1], { leader: 2 })])), ['1 ‹1›', '  3 ‹0›'])
  })

  test('nothing waits: no rows', () => {
    assert.deepEqual(drawn(locks([])), [])
  })

  test('a chain: each below the one it waits for, counted through', () => {
    assert.deepEqual(drawn(locks([node(3, [2]), node(1), node(2, [1])])), ['1 ‹2›', '  2 ‹1›', '    3 ‹0›'])
  })

  test('several blockers: drawn under the first, the others are named and count it as well', () => {
    const rows = drawn(locks([node(1), node(2), node(3, [2, 1]), node(4, [3])]))
    assert.deepEqual(rows, ['1 ‹2›', '2 ‹2›', '  3 ‹1› +1', '    4 ‹0›'])
  })

  test('the root with most behind it comes first; siblings by those behind, then by how long they wait', () => {
    const nodes = [
      node(1),
      node(2, [1]),
      node(5),
      node(6, [5], { waited: 2 }),
      node(7, [5], { waited: 9 }),
      node(8, [5]),
      node(9, [8]),
    ]
    assert.deepEqual(drawn(locks(nodes)), ['5 ‹4›', '  8 ‹1›', '    9 ‹0›', '  7 ‹0›', '  6 ‹0›', '1 ‹1›', '  2 ‹0›'])
    assert.deepEqual(
      lockTree(locks(nodes)).map(({ lastChild }) => lastChild),
      [false, false, true, false, true, true, true],
    )
  })

  test('a queue in which each also waits for those before it is flat', () => {
    const nodes = [
      node(1),
      node(2, [1], { waited: 3 }),
      node(3, [1, 2], { waited: 2 }),
      node(4, [1, 2, 3], { waited: 1 }),
    ]
    assert.deepEqual(drawn(locks(nodes)), ['1 ‹3›', '  2 ‹2›', '  3 ‹1› +2', '  4 ‹0› +2 +3'])
  })

  test('a prepared transaction is a root, by its name where that is known', () => {
    const prepared = [transaction('one'), transaction('two')]
    assert.deepEqual(drawn(locks([node(3, [0], { preparedBlockers: ['two'] })], prepared)), ['two ‹1›', '  3 ‹0›'])
    assert.deepEqual(drawn(locks([node(3, [0])], prepared)), ['prepared ‹1›', '  3 ‹0›'])
    assert.deepEqual(drawn(locks([node(3, [0, 1]), node(1)], prepared.slice(0, 1))), ['one ‹1›', '  3 ‹0› +1', '1 ‹1›'])
  })

  test('prepared transactions that block nobody are no rows', () => {
    assert.deepEqual(drawn(locks([], [transaction('one')])), [])
  })

  test('a blocker that has ended meanwhile is a root of which the pid is known', () => {
    assert.deepEqual(drawn(locks([node(3, [77])])), ['?77 ‹1›', '  3 ‹0›'])
  })

  test('a deadlock is drawn once, marked, with what hangs below it', () => {
    const nodes = [node(1, [2], { waited: 5 }), node(2, [3]), node(3, [1]), node(4, [3])]
    assert.deepEqual(drawn(locks(nodes)), ['3 ‹3› +1 cycle', '  2 ‹3› cycle', '    1 ‹3› cycle', '  4 ‹0›'])
  })

  test('rows keep their keys when others come and go', () => {
    const before = lockTree(locks([node(1), node(2, [1])])).map(({ key }) => key)
    const after = lockTree(locks([node(1), node(2, [1]), node(9), node(3, [9]), node(4, [9])])).map(({ key }) => key)
    assert.ok(before.every((key) => after.includes(key)))
    assert.equal(new Set(after).size, after.length)
  })

  test('whatever the graph: every session once, below one of its blockers, and true counts', () => {
    const graph = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }), { maxLength: 12 })
    fc.assert(
      fc.property(graph, (edges) => {
        const nodes = edges.map((blockers, index) =>
          node(
            index + 1,
            blockers.filter((pid) => pid !== 0),
          ),
        )
        const rows = lockTree(locks(nodes))
        const seen = rows.map(({ key }) => key)
        assert.equal(new Set(seen).size, seen.length)
        assert.ok(nodes.every(({ pid, startedAt }) => seen.includes(`${pid} ${startedAt}`)))
        for (const row of rows) {
          if (row.kind !== 'session') continue
          assert.equal(row.waitingBehind, behind(nodes, row.session.pid).size, `behind ${row.key}`)
        }
      }),
    )
  })

  test('a queue of 2 000 is drawn in milliseconds', () => {
    const pids = Array.from({ length: 2_000 }, (_, index) => index + 1)
    const queue = pids.map((pid) => node(pid, pids.slice(0, Math.min(pid - 1, 50)), { waited: 5_000 - pid }))
    const startedAt = performance.now()
    const [root] = lockTree(locks(queue))
    assert.equal(root?.waitingBehind, 1_999)
    assert.ok(performance.now() - startedAt < patiently(1_000))
  })
})

/** By walking, as a check: pids that wait for this one, directly or not. */
function behind(nodes: readonly LockSession[], pid: number): ReadonlySet<number> {
  const found = new Set<number>()
  const pending = [pid]
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const { pid: waiter, blockers } of nodes) {
      if (!blockers.includes(at) || waiter === at || found.has(waiter)) continue
      found.add(waiter)
      pending.push(waiter)
    }
  }
  found.delete(pid)
  return found
}
