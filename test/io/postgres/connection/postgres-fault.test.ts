// What the errors of driver, socket and server are told as: the ones that no test server can be made to give at will.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databaseFault, endpointName } from '../../../../src/io/postgres/connection/postgres-fault.ts'
import {
  endsSession,
  type FaultContext,
  refusesStartupOptions,
} from '../../../../src/io/postgres/connection/server-error.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'

const PARTY: FaultContext = {
  target: 'db-1:5432',
  user: 'deck "x"',
  database: 'app',
  versionNumber: null,
  passwordSource: null,
}

function sent(
  code: string,
  message: string,
  rest: { readonly detail?: string; readonly hint?: string; readonly routine?: string } = {},
): Error {
  return Object.assign(new Error(message), { severity: 'FATAL', code, ...rest })
}

function coded(code: string, message = code): Error {
  return Object.assign(new Error(message), { code })
}

test('reasons go by the codes of Node, whatever the words are', () => {
  const reasons = {
    CERT_HAS_EXPIRED: 'certificate-expired',
    ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
    SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
    CERT_NOT_YET_VALID: undefined,
    ECONNRESET: 'connection-lost',
    EPIPE: 'connection-lost',
    EHOSTUNREACH: undefined,
  } as const
  for (const [code, reason] of Object.entries(reasons))
    assert.equal(databaseFault(coded(code, 'in other words'), PARTY).reason, reason, code)
  assert.equal(databaseFault(new Error('Connection terminated unexpectedly'), PARTY).reason, 'connection-lost')
})

describe('faults', () => {
  const cases: readonly (readonly [Error, string, RegExp])[] = [
    [
      sent('57P03', 'the database system is starting up'),
      'starting',
      /^db-1:5432: the database system is starting up.*replays its WAL/,
    ],
    [sent('57P03', 'the database system is in recovery mode'), 'starting', /in recovery mode.*wait/],
    [
      sent('57P03', 'the database system is not yet accepting connections', {
        detail: 'Consistent recovery state has not been yet reached.',
      }),
      'starting',
      /not yet accepting connections \(Consistent recovery state.*replays its WAL/,
    ],
    [sent('57P01', 'terminating connection due to administrator command'), 'protocol', /stopped or restarted/],
    [
      sent('53300', 'remaining connection slots are reserved for non-replication superuser connections'),
      'too-many-connections',
      /raise max_connections/,
    ],
    [
      sent('28000', 'no pg_hba.conf entry for host "::1", user "u", database "app", SSL encryption'),
      'hba',
      /Add "host app "deck ""x""" ::1\/128 scram/,
    ],
    [
      sent('28000', 'no pg_hba.conf entry for host "[local]", user "u", database "app", no encryption'),
      'hba',
      /Add "local app/,
    ],
    [sent('28000', 'connection requires a valid client certificate'), 'auth', /sslcert/],
    [sent('28000', 'role "u" does not exist'), 'auth', /CREATE ROLE "deck ""x""" LOGIN; GRANT pg_monitor/],
    [sent('42501', 'permission denied for database "app"'), 'auth', /GRANT CONNECT ON DATABASE "app" TO "deck ""x"""/],
    [
      sent('42501', 'permission denied for function pg_reload_conf'),
      'auth',
      /FUNCTION pg_catalog\.pg_reload_conf TO "deck/,
    ],
    [sent('42501', 'permission denied for table orders'), 'auth', /GRANT SELECT ON orders TO/],
    [sent('42501', 'permission denied for schema s'), 'auth', /GRANT USAGE ON SCHEMA s/],
    [sent('42501', 'must be a member of something'), 'auth', /GRANT pg_monitor/],
    [
      sent('40001', 'canceling statement due to conflict with recovery'),
      'slow',
      /recovery conflict.*max_standby_streaming_delay/,
    ],
    [
      sent('XX000', 'could not find digest for NID UNDEF'),
      'auth',
      /allows no channel binding.*channel_binding=disable/,
    ],
    [sent('28000', 'SCRAM channel binding check failed'), 'auth', /attacker, or a proxy.*channel_binding=disable/],
    [sent('XX000', 'broken', { hint: 'Mend it.' }), 'protocol', /broken \(SQLSTATE XX000\).*Mend it/],
    [sent('08P01', 'server login has been failing, try again later'), 'protocol', /A pooler answered, the server/],
    [sent('08P01', 'query_wait_timeout'), 'protocol', /A pooler answered, the server/],
    [sent('08P01', 'pgbouncer cannot connect to server'), 'protocol', /A pooler answered, the server/],
    [sent('08P01', 'no more connections allowed (max_client_conn)'), 'protocol', /raise its max_client_conn/],
    [sent('XX000', 'could not open relation'), 'protocol', /SQLSTATE XX000\) null$/],
    [new Error('SASL: Only mechanism(s) SCRAM-SHA-256 are supported'), 'auth', /does not support.*scram-sha-256/],
    [new Error('SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match'), 'auth', /failed to prove/],
    [coded('EHOSTUNREACH'), 'unreachable', /no route/],
    [coded('ENETUNREACH'), 'unreachable', /no route/],
    [coded('EAI_AGAIN'), 'dns', /DNS/],
    [coded('ETIMEDOUT'), 'timeout', /firewall/],
    [
      coded(
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
      ),
      'tls',
      /TLS failed: self-signed certificate [A-Z]/,
    ],
    [coded('CERT_HAS_EXPIRED', 'certificate has expired'), 'tls', /expired.*Renew/],
    [
      coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required'),
      'tls',
      /certificate required.*sslcert/,
    ],
    [new FaultError({ code: 'dns', message: 'as it is', hint: null }), 'dns', /as it is/],
  ]
  for (const [error, code, said] of cases) {
    test(error.message, () => {
      const fault = databaseFault(error, PARTY)
      assert.equal(fault.code, code)
      assert.match(`${fault.message} ${fault.hint}`, said)
    })
  }

  test('once a version was seen, the hint for a full server is exact', () => {
    const full = sent('53300', 'sorry, too many clients already')
    const hint = (versionNumber: number | null) => databaseFault(full, { ...PARTY, versionNumber }).hint ?? ''
    assert.match(hint(null), /On PostgreSQL 16 and newer GRANT pg_use_reserved_connections TO "deck ""x"""/)
    assert.match(hint(180_004), /^Close sessions. GRANT pg_use_reserved_connections/)
    assert.doesNotMatch(hint(150_018), /GRANT/)
  })

  test('texts of the server are cleaned, and their length is bounded', () => {
    const fault = databaseFault(
      sent('XX000', `\u001b[31mred\u001b[0m\u202e\n${'x'.repeat(10_000)}`, { hint: '\u0007beep' }),
      PARTY,
    )
    assert.match(fault.message, /error: red x+/)
    assert.ok(fault.message.length < 700)
    assert.equal(fault.hint, 'beep')
  })
})

test('what two ends of TLS do not have in common is told by the number of the alert', () => {
  const alert = (code: string, reason: string, number: number) =>
    databaseFault(
      coded(
        code,
        `write EPROTO 403DCC1B:error:0A00042E:SSL routines:ssl3_read_bytes:${reason}:../deps/openssl/rec_layer_s3.c:918:SSL alert number ${number}\n`,
      ),
      PARTY,
    )
  const version = alert('EPROTO', 'tlsv1 alert protocol version', 70)
  assert.equal(version.message, 'db-1:5432: TLS failed: tlsv1 alert protocol version')
  assert.match(version.hint ?? '', /ssl_min_protocol_version/)
  assert.match(alert('EPROTO', 'ssl/tls alert handshake failure', 40).hint ?? '', /ssl_ciphers/)
  for (const number of [42, 45, 48, 116])
    assert.match(
      alert('ERR_SSL_X', 'tlsv13 alert certificate required', number).hint ?? '',
      /sslcert and sslkey, and its/,
    )
})

test('what ends a session, and what does not', () => {
  for (const code of ['57P01', '57P02', '57P03', '57P05', '25P03', '25P04', '08006', '26000', '0A000'])
    assert.ok(endsSession(sent(code, 'x')), code)
  for (const code of ['57014', '55P03', '42501', '25006', '40001']) assert.ok(!endsSession(sent(code, 'x')), code)
  assert.ok(!endsSession(coded('ECONNRESET')))
})

test('a SQLSTATE that code in a database chose tells only that the server answered', () => {
  for (const routine of [
    'exec_stmt_raise',
    'PLy_output',
    'plperl_util_elog',
    'throw_tcl_error',
    'dblink_res_error',
    'pgfdw_report_error',
  ])
    for (const code of [
      '57P01',
      '57P02',
      '57P03',
      '53300',
      '28000',
      '28P01',
      '42501',
      '3D000',
      '57014',
      '40001',
      '08006',
    ]) {
      const error = sent(code, 'the database system is shutting down', { routine })
      const { code: fault, reason, hint } = databaseFault(error, PARTY)
      assert.deepEqual(
        { fault, reason, hint },
        { fault: 'protocol', reason: 'sql-error', hint: null },
        `${routine} ${code}`,
      )
      assert.ok(!endsSession(error), `${routine} ${code}`)
    }
})

test('a peer that knows no start-up options is recognised', () => {
  assert.ok(refusesStartupOptions(sent('08P01', 'unsupported startup parameter: options')))
  assert.ok(refusesStartupOptions(sent('08P01', 'unsupported startup parameter in options: statement_timeout')))
  assert.ok(refusesStartupOptions(sent('08P01', 'unsupported startup parameter in options: search_path')))
  assert.ok(refusesStartupOptions(sent('08P01', 'unsupported startup parameter: replication')))
  assert.ok(!refusesStartupOptions(sent('08P01', 'invalid startup packet layout: expected terminator as last byte')))
  assert.ok(!refusesStartupOptions(sent('42704', 'unrecognized configuration parameter "idle_session_timeout"')))
})

test('targets are named as one would type them', () => {
  assert.equal(endpointName({ host: 'db-1', port: 5432 }), 'db-1:5432')
  assert.equal(endpointName({ host: '::1', port: 5432 }), '[::1]:5432')
  assert.equal(endpointName({ host: '/tmp', port: 5432 }), '/tmp:5432')
})
