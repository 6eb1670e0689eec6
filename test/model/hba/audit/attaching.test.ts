// Which lines a plan adds to a new upstream: only for its own clients, in the right place, and only if they suffice.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditAttaching } from '../../../../src/model/hba/audit/attaching.ts'
import type { HbaAuditInput } from '../../../../src/model/hba/required/required-connection.ts'
import {
  aConnectedClient,
  aRole,
  type HbaReadingParts,
  hbaAuditInputOf,
  withHbaReading,
} from '../../../builders/hba.ts'
import {
  aCluster,
  aDatabase,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aStandbyPulse,
  NOW,
} from '../../../builders/snapshot.ts'

const PGDECK = 'host all pgdeck 10.0.0.5/32 scram-sha-256\n'
const ADDRESSES = { 'db-1': '10.0.0.11', 'db-2': '10.0.0.12', 'db-3': '10.0.0.13' } as const

interface Parts {
  readonly target?: Partial<HbaReadingParts>
  readonly primary?: Partial<HbaReadingParts>
  /** Address of db-3 as db-1 sees it. */
  readonly from?: string
}

/** db-1 with the standbys db-2, which may take over, and db-3, each with a role of its own. */
function known({ target = {}, primary = {}, from = ADDRESSES['db-3'] }: Parts = {}): HbaAuditInput {
  const sender = (id: 'db-2' | 'db-3', address: string) =>
    aSender({ applicationName: id, userName: `role_${id.at(-1)}`, address, pid: Number(id.at(-1)) })
  const lines = `host replication role_2 10.0.0.12/32 scram-sha-256\nhost replication role_3 ${from.includes(':') ? `${from}/128` : `${from}/32`} scram-sha-256\n`
  const standby = (id: 'db-2' | 'db-3') =>
    aDatabase({
      id,
      host: ADDRESSES[id],
      pulse: aStandbyPulse({
        serverAddress: ADDRESSES[id],
        serverPort: 5432,
        startedAt: NOW - Number(id.at(-1)) * 60_000,
        standby: { receiver: aReceiver({ senderHost: ADDRESSES['db-1'] }) },
      }),
    })
  const first = aDatabase({
    id: 'db-1',
    host: ADDRESSES['db-1'],
    pulse: aPrimaryPulse({
      serverAddress: ADDRESSES['db-1'],
      senders: [sender('db-2', ADDRESSES['db-2']), sender('db-3', from)],
    }),
  })
  const servers = [
    aServer({
      id: 'app',
      type: 'primary',
      databaseId: 'db-1',
      applicationName: 'app',
      pulse: aServerPulse({ addresses: ['10.0.0.21'] }),
    }),
  ]
  const sessions = [aConnectedClient({ application: 'app', user: 'app', address: '10.0.0.21' })]
  return hbaAuditInputOf(
    aCluster({
      model: 'shared-database',
      servers,
      databases: [
        withHbaReading(first, { text: `${PGDECK}${lines}`, sessions, ...primary }),
        withHbaReading(standby('db-2'), { text: PGDECK, ...target }),
        withHbaReading(standby('db-3'), { text: PGDECK }),
      ],
    }),
  )
}

const FOLLOWER = { followers: ['db-3'], servers: [] }

function added(parts: Parts, clients: { followers: readonly string[]; servers: readonly string[] } = FOLLOWER) {
  const { addable, whyNot, result } = auditAttaching(known(parts), 'db-2', clients)
  return {
    lines: addable.map(({ line, before }) => (before === null ? line : `${line} before ${before}`)),
    whyNot,
    result,
  }
}

describe('the lines that a plan adds', () => {
  test('are those of its own clients only', () => {
    assert.deepEqual(added({}).lines, ['host replication role_3 10.0.0.13/32 scram-sha-256'])
    assert.deepEqual(added({}, { followers: [], servers: [] }), { lines: [], whyNot: null, result: 'pass' })
    assert.deepEqual(added({}, { followers: ['db-3'], servers: ['app'] }).lines, [
      'host replication role_3 10.0.0.13/32 scram-sha-256',
      'host vault app 10.0.0.21/32 scram-sha-256',
    ])
  })

  test('none if it is admitted already', () => {
    const text = `${PGDECK}host replication role_3 10.0.0.0/24 scram-sha-256\n`
    assert.deepEqual(added({ target: { text } }), { lines: [], whyNot: null, result: 'pass' })
  })

  test('stand before a line that rejects it', () => {
    const text = `${PGDECK}host replication all 0.0.0.0/0 reject\nhost all all 0.0.0.0/0 scram-sha-256\n`
    assert.deepEqual(added({ target: { text } }).lines, ['host replication role_3 10.0.0.13/32 scram-sha-256 before 2'])
  })

  test('have the address that its present upstream sees, also of IPv6', () => {
    assert.deepEqual(added({ from: 'fd00::13' }).lines, ['host replication role_3 fd00::13/128 scram-sha-256'])
  })

  test('ask for md5 if its password is stored so', () => {
    const roles = [aRole('role_3', { password: 'md5' })]
    assert.deepEqual(added({ target: { roles }, primary: { roles } }).lines, [
      'host replication role_3 10.0.0.13/32 md5',
    ])
  })

  test('are hostssl if it insists on TLS', () => {
    const stream = aConnectedClient({
      ...{ kind: 'replication', user: 'role_3', database: null, application: 'db-3', address: '10.0.0.13' },
      ...{ tls: 'TLSv1.3', pids: [3] },
    } as const)
    const receiver = { server: { ssl: true } }
    const { lines } = added({ target: receiver, primary: { sessions: [stream], server: { ssl: true } } })
    assert.deepEqual(lines, ['hostssl replication role_3 10.0.0.13/32 scram-sha-256'])
  })

  test('come with the correction of a line that PostgreSQL refuses', () => {
    const text = `${PGDECK}host replication role_9 10.0.0.19 /32 md5\n`
    assert.deepEqual(added({ target: { text } }).lines, [
      'host replication role_3 10.0.0.13/32 scram-sha-256',
      'host replication role_9 10.0.0.19/32 md5 before 2',
    ])
  })
})

describe('no line is added', () => {
  test('if the file has a line that nobody can correct', () => {
    const { lines, whyNot } = added({ target: { text: `${PGDECK}what is this\n` } })
    assert.deepEqual([lines, whyNot], [[], 'its pg_hba.conf has a line that PostgreSQL refuses'])
  })

  for (const method of ['trust', 'cert', 'gss'])
    test(`if the follower logs in by ${method} now: it may have no password`, () => {
      const line = method === 'cert' ? 'hostssl' : 'host'
      const text = `${PGDECK}${line} replication all 10.0.0.0/24 ${method}\n`
      const tls = method === 'cert' ? 'TLSv1.3' : null
      const stream = aConnectedClient({
        ...{ kind: 'replication', user: 'role_3', database: null, application: 'db-3', address: '10.0.0.13' },
        ...{ tls, pids: [3] },
      } as const)
      const primary = { text, server: { ssl: true }, sessions: [stream] }
      const { lines, whyNot } = added({ target: { server: { ssl: true } }, primary })
      assert.deepEqual([lines, whyNot], [[], `db-3 logs in by ${method} now, and these lines ask for a password`])
    })

  test('if its role may not replicate or has no password: a line would not help', () => {
    for (const role of [aRole('role_3', { replication: false }), aRole('role_3', { password: 'none' })]) {
      const { lines, result } = added({ target: { roles: [role] } })
      assert.deepEqual([lines, result], [[], 'warn'])
    }
  })
})

test('a standby that gets the connection string of its upstream connects as the role of that', () => {
  const input = { ...known(), planned: { upstream: 'db-2', roles: new Map([['db-1', 'role_2']]) } }
  const { addable } = auditAttaching(input, 'db-2', { followers: ['db-1'], servers: [] })
  assert.deepEqual(
    addable.map(({ line }) => line),
    ['host replication role_2 10.0.0.11/32 scram-sha-256'],
  )
})
