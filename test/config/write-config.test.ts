// A connection that is written and read again is the same one, in whatever environment: each parameter that is honoured.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { DSN_PARAMETERS, type DsnParameterName } from '../../src/config/dsn/dsn-parameters.ts'
import { DsnError } from '../../src/config/dsn/dsn-text.ts'
import { connectionUri } from '../../src/config/write-config.ts'

type Setting = Exclude<DsnParameterName, 'host' | 'hostaddr' | 'port' | 'service' | 'servicefile' | 'password'>

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => /^[^\0\s].*(?<!\\)$/u.test(text))
const path = word.map((text) => `/etc/${text}`)
const version = fc.constantFrom('TLSv1', 'TLSv1.1', 'TLSv1.2', 'tlsv1.3')

/** Values of each parameter; the compiler asks for one that is new. */
const VALUES: Readonly<Record<Setting, fc.Arbitrary<string>>> = {
  user: word,
  dbname: word,
  passfile: path,
  require_auth: fc.constantFrom(
    'none',
    'scram-sha-256',
    'md5,scram-sha-256',
    'password',
    'gss,password',
    '!password',
    '!none,!md5',
    '!gss',
    '!sspi,!oauth',
  ),
  channel_binding: fc.constantFrom('disable', 'prefer', 'require'),
  sslmode: fc.constantFrom('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'),
  sslnegotiation: fc.constantFrom('postgres', 'direct'),
  sslrootcert: fc.oneof(path, fc.constant('system')),
  sslcert: path,
  sslkey: path,
  sslcertmode: fc.constantFrom('allow', 'disable'),
  sslcrl: path,
  sslcrldir: path,
  ssl_min_protocol_version: version,
  ssl_max_protocol_version: version,
  application_name: word,
  fallback_application_name: word,
  connect_timeout: fc.integer({ min: -1, max: 600 }).map(String),
  target_session_attrs: fc.constantFrom('any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'),
  options: fc.constantFrom('-c work_mem=1MB', '-c search_path=a\\ b', '-csome.name=x&y=z'),
}

const settings = fc.record(VALUES, { requiredKeys: ['user', 'dbname'] })

const host = fc.constantFrom('db-1.example', '10.0.0.1', '::1', 'fe80::1%eth0', '/var/run/postgresql', '/tmp/a b')
const address = fc.constantFrom('', '10.0.0.5', 'fd00::5')
const endpoints = fc.array(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }), address }), {
  minLength: 1,
  maxLength: 3,
})

function dsnOf(places: readonly { host: string; port: number; address: string }[], given: object): string {
  const pairs: Record<string, string> = {
    host: places.map((place) => place.host).join(),
    port: places.map((place) => place.port).join(),
    ...(places.some((place) => place.address !== '') ? { hostaddr: places.map((place) => place.address).join() } : {}),
    ...given,
  }
  return Object.entries(pairs)
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ')
}

function parsed(dsn: string, env: Readonly<Record<string, string>>) {
  try {
    return parseDsn(dsn, env, [])
  } catch (error) {
    // Values that exclude each other.
    if (error instanceof DsnError) return null
    throw error
  }
}

test('what is written reads as the same connection', () => {
  let read = 0
  fc.assert(
    fc.property(endpoints, settings, (places, given) => {
      const connection = parsed(dsnOf(places, given), {})
      if (!connection) return
      read += 1
      assert.deepEqual(parseDsn(connectionUri(connection, {}), {}, []), connection)
    }),
    { numRuns: 2_000 },
  )
  assert.ok(read > 100, `${read} connection strings were valid`)
})

test('and where the environment says something else, what the connection string said stays', () => {
  const usual = {
    sslmode: 'prefer',
    channel_binding: 'prefer',
    sslcertmode: 'allow',
    sslnegotiation: 'postgres',
    application_name: 'pgdeck',
    connect_timeout: '0',
    target_session_attrs: 'any',
  } as const satisfies Partial<Record<DsnParameterName, string>>
  const other: Readonly<Record<keyof typeof usual, string>> = {
    sslmode: 'require',
    channel_binding: 'disable',
    sslcertmode: 'disable',
    sslnegotiation: 'direct',
    application_name: 'other',
    connect_timeout: '7',
    target_session_attrs: 'primary',
  }
  for (const name of Object.keys(usual) as (keyof typeof usual)[]) {
    const env = { [DSN_PARAMETERS[name]]: other[name] }
    const connection = parseDsn(dsnOf([{ host: 'h', port: 5432, address: '' }], { user: 'u', ...usual }), env, [])
    assert.deepEqual(parseDsn(connectionUri(connection, env), env, []), connection, name)
  }
  const env = { PGREQUIRESSL: '1' }
  const connection = parseDsn('host=h user=u sslmode=prefer', env, [])
  assert.equal(parseDsn(connectionUri(connection, env), env, []).ssl.mode, 'prefer')
})
