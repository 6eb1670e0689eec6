// Logging in to real servers, by every method that they have: what require_auth and channel_binding leave, and no more.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../src/io/files/sync-files.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { FaultError } from '../../src/model/values/fault.ts'
import { openMeddler } from '../fakes/postgres-peer.ts'
import { patiently } from '../wait.ts'
import { END_MAJORS, sharedCluster } from './embedded.ts'

const FIXTURES = join(import.meta.dirname, '../fakes/tls/login')
const fixture = (name: string) => encodeURIComponent(join(FIXTURES, name))

const ROLES = ['trusted', 'clear', 'hashed', 'scrammed', 'certified', 'pgdeck'] as const
const HBA = `local all postgres trust
local all all scram-sha-256
host all trusted 127.0.0.1/32 trust
host all clear 127.0.0.1/32 password
host all hashed 127.0.0.1/32 md5
hostssl all pgdeck 127.0.0.1/32 cert
host all all 127.0.0.1/32 scram-sha-256
`

/** "md5", "scram-sha-256 bound"…, or the code and message of the fault. */
async function entered(dsn: string, env: Record<string, string> = {}): Promise<string> {
  const link = openDatabaseSession({
    connection: parseDsn(dsn, { HOME: '/nonexistent', ...env }),
    passwordCommand: null,
    timeoutMs: patiently(4_000),
  })
  try {
    await link.query({ name: 'one', text: 'select 1' }, new AbortController().signal)
    const login = link.login()
    return login === null
      ? 'not told'
      : `${login.method}${login.isBound ? ' bound' : ''}${login.isExposed ? ' exposed' : ''}`
  } catch (error) {
    assert.ok(error instanceof FaultError, String(error))
    return `${error.fault.code}: ${error.fault.message}`
  } finally {
    await link.close()
  }
}

/** Path of the client's key in a file that only this user may read: a checkout leaves it open to others. */
function ownKey({ scratch }: PostgresNode): string {
  const path = join(scratch.path, 'client.key')
  writePrivateText(path, readFileSync(join(FIXTURES, 'key.pem'), 'utf8'), null)
  return path
}

async function encrypt(node: PostgresNode, certificate: string): Promise<void> {
  const { owner, path } = node.scratch
  for (const [name, file] of [
    ['tls.crt', certificate],
    ['tls.key', 'key.pem'],
    ['tls.ca', 'ca.pem'],
  ] as const) {
    writePrivateText(join(path, name), readFileSync(join(FIXTURES, file), 'utf8'), owner)
    chmodSync(join(path, name), 0o600)
  }
  await node.setSetting('ssl_cert_file', join(path, 'tls.crt'))
  await node.setSetting('ssl_key_file', join(path, 'tls.key'))
  await node.setSetting('ssl_ca_file', join(path, 'tls.ca'))
  await node.setSetting('ssl', 'on')
}

async function prepare(node: PostgresNode): Promise<void> {
  for (const role of ROLES) if (role !== 'pgdeck') await node.createRole(role, 'LOGIN')
  await node.query(`set password_encryption = 'md5'; alter role hashed password '${node.password}'`)
}

for (const major of END_MAJORS) {
  describe(`PostgreSQL ${major}`, () => {
    const cluster = sharedCluster({ major, hba: HBA }, ({ primary }) => prepare(primary))

    test('without TLS', async () => {
      const { primary } = cluster()
      const cases: readonly (readonly [string, string, string | RegExp])[] = [
        ['trusted', '', 'none'],
        ['trusted', 'require_auth=none', 'none'],
        ['trusted', 'require_auth=!password', 'none'],
        ['trusted', 'require_auth=scram-sha-256', /^auth: .*accepts role "trusted" without asking for authentication/],
        ['trusted', 'require_auth=!none', /^auth: .*accepts role "trusted" without asking for authentication/],
        ['trusted', 'channel_binding=require', /^auth: .*channel_binding=require/],
        ['clear', '', /^auth: .*clear text, and the connection is not encrypted/],
        ['clear', 'require_auth=!md5', /^auth: .*clear text, and the connection is not encrypted/],
        ['clear', 'require_auth=password', 'password exposed'],
        ['clear', 'require_auth=scram-sha-256', /^auth: .*allows only scram-sha-256/],
        ['hashed', '', 'md5'],
        ['hashed', 'require_auth=md5', 'md5'],
        ['hashed', 'require_auth=!md5', /^auth: .*asks for an md5 hash/],
        ['scrammed', '', 'scram-sha-256'],
        ['scrammed', 'channel_binding=disable', 'scram-sha-256'],
        ['scrammed', 'channel_binding=prefer&require_auth=scram-sha-256', 'scram-sha-256'],
        ['scrammed', 'require_auth=!scram-sha-256', /^auth: .*asks for SCRAM authentication/],
        ['scrammed', 'channel_binding=require', /^auth: .*has no TLS here/],
      ]
      for (const [role, rest, expected] of cases) {
        const answer = await entered(`${primary.dsn(role)}?${rest}`)
        if (typeof expected === 'string') assert.equal(answer, expected, `${role} ${rest}`)
        else assert.match(answer, expected, `${role} ${rest}`)
      }
      assert.match(await entered(primary.dsn('trusted'), { PGREQUIREAUTH: 'scram-sha-256' }), /^auth: .*trusted/)
      assert.match(await entered(primary.dsn('clear'), { PGCHANNELBINDING: 'require' }), /^auth: .*channel_binding/)
      assert.equal(await entered(primary.dsn('clear'), { PGREQUIREAUTH: 'password' }), 'password exposed')
    })

    test('with TLS', async () => {
      const { primary } = cluster()
      await encrypt(primary, 'server.pem')
      const verified = `sslmode=verify-full&sslrootcert=${fixture('ca.pem')}`
      const client = `sslcert=${fixture('client.pem')}&sslkey=${encodeURIComponent(ownKey(primary))}`
      const cases: readonly (readonly [string, string, string | RegExp])[] = [
        ['scrammed', '', 'scram-sha-256 bound'],
        ['scrammed', 'channel_binding=require', 'scram-sha-256 bound'],
        ['scrammed', `${verified}&channel_binding=require&require_auth=scram-sha-256`, 'scram-sha-256 bound'],
        ['scrammed', 'channel_binding=disable', 'scram-sha-256'],
        ['scrammed', 'sslmode=disable&channel_binding=require', /^auth: .*has no TLS here/],
        ['clear', 'sslmode=require', /^auth: .*its certificate does not prove its identity/],
        ['clear', verified, 'password'],
        ['clear', `${verified}&channel_binding=require`, /^auth: .*takes SCRAM over TLS alone/],
        ['hashed', 'channel_binding=require', /^auth: .*takes SCRAM over TLS alone/],
        ['trusted', 'channel_binding=require', /^auth: .*takes SCRAM over TLS alone/],
        ['pgdeck', `${verified}&${client}`, 'none'],
        ['pgdeck', `${verified}&${client}&require_auth=none`, 'none'],
        ['pgdeck', `${verified}&${client}&require_auth=scram-sha-256`, /^auth: .*without asking for authentication/],
        ['pgdeck', `${verified}&${client}&sslcertmode=disable`, /^auth: .*valid client certificate/],
        ['scrammed', `${verified}&ssl_min_protocol_version=TLSv1.3`, 'scram-sha-256 bound'],
        ['scrammed', `${verified}&sslcrl=${fixture('nothing-revoked.crl')}`, 'scram-sha-256 bound'],
        ['scrammed', `${verified}&sslcrl=${fixture('server-revoked.crl')}`, /^tls: .*revoked/],
        ['scrammed', `${verified}&sslcrl=/nowhere.crl`, /^tls: \/nowhere\.crl/],
        ['clear', `sslmode=require&sslrootcert=${fixture('ca.pem')}&sslcrl=/nowhere.crl`, /^tls: \/nowhere\.crl/],
      ]
      for (const [role, rest, expected] of cases) {
        const answer = await entered(`${primary.dsn(role)}?${rest}`)
        if (typeof expected === 'string') assert.equal(answer, expected, `${role} ${rest}`)
        else assert.match(answer, expected, `${role} ${rest}`)
      }
      await primary.setSetting('ssl_max_protocol_version', 'TLSv1.2')
      const newer = await entered(`${primary.dsn('scrammed')}?${verified}&ssl_min_protocol_version=TLSv1.3`)
      assert.match(newer, /^tls: /)
      assert.match(await entered(`${primary.dsn('scrammed')}?${verified}`), /bound$/)

      const lists = mkdtempSync(join(tmpdir(), 'pgdeck-crl-'))
      try {
        const folder = `sslcrldir=${encodeURIComponent(lists)}`
        assert.match(await entered(`${primary.dsn('scrammed')}?${verified}&${folder}`), /^tls: .*no list of revoked/)
        symlinkSync(join(FIXTURES, 'server-revoked.crl'), join(lists, '90e897e8.r0'))
        assert.match(await entered(`${primary.dsn('scrammed')}?${verified}&${folder}`), /^tls: .*revoked/)
      } finally {
        rmSync(lists, { recursive: true, force: true })
      }

      await encrypt(primary, 'elsewhere.pem')
      const byAuthority = `sslmode=verify-ca&sslrootcert=${fixture('ca.pem')}`
      assert.match(await entered(`${primary.dsn('clear')}?${byAuthority}`), /^auth: .*does not prove its identity/)
      assert.equal(await entered(`${primary.dsn('scrammed')}?${byAuthority}`), 'scram-sha-256 bound')
      await primary.setSetting('ssl_max_protocol_version', null)
    })

    test('with somebody in between who ends TLS', async () => {
      const { primary } = cluster()
      await encrypt(primary, 'server.pem')
      for (const onward of ['tls', 'plain'] as const) {
        const meddler = await openMeddler(primary.port, onward)
        const through = (rest: string) =>
          entered(`postgresql://scrammed:${primary.password}@127.0.0.1:${meddler.port}/postgres?${rest}`)
        try {
          assert.match(await through('channel_binding=require'), /^auth: .*(channel binding|SCRAM-SHA-256-PLUS)/)
          assert.match(await through(`sslmode=verify-full&sslrootcert=${fixture('ca.pem')}`), /^tls: /)
          if (onward === 'tls') assert.match(await through(''), /^auth: .*SCRAM channel binding check failed/)
          assert.equal(await through('channel_binding=disable'), 'scram-sha-256')
        } finally {
          await meddler.close()
        }
      }
    })

    test('over a Unix socket', async () => {
      const { primary } = cluster()
      const at = (role: string, rest = '') =>
        entered(
          `postgresql://${role}:${primary.password}@/postgres?host=${encodeURIComponent(primary.socketDirectory)}&port=${primary.port}${rest === '' ? '' : `&${rest}`}`,
        )
      assert.equal(await at('scrammed'), 'scram-sha-256')
      assert.match(await at('scrammed', 'channel_binding=require'), /^auth: .*has no TLS here/)
      await primary.setHba(`local all postgres trust\nlocal all ${userInfo().username} peer\nlocal all all password\n`)
      assert.equal(await at('clear'), 'password')
      assert.match(await at('clear', 'require_auth=!password'), /^auth: .*require_auth allows only/)
      await primary.createRole(userInfo().username, 'LOGIN')
      assert.equal(await at(userInfo().username), 'none')
      assert.match(
        await at(userInfo().username, 'require_auth=scram-sha-256'),
        /^auth: .*without asking for authentication/,
      )

      // Whoever may write the folder may be there first; that this user made the socket is what makes the difference.
      chmodSync(primary.socketDirectory, 0o1777)
      const own = primary.scratch.owner === null
      if (own) assert.equal(await at('clear'), 'password')
      else assert.match(await at('clear'), /^auth: .*every user may create a socket in/)
      assert.equal(await at('clear', 'require_auth=password'), own ? 'password' : 'password exposed')
      chmodSync(primary.socketDirectory, 0o700)
    })
  })
}
