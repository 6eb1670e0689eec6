import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditAfterFailover, missingHbaLines } from '../../../../src/model/hba/audit/after-failover.ts'
import { auditHba, auditOfNode, type HbaAudit } from '../../../../src/model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../../../src/model/hba/audit/entry.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../../../src/model/measured/snapshot.ts'
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
  aFault,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aStandbyPulse,
  NOW,
} from '../../../builders/snapshot.ts'

const PGDECK = 'host all pgdeck 10.0.0.5/32 scram-sha-256\n'

interface Parts {
  /** pg_hba.conf of the primary and of the standby. */
  readonly primary?: Partial<HbaReadingParts> | null
  readonly standby?: Partial<HbaReadingParts> | null
  readonly user?: string | null
  readonly streams?: boolean
  readonly servers?: ClusterSnapshot['servers']
}

/** db-1 on 10.0.0.11 and db-ro on 10.0.0.13, which streams as ro_user. */
function cluster({ primary = {}, standby = {}, user = null, streams = true, servers = [] }: Parts = {}) {
  const sender = aSender({ applicationName: 'db-ro', userName: 'ro_user', address: '10.0.0.13' })
  const records: readonly [DatabaseRecord, DatabaseRecord] = [
    aDatabase({
      id: 'db-1',
      host: '10.0.0.11',
      pulse: aPrimaryPulse({ serverAddress: '10.0.0.11', senders: streams ? [sender] : [] }),
    }),
    aDatabase({
      id: 'db-ro',
      host: '10.0.0.13',
      pulse: aStandbyPulse({
        serverAddress: '10.0.0.13',
        serverPort: 5432,
        standby: { receiver: streams ? aReceiver({ senderHost: '10.0.0.11' }) : null },
      }),
    }),
  ]
  const withUser = records.map((record) => ({ ...record, spec: { ...record.spec, replicationUser: user } }))
  const databases = withUser.map((record, index) => {
    const look = index === 0 ? primary : standby
    return look === null ? record : withHbaReading(record, { text: PGDECK, ...look })
  })
  return aCluster({ databases, servers, ...(servers.length > 0 ? { model: 'shared-database' } : {}) })
}

function auditing(parts: Parts = {}): HbaAudit {
  return auditHba(hbaAuditInputOf(cluster(parts)))
}

function entryOf({ entries }: HbaAudit, from: string | null, to: string): HbaAuditEntry {
  const found = entries.find(({ connection }) => connection.fromId === from && connection.toId === to)
  assert.ok(found, `no entry of ${from} on ${to}`)
  return found
}

describe('standbys', () => {
  test('are needed in both directions, each with the line that is lacking', () => {
    const audit = auditing()
    const forward = entryOf(audit, 'db-ro', 'db-1')
    assert.equal(forward.connection.kind, 'replicates from')
    assert.equal(forward.severity, 'critical')
    assert.equal(forward.proposal?.line, 'host replication ro_user 10.0.0.13/32 scram-sha-256')
    const back = entryOf(audit, 'db-1', 'db-ro')
    assert.equal(back.connection.kind, 'may replicate from')
    assert.equal(back.connection.user.assumed, true)
    assert.equal(back.severity, 'warning')
    assert.equal(back.proposal?.line, 'host replication ro_user 10.0.0.11/32 scram-sha-256')
    assert.equal(back.proposal?.before, null)
  })

  test('IPv6 addresses get /128', () => {
    const six = cluster({ streams: false, user: 'ro_user' })
    const databases = six.databases.map((record) => ({ ...record, spec: { ...record.spec, host: 'fd00::13' } }))
    const audit = auditHba(
      hbaAuditInputOf({ ...six, databases: databases.map((record) => withAddress(record, 'fd00::13')) }),
    )
    assert.equal(entryOf(audit, 'db-ro', 'db-1').proposal?.line, 'host replication ro_user fd00::13/128 scram-sha-256')
  })

  test('a user that nobody tells is unknown, with what would give it', () => {
    const { result, message, severity } = entryOf(auditing({ streams: false }), 'db-ro', 'db-1')
    assert.equal(result, 'unknown')
    assert.equal(severity, 'unknown')
    assert.match(message, /replicationUser in the config/)
  })

  test('a loopback address is of no meaning on another host', () => {
    const snapshot = cluster({ streams: false, user: 'ro_user' })
    const [first, second] = snapshot.databases
    assert.ok(first && second)
    const apart = withAddress({ ...second, spec: { ...second.spec, hostId: 'h3', host: '127.0.0.1' } }, '127.0.0.1')
    const hosts = [{ id: 'h3', address: null, access: { kind: 'ssh', destination: 'h3' } }] as const
    const audit = auditHba(
      hbaAuditInputOf({ ...snapshot, spec: { ...snapshot.spec, hosts }, databases: [first, apart] }),
    )
    const { result, message } = entryOf(audit, 'db-ro', 'db-1')
    assert.equal(result, 'unknown')
    assert.match(message, /pgdeck has only its loopback address/)
  })

  test('the line is for TLS where the connection uses it', () => {
    const stream = aConnectedClient({
      ...{ kind: 'replication', user: 'ro_user', database: null, application: 'db-ro' },
      ...{ address: '10.0.0.13', tls: 'TLSv1.3', pids: [4711] },
    } as const)
    const audit = auditing({ primary: { server: { ssl: true }, sessions: [stream] } })
    assert.equal(
      entryOf(audit, 'db-ro', 'db-1').proposal?.line,
      'hostssl replication ro_user 10.0.0.13/32 scram-sha-256',
    )
    // Another one looks just like it, and is not its: the process tells.
    const other = { ...stream, tls: null, pids: [99] }
    for (const sessions of [
      [other, stream],
      [
        { ...other, pids: [4711] },
        { ...stream, pids: [99] },
      ],
    ]) {
      const found = auditing({ primary: { server: { ssl: true }, sessions } })
      const kind = sessions[0] === other ? 'hostssl' : 'host'
      assert.equal(
        entryOf(found, 'db-ro', 'db-1').proposal?.line,
        `${kind} replication ro_user 10.0.0.13/32 scram-sha-256`,
      )
    }
    const insists = auditing({ standby: { receiver: { user: 'ro_user', sslMode: 'require' } }, user: 'ro_user' })
    assert.equal(entryOf(insists, 'db-ro', 'db-1').result, 'missing')
    const lets = { text: `${PGDECK}host replication ro_user 10.0.0.13/32 scram-sha-256\n` }
    const off = auditing({
      ...{ primary: lets, standby: { receiver: { user: 'ro_user', sslMode: 'require' } } },
      ...{ streams: false, user: 'ro_user' },
    })
    assert.match(entryOf(off, 'db-ro', 'db-1').message, /insists on TLS, which is off on db-1/)
  })
})

function withAddress(record: DatabaseRecord, serverAddress: string): DatabaseRecord {
  if (record.pulse.state !== 'fresh') return record
  return { ...record, pulse: { ...record.pulse, value: { ...record.pulse.value, serverAddress } } }
}

describe('the deciding line', () => {
  const on = (line: string, parts: Partial<HbaReadingParts> = {}) =>
    entryOf(auditing({ primary: { text: `${line}\n${PGDECK}`, ...parts } }), 'db-ro', 'db-1')

  describe('one user, one address and md5', () => {
    const line = 'host replication ro_user 10.0.0.13/32 md5'

    for (const profile of ['password-manager-pro', 'pam360']) {
      test(`is good for ${profile}, whose documentation gives it`, () => {
        const plain = cluster({ primary: { text: `${line}\n${PGDECK}` } })
        const audit = auditHba(hbaAuditInputOf({ ...plain, spec: { ...plain.spec, profile } }))
        const { result, severity, message } = entryOf(audit, 'db-ro', 'db-1')
        assert.equal(result, 'good')
        assert.equal(severity, 'ok')
        assert.match(message, /line 1 allows it, with md5: the form of the product/)
      })
    }

    test('is weak on plain PostgreSQL', () => {
      const { result, severity, message } = on(line)
      assert.equal(result, 'weak')
      assert.equal(severity, 'warning')
      assert.match(message, /line 1 allows it, with md5: md5 is weaker than scram-sha-256/)
    })
  })

  for (const [line, weaknesses] of [
    ['host replication ro_user 10.0.0.13/32 trust', ['trust']],
    ['host replication ro_user 10.0.0.0/24 md5', ['md5']],
    ['host replication ro_user 10.0.0.13/32 password', ['password-without-tls']],
    ['host replication ro_user 0.0.0.0/0 scram-sha-256', ['0.0.0.0/0']],
    ['host replication ro_user 10.0.0.13/32 pam', ['password-without-tls']],
    ['host replication ro_user 10.0.0.13/32 radius radiusservers=r radiussecrets=s', ['password-without-tls']],
    [
      'host replication ro_user 10.0.0.13/32 ldap ldapserver=l ldapprefix=c',
      ['password-without-tls', 'ldap-without-tls'],
    ],
    ['host replication ro_user 10.0.0.13/32 ldap ldapurl=ldaps://l/dc=x', ['password-without-tls']],
    ['host replication ro_user 10.0.0.13/32 ident', ['ident']],
    ['host replication all all trust', ['trust', 'all-addresses']],
    ['host replication ro_user 10.0.0.13/32 scram-sha-256', []],
    ['host replication ro_user 10.0.0.0/24 scram-sha-256', []],
  ] as const) {
    test(`${line}: ${weaknesses.join(', ') || 'good'}`, () => {
      const entry = on(line)
      assert.deepEqual(entry.weaknesses, weaknesses)
      assert.equal(entry.result, weaknesses.length > 0 ? 'weak' : 'good')
      assert.equal(entry.severity, weaknesses.length > 0 ? 'warning' : 'ok')
    })
  }

  test('a line that rejects is told, and the new one goes before it', () => {
    const { result, proposal } = on('host all all all reject\nhost replication ro_user 10.0.0.0/8 reject')
    assert.equal(result, 'rejected')
    assert.deepEqual([proposal?.before, proposal?.replaces], [2, null])
  })

  test('a blank before the prefix: what is wrong, probable intent, and that the file is refused whole', () => {
    const audit = auditing({ primary: { text: `${PGDECK}host replication ro_user 10.0.0.13 /32 md5\n` } })
    const { result, message, proposal } = entryOf(audit, 'db-ro', 'db-1')
    assert.equal(result, 'missing')
    assert.match(message, /line 2 would match it, but is broken: a blank separates the address/)
    assert.deepEqual([proposal?.line, proposal?.replaces], ['host replication ro_user 10.0.0.13/32 md5', 2])
    const [node] = audit.nodes
    assert.equal(node?.severity, 'critical')
    assert.match(node?.message ?? '', /its previous rules stay in force/)
    assert.equal(entryOf(audit, null, 'db-1').result, 'good', 'other lines are judged as if it were mended')
  })

  test('a broken line without a known meaning still must be mended', () => {
    const { proposal } = on('host replication ro_user nowhere/99 md5')
    assert.match(proposal?.notes.join() ?? '', /line 1 must be corrected too/)
  })

  test('an md5 password is told, and gets md5', () => {
    const role = { roles: [aRole('ro_user', { password: 'md5' })] }
    const missing = on('', role)
    assert.equal(missing.proposal?.line, 'host replication ro_user 10.0.0.13/32 md5')
    assert.match(missing.proposal?.notes.join() ?? '', /stored as md5/)
    const fails = on('host replication ro_user 10.0.0.13/32 scram-sha-256', role)
    assert.equal(fails.result, 'fails')
    assert.match(fails.message, /asks for scram-sha-256, and the password of "ro_user" is stored as md5/)
    assert.deepEqual([fails.proposal?.line, fails.proposal?.before], ['host replication ro_user 10.0.0.13/32 md5', 1])
  })

  test('a login that can’t succeed is no good, whatever the line says', () => {
    const line = 'host replication ro_user 10.0.0.13/32 scram-sha-256'
    const message = (over: Parameters<typeof aRole>[1]) => on(line, { roles: [aRole('ro_user', over)] }).message
    assert.match(message({ exists: false }), /there is no role "ro_user"/)
    assert.match(message({ canLogin: false }), /ALTER ROLE "ro_user" LOGIN/)
    assert.match(message({ replication: false }), /ALTER ROLE "ro_user" REPLICATION/)
    assert.match(message({ password: 'none' }), /has none: set one/)
    assert.match(message({ passwordExpired: true }), /the password of "ro_user" has expired/)
  })

  test('members of a role are let in by its line', () => {
    const member = on('host replication +standbys 10.0.0.0/8 scram-sha-256', {
      roles: [aRole('ro_user', { memberOf: ['standbys'] })],
    })
    assert.equal(member.result, 'good')
  })

  test('edited and not reloaded is a warning of the database', () => {
    const [node] = auditing({ primary: { force: 'edited' } }).nodes
    assert.equal(node?.severity, 'warning')
    assert.match(node?.message ?? '', /edited, not reloaded/)
  })

  test('hidden rules are unknown, never good', () => {
    const audit = auditing({ primary: { text: null } })
    assert.equal(entryOf(audit, 'db-ro', 'db-1').result, 'unknown')
    assert.deepEqual(audit.nodes[0]?.missing.length, 1)
  })
})

describe('application servers', () => {
  const servers = [
    aServer({
      id: 'pmp-a',
      type: 'primary',
      databaseId: 'db-1',
      applicationName: 'pmp-a',
      pulse: aServerPulse({ addresses: ['10.0.0.21'] }),
    }),
    aServer({ id: 'pmp-b', type: 'secondary', databaseId: 'db-1', clientAddress: '10.0.0.22' }),
  ]

  test('need to get in on every database that may become theirs', () => {
    const audit = auditing({ servers, primary: { sessions: [aConnectedClient({ user: 'vault app' })] } })
    assert.equal(entryOf(audit, 'pmp-a', 'db-1').severity, 'critical')
    const later = entryOf(audit, 'pmp-a', 'db-ro')
    assert.equal(later.severity, 'warning')
    assert.equal(later.proposal?.line, 'host vault "vault app" 10.0.0.21/32 scram-sha-256')
    const sibling = entryOf(audit, 'pmp-b', 'db-1')
    assert.equal(sibling.connection.user.assumed, true)
    assert.equal(sibling.severity, 'warning')
    assert.equal(sibling.connection.address.value, '10.0.0.22')
  })

  test('without a session their user is unknown', () => {
    const audit = auditing({ servers })
    assert.match(entryOf(audit, 'pmp-a', 'db-1').message, /its user is unknown: connect pmp-a once/)
  })

  test('over the socket the line is local', () => {
    const audit = auditing({ servers, primary: { sessions: [aConnectedClient({ address: null })] } })
    assert.equal(entryOf(audit, 'pmp-a', 'db-1').proposal?.line, 'local vault vault_app scram-sha-256')
  })
})

describe('pgdeck itself', () => {
  test('is told by the refusal where it is kept out', () => {
    const snapshot = cluster({ standby: null })
    const message = 'db-ro: no pg_hba.conf entry for host "10.0.0.5", user "pgdeck", database "postgres", no encryption'
    const databases = snapshot.databases.map((record) =>
      record.spec.id === 'db-ro'
        ? { ...record, pulse: { state: 'failed', fault: aFault('hba', message), since: NOW } as const }
        : record,
    )
    const { connection, result } = entryOf(auditHba(hbaAuditInputOf({ ...snapshot, databases })), null, 'db-ro')
    assert.equal(result, 'unknown')
    assert.deepEqual(
      [connection.user.value, connection.address.value, connection.database.value],
      ['pgdeck', '10.0.0.5', 'postgres'],
    )
  })
})

describe('missing entries', () => {
  test('each line once, with all that it lets in', () => {
    const missing = missingHbaLines(auditing(), 'db-1')
    assert.deepEqual(
      missing.map(({ line, allowedClients }) => [line, allowedClients]),
      [['host replication ro_user 10.0.0.13/32 scram-sha-256', ['db-ro']]],
    )
  })

  test('the reverse direction of a promotion', () => {
    const warned = auditAfterFailover(auditing(), 'db-ro')
    assert.equal(warned.result, 'warn')
    assert.match(warned.message, /db-ro would refuse db-1/)
    assert.deepEqual(
      warned.missing.map(({ line }) => line),
      ['host replication ro_user 10.0.0.11/32 scram-sha-256'],
    )
    const text = `${PGDECK}host replication ro_user 10.0.0.11/32 md5\n`
    assert.equal(auditAfterFailover(auditing({ standby: { text } }), 'db-ro').result, 'pass')
    assert.match(auditAfterFailover(auditing({ standby: null }), 'db-ro').message, /is unknown/)
  })

  test('one node’s part has both its directions', () => {
    const part = auditOfNode(auditing(), 'db-ro')
    assert.deepEqual(
      part.entries.map(({ connection }) => `${connection.from}>${connection.to}`),
      ['db-1>db-ro', 'db-ro>db-1', 'pgdeck>db-ro'],
    )
  })
})
