// Connection strings: what libpq makes of them, and that what can't be honoured is said.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { DsnError, parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { ConnectionParameters } from '../../../src/model/values/connection-parameters.ts'

const EMPTY = { HOME: '/nonexistent' }
const me = userInfo().username

function endpointsOf(text: string, env: Record<string, string> = EMPTY): string {
  return parseDsn(text, env, [])
    .endpoints.map(({ host, port, address }) => `${host}|${port}${address ? `|${address}` : ''}`)
    .join(' ')
}

describe('endpoints', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['postgresql://', 'localhost|5432'],
    ['postgres://db-1', 'db-1|5432'],
    ['postgresql://db-1:2345/app', 'db-1|2345'],
    ['postgresql://a,b:2,c/app', 'a|5432 b|2 c|5432'],
    ['postgresql://[::1]:2345/app', '::1|2345'],
    ['postgresql://u@[2001:db8::1],[2001:db8::2]:7/', '2001:db8::1|5432 2001:db8::2|7'],
    ['postgresql://%2Fvar%2Frun%2Fpostgresql:5433/app', '/var/run/postgresql|5433'],
    ['postgresql:///app?host=/tmp&port=6000', '/tmp|6000'],
    ['postgresql://ignored:1/app?host=real&port=2', 'real|2'],
    ['host=a,b port=7', 'a|7 b|7'],
    ['host=a,b port=7,8', 'a|7 b|8'],
    ["host='a' port = 9 ", 'a|9'],
    ['host=db.example.net hostaddr=10.0.0.1', 'db.example.net|5432|10.0.0.1'],
    ['postgresql://[fe80::1%25lo]:7/', 'fe80::1%lo|7'],
    ['hostaddr=10.0.0.1', '10.0.0.1|5432|10.0.0.1'],
    ['postgresql://db?hostaddr=::1', 'db|5432|::1'],
    ['', 'localhost|5432'],
    // As hosters write them.
    ['postgresql://u:hush@/db?host=/cloudsql/p:r:i', '/cloudsql/p:r:i|5432'],
    ['postgresql://u:hush@%2Fcloudsql%2Fp%3Ar%3Ai/db', '/cloudsql/p:r:i|5432'],
    ['postgresql://me%40server:hush@server.azure.example:5432/postgres', 'server.azure.example|5432'],
    ['postgresql://postgres.ref:[hush]@pooler.supabase.example:6543/postgres', 'pooler.supabase.example|6543'],
    ['postgresql://,', 'localhost|5432 localhost|5432'],
    ['postgresql://a:%357/', 'a|57'],
    ['host=a port=+0007', 'a|7'],
    ["host=a port=' 7\n'", 'a|7'],
    ["host='' hostaddr=''", 'localhost|5432'],
  ]
  for (const [text, expected] of cases) test(text || '(empty)', () => assert.equal(endpointsOf(text), expected))
})

test('without a host, the Unix socket where a server has one, for each port', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-socket-'))
  context.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '.s.PGSQL.5432'), '')
  const hosts = (text: string, env: Record<string, string> = EMPTY) =>
    parseDsn(text, env, ['/nonexistent', folder]).endpoints.map(({ host, port }) => `${host}:${port}`)
  assert.deepEqual(hosts('postgresql:///app'), [`${folder}:5432`])
  assert.deepEqual(hosts('postgresql:///app', { ...EMPTY, PGPORT: '6000' }), ['localhost:6000'])
  assert.deepEqual(hosts('postgresql:///app', { ...EMPTY, PGHOST: 'db' }), ['db:5432'])
  assert.deepEqual(hosts('hostaddr=10.0.0.1'), ['10.0.0.1:5432'])
})

describe('parts', () => {
  const cases: readonly (readonly [string, Partial<ConnectionParameters>])[] = [
    ['postgresql://', { user: me, database: me, password: null, applicationName: 'pgdeck', targetSessionAttrs: 'any' }],
    ['postgresql://anna@h', { user: 'anna', database: 'anna' }],
    ['postgresql://anna:s%40cret%3A@h/app', { user: 'anna', password: 's@cret:', database: 'app' }],
    ['postgresql://anna:a:b?c#d@h/app', { user: 'anna', password: 'a:b?c#d', database: 'app' }],
    ['postgresql://h/caf%C3%A9+1', { database: 'café+1' }],
    ['postgresql://h/a?user=x&password=y', { user: 'x', password: 'y', database: 'a' }],
    ['postgresql://h?dbname=a%2Fb', { database: 'a/b' }],
    [
      'postgresql://h?application_name=my%20deck&connect_timeout=3',
      { applicationName: 'my deck', connectTimeoutMs: 3000 },
    ],
    ['postgresql://h?connect_timeout=0', { connectTimeoutMs: null }],
    ['postgresql://h?fallback_application_name=walreceiver', { applicationName: 'walreceiver' }],
    ['fallback_application_name=other application_name=mine', { applicationName: 'mine' }],
    // As pg_stat_wal_receiver writes it.
    [
      'user=ro_user channel_binding=prefer host=10.0.0.11 port=2345 sslmode=prefer sslnegotiation=postgres sslcompression=0 ' +
        'sslcertmode=allow sslsni=1 ssl_min_protocol_version=TLSv1.2 gssencmode=prefer gssdelegation=0 ' +
        'target_session_attrs=any load_balance_hosts=disable',
      { user: 'ro_user', targetSessionAttrs: 'any' },
    ],
    ['postgresql://h?target_session_attrs=prefer-standby', { targetSessionAttrs: 'prefer-standby' }],
    ['postgresql://h?passfile=/p', { passfile: '/p' }],
    ['postgresql://h?options=-c%20search_path%3Dpublic', { options: '-c search_path=public' }],
    ['postgresql://h?options=endpoint%3Dep-blue-1', { options: 'endpoint=ep-blue-1' }],
    ["host=h options='-c a=b\\\\\\\\'", { options: '-c a=b\\\\' }],
    ['postgresql://h/app?user=u&', { user: 'u', database: 'app' }],
    [
      'postgresql://u@h/app?keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=10000',
      { user: 'u' },
    ],
    ['postgresql://u@h/app?load_balance_hosts=random', { user: 'u' }],
    ['postgresql://h?passfile=~/p', { passfile: '/nonexistent/p' }],
    ["user='an na' password='it\\'s \\\\ ok' dbname=a\\ b", { user: 'an na', password: "it's \\ ok", database: 'a b' }],
    ["password='' user=x", { user: 'x', password: null }],
    // Blanks are those of C; a backslash at the end escapes nothing.
    ['user=an\u00a0na dbname=d', { user: 'an\u00a0na', database: 'd' }],
    ['user=a\\ ', { user: 'a ' }],
    ['user=a\\', { user: 'a' }],
    ["user= 'a' dbname = d", { user: 'a', database: 'd' }],
    ["host=h connect_timeout=' +5 '", { connectTimeoutMs: 5_000 }],
  ]
  for (const [text, expected] of cases) {
    test(text, () => {
      const parsed = parseDsn(text, EMPTY)
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(parsed[key as keyof ConnectionParameters], value, key)
    })
  }
})

describe('encryption', () => {
  const cases: readonly (readonly [string, ConnectionParameters['ssl']])[] = [
    ['postgresql://h', { mode: 'prefer', rootCert: null, cert: null, key: null }],
    ['host=h requiressl=1', { mode: 'require', rootCert: null, cert: null, key: null }],
    ['postgresql://h?ssl=true', { mode: 'require', rootCert: null, cert: null, key: null }],
    ['postgresql://h?sslmode=verify-ca&sslrootcert=/ca', { mode: 'verify-ca', rootCert: '/ca', cert: null, key: null }],
    ['postgresql://h?sslrootcert=system', { mode: 'verify-full', rootCert: 'system', cert: null, key: null }],
    [
      'host=h sslmode=disable sslcert=/c sslkey=~/k',
      { mode: 'disable', rootCert: null, cert: '/c', key: '/nonexistent/k' },
    ],
  ]
  for (const [text, expected] of cases) test(text, () => assert.deepEqual(parseDsn(text, EMPTY).ssl, expected))
})

test('what is not written comes from the environment, and what is written wins', () => {
  const env = {
    PGHOST: 'from-env',
    PGPORT: '7',
    PGUSER: 'eva',
    PGDATABASE: 'envdb',
    PGSSLMODE: 'require',
    PGSSLROOTCERT: '/r',
    PGSSLCERT: '/c',
    PGSSLKEY: '/k',
    PGAPPNAME: 'envapp',
    PGCONNECT_TIMEOUT: '4',
    PGTARGETSESSIONATTRS: 'primary',
    PGPASSFILE: '/pf',
    PGPASSWORD: 'not-in-a-connection',
  }
  assert.deepEqual(parseDsn('', env), {
    endpoints: [{ host: 'from-env', port: 7 }],
    user: 'eva',
    database: 'envdb',
    password: null,
    passfile: '/pf',
    ssl: { mode: 'require', rootCert: '/r', cert: '/c', key: '/k' },
    applicationName: 'envapp',
    connectTimeoutMs: 4000,
    targetSessionAttrs: 'primary',
    authRequirements: { allowed: null, explicit: [], channelBinding: 'prefer' },
  })
  const written = parseDsn('postgresql://anna@h:1/d?sslmode=prefer', env)
  assert.deepEqual(
    [written.endpoints, written.user, written.database, written.ssl.mode],
    [[{ host: 'h', port: 1 }], 'anna', 'd', 'prefer'],
  )
})

test('an empty value hides what comes after it', () => {
  const env = { ...EMPTY, PGHOST: 'from-env', PGPORT: '7', PGDATABASE: 'envdb', PGAPPNAME: 'app', PGPASSFILE: '/p' }
  const text = "host='' port='' dbname='' application_name='' passfile='' user=u"
  const { endpoints, database, applicationName, passfile } = parseDsn(text, env, [])
  assert.deepEqual(endpoints, [{ host: 'localhost', port: 5432 }])
  assert.deepEqual([database, applicationName, passfile], ['u', 'pgdeck', null])
})

describe('service files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-service-'))
  const file = join(folder, 'services.conf')
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(
    file,
    '# services\n[other]\nhost=no\n\n[vault.prod]\n host = db-1 \nport=2345\nuser=svc\npassword=a;b#c="d"\nuser=second\n[bad]\nlikes=cats\n[loop]\nservice=vault.prod\n[broken]\nwhat\n[exact]\nuser= x\u00a0\nhost = spaced\n[ldap]\nldap://h/dc=x?a\n',
  )
  const env = { HOME: '/nonexistent', PGSERVICEFILE: file, PGUSER: 'eva', PGHOST: 'env-host' }

  test('its values stand between the string and the environment', () => {
    const found = parseDsn('service=vault.prod port=1', env)
    assert.deepEqual([found.endpoints, found.user, found.password], [[{ host: 'db-1', port: 1 }], 'svc', 'a;b#c="d"'])
    assert.equal(endpointsOf('postgresql:///x?service=vault.prod', env), 'db-1|2345')
    assert.equal(endpointsOf('', { ...env, PGSERVICE: 'vault.prod' }), 'db-1|2345')
  })

  test('one of the system is used where the own file lacks it', () => {
    writeFileSync(join(folder, 'pg_service.conf'), '[shared]\nhost=shared-host\n')
    assert.equal(endpointsOf('service=shared', { ...env, PGSYSCONFDIR: folder }), 'shared-host|5432')
  })

  test('blanks before a value belong to it, as libpq reads it', () => {
    const found = parseDsn('service=exact', env)
    assert.deepEqual([found.user, found.endpoints[0]?.host], [' x\u00a0', 'spaced'])
  })

  test('a file that PGSERVICEFILE names has to be there', () => {
    const missing = { ...env, PGSERVICEFILE: join(folder, 'missing'), PGSYSCONFDIR: folder }
    assert.equal(endpointsOf(`service=vault.prod servicefile=${file}`, missing), 'db-1|2345')
    assert.throws(() => parseDsn('service=shared', missing), {
      message: /^Service file .*missing: there is no such file/,
    })
  })

  const bad: readonly (readonly [string, RegExp])[] = [
    ['service=nowhere', /"nowhere" is not defined in .*services\.conf/],
    ['service=bad', /Service "bad" has parameter "likes".*allowed are host,/],
    ['service=loop', /line \d+: a service can't name another service/],
    ['service=broken', /line \d+: not "name=value"/],
    ['service=ldap', /line \d+: pgdeck does not support services that are looked up by LDAP/],
    ['service=', /service is empty/],
  ]
  for (const [text, message] of bad)
    test(text, () => assert.throws(() => parseDsn(text, env), { name: 'DsnError', message }))
})

describe('what is refused, and how it is said', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['mysql://h', /begins with postgresql:\/\//],
    ['host=h;Password=hush', /^host contains another pair/],
    ['host=h,password=hush', /^host contains another pair/],
    ["host=h user='u; User Secret = hush'", /^user contains another pair/],
    ['host=h dbname=d;pwd=hush', /^dbname contains another pair/],
    ["host='h password=hush'", /^host contains another pair/],
    ['postgresql://u@h;password=hush/d', /^host contains another pair/],
    ['postgresql://h/d&password=hush', /^dbname contains another pair/],
    ['just-a-name', /is a URI .* or a list of key=value pairs/],
    ['postgresql://h?gssapi=1', /parameter "gssapi".*allowed are host, hostaddr, port/],
    ['postgresql://h?keepalives=yes', /a value of keepalives that is not a whole number/],
    ['postgresql://h?a=b&&c=d', /Parameter 2 after/],
    [
      'postgresql://h?sslmode=prefer&sslnegotiation=direct',
      /sslnegotiation=direct needs sslmode=require, .* sslmode=prefer is too weak/,
    ],
    ['host=h sslnegotiation=none', /sslnegotiation=none is unknown; allowed are postgres, direct/],
    ["host=h options='-c a=b\\\\'", /options ends with a backslash/],
    ['host=h sslpassword=hush', /parameter "sslpassword"/],
    ['host=h password=hush scram_client_key=hush', /parameter "scram_client_key"/],
    ['host=h password=hush oauth_issuer=https://hush', /parameter "oauth_issuer"/],
    ['host=h replication=database', /a value of replication that .* allowed is false/],
    ['dbname=postgresql://u:hush@h/db', /^dbname contains another connection string/],
    ['postgresql://h/postgresql://u:hush@h/db', /^dbname contains another connection string/],
    ['postgres://me@server:hush@h/db', /^Host 1 of the URI .* write "\/", "@"/],
    ['service=svcpassword=hush', /^service contains another pair/],
    ['host=hpassword=hush', /^host contains another pair/],
    ['service=s;Password=hush', /^service contains another pair/],
    ["host=h sslrootcert='/x;Password=hush'", /^sslrootcert contains another pair/],
    ['host=h channel_binding=must', /channel_binding is unknown; allowed are disable, prefer, require/],
    ['host=h sslcertmode=require', /sslcertmode=require is unknown; allowed are disable, allow/],
    ['host=h ssl_min_protocol_version=SSLv3', /ssl_min_protocol_version is unknown; allowed are TLSv1, TLSv1.1/],
    ['host=h ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2', /no version is left/],
    ['host=h ssl_max_protocol_version=TLSv1.1', /no version is left/],
    ['host=h krbsrvname=pg', /a value of krbsrvname that pgdeck does not support; allowed is postgres/],
    ['host=/tmp requirepeer=postgres', /does not support requirepeer at a Unix socket/],
    ['host=a,/tmp requirepeer=postgres', /does not support requirepeer at a Unix socket/],
    ['host=h gssencmode=hush', /a value of gssencmode that/],
    ["user='' host=h", /^user is empty: name one, or remove it/],
    ["host=h sslmode=''", /the value of sslmode is unknown; allowed are disable/],
    ["host=h target_session_attrs=''", /the value of target_session_attrs is unknown/],
    ["host=h channel_binding=''", /channel_binding is unknown/],
    ["host='h'port=1", /no blank after the closing quote of key=value pair 1/],
    ["host= 'h'port=1", /no blank after the closing quote of key=value pair 1/],
    ['host=/tmp hostaddr=10.0.0.1', /host 1 is the folder of a Unix socket, and hostaddr/],
    ['host=@pg', /does not support sockets in the abstract namespace/],
    ['hostaddr=10.0.0.1,', /hostaddr leaves out address 2/],
    ['postgresql://[]/d', /Host 1 of the URI/],
    ['postgresql://h:0', /port is not a number from 1 to 65535/],
    ['postgresql://h:70000', /port is not a number/],
    ['host=h port=abc', /port is not a number/],
    ['host=a,b,c port=1,2', /2 ports for 3 hosts/],
    ['host=a,b hostaddr=10.0.0.1', /host names 2 hosts but hostaddr 1/],
    ['hostaddr=name', /hostaddr takes IP addresses/],
    ['host=h sslmode=maybe', /sslmode=maybe is unknown; allowed are disable, allow/],
    ['host=h target_session_attrs=x', /target_session_attrs=x is unknown/],
    ['host=h connect_timeout=soon', /connect_timeout is not a whole number/],
    ['host=h sslmode=require sslrootcert=system', /too weak for sslrootcert=system/],
    ['postgresql://h/%zz', /"%" in the database name/],
    ['postgresql://h/%00', /%00 is not allowed/],
    ['postgresql://h/%ff', /not valid UTF-8/],
    ['postgresql://h?a', /Parameter 1 after "\?"/],
    ['postgresql://[::1/x', /Host 1 of the URI/],
    ["host=h password='open", /after 1 key=value pair is not/],
  ]
  for (const [text, message] of cases) {
    test(text, () =>
      assert.throws(
        () => parseDsn(text, EMPTY),
        (error) => error instanceof DsnError && message.test(error.message),
      ),
    )
  }

  test('an environment variable is named when it is the culprit', () => {
    assert.throws(() => parseDsn('', { PGSSLMODE: 'x' }), { message: /PGSSLMODE=x is unknown/ })
    assert.throws(() => parseDsn('', { PGPORT: 'x' }), { message: /PGPORT is not a number/ })
  })

  const leaky = [
    'postgresql://u:hush/hush@h/db',
    'postgresql://u:hu@hush@h/db',
    'postgresql://u:%hush@h/db',
    'postgresql://u:%ffhush@h/db',
    'host=h password=two hush',
    "password='hush",
    "password=hush'x' x",
    'postgresql://h?password=hush=hush',
    'password=a hush#1=x',
    'password=a hush=x',
    'password=a hush =x',
    'host=h password=a hush user=hush=x',
  ]
  for (const text of leaky) {
    test(`no password in the message for ${text}`, () => {
      assert.throws(
        () => parseDsn(text, EMPTY),
        (error) => error instanceof DsnError && !error.message.includes('hush'),
      )
    })
  }
})
