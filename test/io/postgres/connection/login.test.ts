// Whoever listens on a database's port and asks for a password in a way that gives it away does not get it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../../src/io/postgres/database-session.ts'
import type { ConnectionParameters } from '../../../../src/model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../../../src/model/values/fault.ts'
import { ASKS, type Certificate, openPeer, type PeerOptions } from '../../../fakes/postgres-peer.ts'
import { patiently } from '../../../wait.ts'

const SECRET = 'Hunter2Secret'
const CA = encodeURIComponent(join(import.meta.dirname, '../../../fakes/tls/login/ca.pem'))
const VERIFIED = `sslmode=verify-full&sslrootcert=${CA}`

interface Met {
  readonly fault: Fault
  /** All that the peer got. */
  readonly received: string
}

/** What becomes of a session with such a peer: it never comes about. */
async function meet(
  options: PeerOptions,
  rest = '',
  change: (connection: ConnectionParameters) => ConnectionParameters = (c) => c,
) {
  const peer = await openPeer(options)
  const connection = change(parseDsn(`postgresql://pgdeck:${SECRET}@127.0.0.1:${peer.port}/postgres?${rest}`, {}))
  const link = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(1_000) })
  try {
    await link.query({ name: 'one', text: 'select 1' }, new AbortController().signal)
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error))
    assert.ok(peer.startups() > 0, 'it got so far as to ask')
    return { fault: error.fault, received: peer.received().toString('latin1') } satisfies Met
  } finally {
    await link.close()
    await peer.close()
  }
  return assert.fail('a session came about')
}

/** The answer to an md5 request with the salt `salt`. */
const hex = (text: string | Buffer) => createHash('md5').update(text).digest('hex')
const MD5 = `md5${hex(Buffer.from(`${hex(`${SECRET}pgdeck`)}salt`))}`

function assertUntold({ received, fault }: Met, what: string): void {
  assert.ok(!received.includes(SECRET), `${what}: the password went out`)
  assert.ok(!received.includes(MD5), `${what}: a hash of it went out`)
  assert.ok(!`${fault.message} ${fault.hint}`.includes(SECRET), what)
}

const TLS: readonly (Certificate | null)[] = [null, 'server', 'elsewhere']

describe('a request for the password in clear text', () => {
  const refused: readonly (readonly [Certificate | null, string, RegExp])[] = [
    [null, '', /clear text, and the connection is not encrypted: it was not sent/],
    [null, 'sslmode=disable', /not encrypted/],
    [null, 'require_auth=!md5', /not encrypted/],
    [null, 'channel_binding=disable', /not encrypted/],
    ['server', '', /its certificate does not prove its identity/],
    ['server', 'sslmode=require', /its certificate does not prove/],
    ['elsewhere', `sslmode=verify-ca&sslrootcert=${CA}`, /its certificate does not prove/],
    ['elsewhere', `sslmode=require&sslrootcert=${CA}`, /its certificate does not prove/],
    ['server', `${VERIFIED}&require_auth=!password`, /require_auth allows only none, md5, scram-sha-256/],
    ['server', `${VERIFIED}&require_auth=scram-sha-256`, /require_auth allows only scram-sha-256/],
    ['server', `${VERIFIED}&channel_binding=require`, /channel_binding=require takes SCRAM over TLS alone/],
    [null, 'channel_binding=require', /channel_binding=require takes SCRAM over TLS alone/],
  ]
  for (const [certificate, rest, expected] of refused) {
    test(`${certificate ?? 'no TLS'}, ${rest.replace(CA, 'ca') || 'nothing said'}: refused`, async () => {
      const met = await meet({ certificate, script: [ASKS.clear] }, rest)
      assertUntold(met, rest)
      assert.equal(met.received, '')
      assert.equal(met.fault.code, 'auth')
      assert.match(met.fault.message, expected)
      assert.match(met.fault.message, /^127\.0\.0\.1:\d+ .*role "pgdeck"/)
      assert.match(met.fault.hint ?? '', /require_auth|scram-sha-256/)
    })
  }
  const given: readonly (readonly [Certificate | null, string])[] = [
    ['server', VERIFIED],
    ['server', `sslmode=require&sslrootcert=${CA}`],
    ['server', `sslmode=verify-ca&sslrootcert=${CA}`],
    [null, 'require_auth=password'],
    [null, 'require_auth=scram-sha-256,password'],
    ['elsewhere', 'require_auth=password'],
  ]
  for (const [certificate, rest] of given) {
    test(`${certificate ?? 'no TLS'}, ${rest.replace(CA, 'ca')}: answered`, async () => {
      const met = await meet({ certificate, script: [ASKS.clear, ASKS.refusal] }, rest)
      assert.ok(met.received.includes(`${SECRET}\0`))
    })
  }
})

describe('a server that nobody named gets a proof by SCRAM alone', () => {
  const found = (connection: ConnectionParameters): ConnectionParameters => ({
    ...connection,
    authRequirements: { allowed: null, explicit: ['password', 'md5'], channelBinding: 'prefer', isDiscovered: true },
  })
  for (const certificate of TLS) {
    for (const [what, ask] of [
      ['clear text', ASKS.clear],
      ['md5', ASKS.md5],
    ] as const) {
      test(`${what}, ${certificate ?? 'no TLS'}`, async () => {
        const rest = certificate === 'server' ? VERIFIED : ''
        const met = await meet({ certificate, script: [ask] }, rest, found)
        assertUntold(met, what)
        assert.match(met.fault.message, /discovered, not configured/)
        assert.match(met.fault.hint ?? '', /add this server/i)
      })
    }
  }
  test('SCRAM is answered', async () => {
    const script = [ASKS.sasl('SCRAM-SHA-256'), ASKS.challenge, ASKS.refusal]
    const met = await meet({ certificate: null, script }, '', found)
    assert.match(met.received, /p=[A-Za-z0-9+/]+=/)
    assertUntold(met, 'SCRAM')
  })
})

test('a configured server that asks for md5 is answered, unless require_auth says otherwise', async () => {
  const answered = await meet({ certificate: null, script: [ASKS.md5, ASKS.refusal] })
  assert.ok(answered.received.includes(MD5))
  for (const rest of ['require_auth=!md5', 'require_auth=scram-sha-256,none', 'channel_binding=require']) {
    const met = await meet({ certificate: null, script: [ASKS.md5] }, rest)
    assertUntold(met, rest)
    assert.match(met.fault.message, /asks for an md5 hash .*(require_auth|channel_binding)/)
  }
})

describe('what no server does', () => {
  const scram = [ASKS.sasl('SCRAM-SHA-256'), ASKS.challenge] as const
  const scripts: Readonly<Record<string, PeerOptions['script']>> = {
    'clear text after a whole exchange but for the proof': [...scram, ASKS.clear],
    'clear text after the first message of SCRAM': [ASKS.sasl('SCRAM-SHA-256'), ASKS.clear],
    'md5 after SCRAM': [...scram, ASKS.md5],
    'SCRAM twice': [ASKS.sasl('SCRAM-SHA-256'), ASKS.sasl('SCRAM-SHA-256')],
    'clear text in one packet with SCRAM': [Buffer.concat([ASKS.sasl('SCRAM-SHA-256'), ASKS.clear])],
    'let in without its own proof': [...scram, Buffer.concat([ASKS.ok, ASKS.session])],
    'let in right after it asked': [Buffer.concat([ASKS.sasl('SCRAM-SHA-256'), ASKS.ok, ASKS.session])],
    'a proof that is none': [...scram, Buffer.concat([ASKS.final, ASKS.ok, ASKS.session])],
    'a session without a word about the login': [ASKS.session],
    'ready without a word about the login': [ASKS.ready],
    'clear text once the session is there': [Buffer.concat([ASKS.ok, ASKS.session]), ASKS.clear],
    'md5 once the session is there': [Buffer.concat([ASKS.ok, ASKS.session]), ASKS.md5],
    'a request of an impossible length': [Buffer.concat([ASKS.longClear, ASKS.session])],
    'a challenge that nobody asked for': [() => ASKS.challenge(Buffer.alloc(0))],
  }
  for (const [what, script] of Object.entries(scripts)) {
    for (const certificate of [null, 'server'] as const) {
      test(`${what}, ${certificate === null ? 'no TLS' : 'TLS'}`, async () => {
        const met = await meet({ certificate, script }, 'sslmode=prefer')
        assertUntold(met, what)
        assert.match(met.fault.code, /^(auth|protocol)$/, met.fault.message)
      })
    }
  }
})

test('a server that lets everybody in is refused where a proof is required', async () => {
  const script = [Buffer.concat([ASKS.ok, ASKS.session])]
  for (const rest of ['require_auth=scram-sha-256', 'require_auth=!none', 'require_auth=password,md5']) {
    const { fault } = await meet({ certificate: null, script }, rest)
    assert.match(fault.message, /accepts role "pgdeck" without asking for authentication, and require_auth allows only/)
  }
  const { fault } = await meet({ certificate: 'server', script }, `${VERIFIED}&channel_binding=require`)
  assert.match(fault.message, /without asking for authentication, and channel_binding=require/)
})

describe('ways that pgdeck does not know', () => {
  const unknown: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    kerberos: [ASKS.kerberos, /Kerberos/],
    gss: [ASKS.gss, /GSSAPI/],
    sspi: [ASKS.sspi, /SSPI/],
    'another mechanism of SASL': [ASKS.sasl('OAUTHBEARER', 'X\u001b[31m'), /does not support: OAUTHBEARER, X/],
    'SCRAM bound to a channel that is not there': [
      ASKS.sasl('SCRAM-SHA-256-PLUS'),
      /does not support: SCRAM-SHA-256-PLUS/,
    ],
  }
  for (const [what, [ask, expected]] of Object.entries(unknown)) {
    test(what, async () => {
      const met = await meet({ certificate: null, script: [ask] })
      assertUntold(met, what)
      assert.equal(met.received, '')
      assert.equal(met.fault.code, 'auth')
      assert.match(met.fault.message, expected)
      assert.doesNotMatch(met.fault.message, /\u001b/)
    })
  }
})

test('channel_binding=require takes nothing but SCRAM that is bound to TLS', async () => {
  const plain = await meet({ certificate: null, script: [ASKS.sasl('SCRAM-SHA-256')] }, 'channel_binding=require')
  assert.match(plain.fault.message, /has no TLS here, and channel_binding=require/)
  const stripped = await meet(
    { certificate: 'server', script: [ASKS.sasl('SCRAM-SHA-256')] },
    'channel_binding=require',
  )
  assert.match(stripped.fault.message, /offers no SCRAM-SHA-256-PLUS/)
  assert.match(stripped.fault.hint ?? '', /proxy|attacker/)
  assert.equal(plain.received + stripped.received, '')
})
