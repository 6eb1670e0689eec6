// What PostgreSQL 19 answers: recorded from a server of 19beta1 and its standby, while a session waited for a lock.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { ON_DEMAND_PROBES } from '../../../src/probes/database/on-demand-queries.ts'
import { pulseProbe } from '../../../src/probes/database/pulse/pulse.ts'

type Recorded = Readonly<Record<string, readonly Record<string, unknown>[]>>

const RECORDED: Readonly<Record<'primary' | 'standby', Recorded>> = JSON.parse(
  readFileSync(new URL('recorded-19.json', import.meta.url), 'utf8'),
)
/** 19 prints it with leading zeros: `0/03017418`. */
const LSN = 0x3017418n
const NEVER = new AbortController().signal

/** A session that gives the recorded answer to each statement, by its name. */
function recordedSession(answers: Recorded): DatabaseSession {
  return {
    async query<Row>({ name }: { readonly name: string }) {
      const rows = answers[name] ?? assert.fail(`nothing was recorded for ${name}`)
      return rows as readonly Row[]
    },
    login: () => null,
    endpoint: () => ({ host: '127.0.0.1', port: 5432 }),
    pooler: () => null,
    readOnlyDefault: async () => null,
    certificate: () => null,
    testNewConnection: async () => null,
    renew: async () => {},
    relationNames: async () => new Map(),
    refused: () => [],
    discard() {},
    async close() {},
  }
}

const primary = { session: recordedSession(RECORDED.primary) }
const standby = { session: recordedSession(RECORDED.standby) }

describe('the answers of PostgreSQL 19', () => {
  test('the pulse of a primary', async () => {
    const pulse = await pulseProbe.read(primary, NEVER)
    assert.equal(pulse.versionNumber, 190_000)
    assert.deepEqual(pulse.position, { kind: 'primary', lsn: 0x3016930n, flushedLsn: 0x3016930n })
    assert.deepEqual(
      pulse.senders.map(({ applicationName, state, sync }) => [applicationName, state, sync]),
      [['standby-1', 'streaming', 'async']],
    )
    assert.deepEqual(
      pulse.slots.map(({ name, walStatus, failover, synced }) => [name, walStatus, failover, synced]),
      [['standby_1', 'reserved', false, false]],
    )
    assert.equal(pulse.lockWaits?.count, 1)
    // 19 tells the members of MultiXacts to pg_monitor.
    assert.equal(typeof pulse.transactions?.multixactMembers, 'number')
  })

  test('the pulse of a standby', async () => {
    const { position } = await pulseProbe.read(standby, NEVER)
    assert.ok(position.kind === 'standby')
    assert.equal(position.receiver?.status, 'streaming')
    assert.equal(position.receivedLsn, LSN)
    assert.equal(position.pause, 'not paused')
    assert.equal(position.slotSync?.worker, 'off')
  })

  test('sessions and locks: who waits, and for whom', async () => {
    const { sessions } = await ON_DEMAND_PROBES.activity.read(primary, NEVER)
    assert.ok(sessions.some(({ wait, query }) => wait === 'relation' && query === 'select count(*) from t'))
    const { nodes } = await ON_DEMAND_PROBES.locks.read(primary, NEVER)
    const [holder, waiter] = nodes
    assert.deepEqual(waiter?.blockers, [holder?.pid])
    assert.deepEqual((await ON_DEMAND_PROBES.locks.read(standby, NEVER)).nodes, [])
  })

  test('the storage', async () => {
    const storage = await ON_DEMAND_PROBES.storage.read(primary, NEVER)
    assert.equal(storage.walFiles, 3)
    assert.deepEqual(
      storage.databases?.map(({ name }) => name),
      ['postgres', 'template0', 'template1'],
    )
  })

  test('what a role may not read of hosts and pg_hba.conf is told with its grant', async () => {
    const files = await ON_DEMAND_PROBES.hostFiles.read(primary, NEVER)
    assert.match(JSON.stringify(files), /GRANT pg_read_server_files TO pgdeck/)
    const hba = await ON_DEMAND_PROBES.hba.read(standby, NEVER)
    assert.match(inspect(hba.reading, { depth: null }), /GRANT/)
  })
})
