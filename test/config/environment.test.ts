// Variables of libpq: what can be honoured is, what can't is refused, what asks for nothing is passed over.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { DsnError, parseDsn } from '../../src/config/dsn/dsn.ts'
import type { AuthRequirements } from '../../src/model/values/connection-parameters.ts'

const HOME = '/nonexistent'

describe('what demands more than pgdeck can do', () => {
  const refused: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ PGGSSENCMODE: 'require' }, /^PGGSSENCMODE of the environment .* allowed is disable or prefer: unset it/],
    [{ PGGSSENCMODE: 'PREFER' }, /^PGGSSENCMODE/],
    [{ PGGSSDELEGATION: '1' }, /^PGGSSDELEGATION/],
    [{ PGKRBSRVNAME: 'pg' }, /^PGKRBSRVNAME/],
    [{ PGGSSLIB: 'sspi' }, /^PGGSSLIB .*does not support: unset it/],
    [{ PGSSLCOMPRESSION: '1' }, /^PGSSLCOMPRESSION/],
    [{ PGSSLNEGOTIATION: 'direct' }, /^PGSSLNEGOTIATION=direct needs sslmode=require/],
    [{ PGSSLSNI: '0' }, /^PGSSLSNI/],
    [{ PGSSLCERTMODE: 'require' }, /^PGSSLCERTMODE=require is unknown; allowed are disable, allow/],
    [{ PGLOADBALANCEHOSTS: 'all' }, /^PGLOADBALANCEHOSTS/],
    [{ PGMINPROTOCOLVERSION: '3.2' }, /^PGMINPROTOCOLVERSION/],
    [{ PGMAXPROTOCOLVERSION: '2.0' }, /^PGMAXPROTOCOLVERSION/],
    [{ PGCLIENTENCODING: 'LATIN1' }, /^PGCLIENTENCODING/],
    [{ PGSSLMODE: '' }, /^the value of PGSSLMODE is unknown; allowed are disable/],
    [{ PGGSSENCMODE: '' }, /^PGGSSENCMODE/],
    [{ PGSERVICE: '' }, /^PGSERVICE is empty/],
    [{ PGOPTIONS: '-c work_mem=1GB\\' }, /^PGOPTIONS ends with a backslash/],
    [{ PGREQUIREPEER: 'postgres', PGHOST: '/tmp' }, /does not support PGREQUIREPEER of the environment at a Unix/],
    [{ PGREQUIREAUTH: 'gss' }, /^PGREQUIREAUTH leaves no login method: pgdeck supports/],
    [{ PGREQUIREAUTH: 'scram' }, /^PGREQUIREAUTH has an unknown method/],
    [{ PGCHANNELBINDING: 'yes' }, /^PGCHANNELBINDING is unknown/],
    [{ PGSSLMINPROTOCOLVERSION: 'TLSv2' }, /^PGSSLMINPROTOCOLVERSION is unknown/],
    [{ PGSSLMAXPROTOCOLVERSION: 'TLSv1' }, /^PGSSLMAXPROTOCOLVERSION is below/],
  ]
  for (const [env, message] of refused) {
    test(JSON.stringify(env), () => {
      for (const dsn of ['', 'user=anna', 'postgresql:///app']) {
        assert.throws(() => parseDsn(dsn, { HOME, ...env }), { name: 'DsnError', message })
      }
    })
  }

  test('no value is repeated', () => {
    const env = { HOME, PGOPTIONS: '-c x.secret=hush\\', PGREQUIREAUTH: 'hush' }
    for (const name of Object.keys(env).slice(1)) {
      assert.throws(
        () => parseDsn('', { HOME, [name]: env[name as keyof typeof env] }),
        (error) => error instanceof DsnError && !error.message.includes('hush'),
      )
    }
  })
})

test('what asks for nothing else than what happens anyway is passed over', () => {
  const harmless = [
    { PGGSSENCMODE: 'prefer', PGGSSDELEGATION: '0', PGKRBSRVNAME: 'postgres' },
    { PGGSSENCMODE: 'disable', PGSSLCOMPRESSION: '0', PGSSLNEGOTIATION: 'postgres', PGSSLSNI: '1' },
    { PGLOADBALANCEHOSTS: 'random', PGOPTIONS: '-c geqo=off' },
    { PGLOADBALANCEHOSTS: 'disable', PGMINPROTOCOLVERSION: '3.0', PGMAXPROTOCOLVERSION: 'latest' },
    { PGCLIENTENCODING: 'UTF8', PGOPTIONS: '', PGREQUIREPEER: '', PGSSLCERTMODE: 'allow' },
    // They change how psql shows things, not what it connects to.
    { PGDATESTYLE: 'German', PGTZ: 'Asia/Tokyo', PGGEQO: 'off', PGLOCALEDIR: '/x' },
    // Applies at Unix sockets alone.
    { PGREQUIREPEER: 'postgres' },
  ]
  for (const env of harmless) assert.equal(parseDsn('postgresql://h', { HOME, ...env }).endpoints[0]?.host, 'h')
})

test('what the string or the service says counts more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-environment-'))
  const file = join(folder, 'services')
  writeFileSync(file, '[s]\nhost=h\ngssencmode=disable\nrequire_auth=md5\n')
  try {
    const env = { HOME, PGSERVICEFILE: file, PGGSSENCMODE: 'require', PGREQUIREAUTH: 'scram-sha-256' }
    assert.throws(() => parseDsn('host=h', env), /PGGSSENCMODE/)
    assert.deepEqual(parseDsn('host=h gssencmode=prefer', env).authRequirements?.allowed, ['scram-sha-256'])
    assert.deepEqual(parseDsn('service=s', env).authRequirements?.allowed, ['md5'])
    assert.deepEqual(parseDsn('service=s require_auth=none', env).authRequirements?.allowed, ['none'])
    writeFileSync(file, '[s]\nhost=h\ngssencmode=require\n')
    assert.throws(() => parseDsn('service=s', env), /Service "s" has a value of gssencmode/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an empty PGUSER is no user', () => {
  assert.throws(() => parseDsn('host=h', { HOME, PGUSER: '' }), { name: 'DsnError', message: /^PGUSER is empty/ })
  assert.equal(parseDsn('host=h user=anna', { HOME, PGUSER: '' }).user, 'anna')
})

test('PGREQUIRESSL counts where nobody says anything newer', () => {
  const mode = (dsn: string, env: Record<string, string>) => parseDsn(dsn, { HOME, ...env }).ssl.mode
  assert.equal(mode('host=h', { PGREQUIRESSL: '1' }), 'require')
  assert.equal(mode('host=h', { PGREQUIRESSL: '0' }), 'prefer')
  assert.equal(mode('host=h sslmode=disable', { PGREQUIRESSL: '1' }), 'disable')
  assert.equal(mode('host=h', { PGREQUIRESSL: '1', PGSSLMODE: 'verify-ca' }), 'verify-ca')
})

test('what is honoured of TLS', () => {
  const env = {
    HOME,
    PGSSLCRL: '~/crl',
    PGSSLCRLDIR: '/crls',
    PGSSLMINPROTOCOLVERSION: 'tlsv1.3',
    PGSSLMAXPROTOCOLVERSION: 'TLSv1.3',
    PGSSLCERTMODE: 'disable',
  }
  assert.deepEqual(parseDsn('host=h', env).ssl, {
    mode: 'prefer',
    rootCert: null,
    cert: null,
    key: null,
    crl: '/nonexistent/crl',
    crlFolder: '/crls',
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    sendsCert: false,
  })
})

describe('require_auth and channel_binding are read as libpq reads them', () => {
  const rules: readonly (readonly [string, Partial<AuthRequirements>])[] = [
    ['', { allowed: null, explicit: [], channelBinding: 'prefer' }],
    ['require_auth=scram-sha-256', { allowed: ['scram-sha-256'], explicit: ['scram-sha-256'] }],
    ['require_auth=password', { allowed: ['password'], explicit: ['password'] }],
    ['require_auth=md5,none', { allowed: ['none', 'md5'] }],
    ['require_auth=gss,sspi,oauth,none', { allowed: ['none'], explicit: ['none'] }],
    ['require_auth=!password', { allowed: ['none', 'md5', 'scram-sha-256'], explicit: [] }],
    ['require_auth=!password,!md5,!gss', { allowed: ['none', 'scram-sha-256'], explicit: [] }],
    ['require_auth=!none', { allowed: ['password', 'md5', 'scram-sha-256'], explicit: [] }],
    ['channel_binding=require', { allowed: null, channelBinding: 'require' }],
    ['channel_binding=disable', { channelBinding: 'disable' }],
    ['channel_binding=require require_auth=!none', { channelBinding: 'require' }],
  ]
  for (const [text, expected] of rules) {
    test(text || '(nothing)', () => {
      const { authRequirements } = parseDsn(`host=h ${text}`, { HOME })
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(authRequirements?.[key as keyof AuthRequirements], value, key)
    })
  }
  const refused: readonly (readonly [string, RegExp])[] = [
    ['require_auth=!md5,password', /mixes methods with "!" and without/],
    ['require_auth=password,!md5', /mixes methods with "!" and without/],
    ['require_auth=md5,md5', /names a method twice/],
    ['require_auth=SCRAM-SHA-256', /unknown method; allowed are none, password, md5, scram-sha-256, gss, sspi, oauth/],
    ['require_auth=md5,', /unknown method/],
    // To libpq this allows none.
    ["require_auth=''", /unknown method/],
    ["require_auth='md5, none'", /unknown method.*without blanks/],
    ['require_auth=gss,sspi', /leaves no login method: pgdeck supports/],
    ['require_auth=!none,!password,!md5,!scram-sha-256', /leaves no login method/],
    ['require_auth=md5 channel_binding=require', /channel_binding=require needs scram-sha-256/],
    ['require_auth=!scram-sha-256 channel_binding=require', /no login method is left/],
  ]
  for (const [text, message] of refused) {
    test(text, () => assert.throws(() => parseDsn(`host=h ${text}`, { HOME }), { name: 'DsnError', message }))
  }
})
