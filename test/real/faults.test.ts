// Every way a database can refuse to answer, made with real servers and told apart.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freePort } from '../../src/io/network/free-port.ts'
import { patiently, until } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { assertFault, faultAt, faultOf, linkTo, NEVER, one, withListener } from './links.ts'

describe('faults without a server', () => {
  test('refused: nothing listens', async () => {
    const port = await freePort()
    assertFault(
      await faultAt(`postgresql://u@127.0.0.1:${port}/d`),
      'refused',
      new RegExp(`127\\.0\\.0\\.1:${port}`),
      /PostgreSQL runs/,
    )
  })

  test('refused: no socket in the folder', async () => {
    assertFault(
      await faultAt('postgresql://u@%2Fnonexistent:5999/d'),
      'refused',
      /\/nonexistent:5999/,
      /PostgreSQL runs/,
    )
  })

  test('no route: the system of this host refuses the connection itself', async () => {
    const fault = await faultAt('postgresql://u@255.255.255.255:5432/d')
    assertFault(fault, 'unreachable', /255\.255\.255\.255:5432 was not asked: this host has no route/, /routes/)
    assert.equal(fault.reason, 'no-route')
  })

  test('dns: a name that does not exist', async () => {
    assertFault(
      await faultAt('postgresql://u@db.invalid/d', { timeoutMs: patiently(5_000) }),
      'dns',
      /db\.invalid:5432/,
      /DNS/,
    )
  })

  test('timeout: accepted and never answered', async () => {
    await withListener(
      () => {},
      async (port) => {
        for (const mode of ['disable', 'require']) {
          const began = performance.now()
          const fault = await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=${mode}`, { timeoutMs: 2_000 })
          assertFault(fault, 'timeout', /accepted the connection but did not open a session within \d+ ms/, /frozen/)
          assert.ok(performance.now() - began < patiently(4_000))
        }
      },
    )
  })

  test('unreachable: reset, and closed without a word', async () => {
    await withListener(
      (socket) => socket.resetAndDestroy(),
      async (port) => {
        assertFault(
          await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`),
          'unreachable',
          /reset the connection/,
          /log/,
        )
      },
    )
    await withListener(
      (socket) => socket.end(),
      async (port) => {
        assertFault(
          await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`),
          'unreachable',
          /closed the connection/,
          /log/,
        )
      },
    )
  })

  const foreign: readonly (readonly [string, string | Buffer])[] = [
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['an unknown way to log in', Buffer.from('52000000080000004d', 'hex')],
    ['a message cut short', Buffer.from('5200000004', 'hex')],
    ['a session whose rows come before a query', Buffer.from('52000000080000000044000000060000', 'hex')],
    ['a message of an unknown kind', Buffer.from('5200000008000000007a00000004', 'hex')],
  ]
  for (const [what, bytes] of foreign) {
    for (const mode of ['disable', 'prefer', 'require']) {
      test(`protocol: ${what}, sslmode=${mode}`, async () => {
        await withListener(
          (socket) => void socket.once('data', () => socket.write(bytes)),
          async (port) => {
            const fault = await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=${mode}`)
            const code = mode === 'disable' && what === 'an unknown way to log in' ? 'auth' : 'protocol'
            assertFault(fault, code, new RegExp(`127\\.0\\.0\\.1:${port}`), /./)
          },
        )
      })
    }
  }
})

const HBA = `local all postgres trust
host all trusted 127.0.0.1/32 trust
host all rejected 127.0.0.1/32 reject
host all postgres,pgdeck,cannot 127.0.0.1/32 scram-sha-256
`

const NEWEST = MAJORS.at(-1) ?? 18
const OLDEST = MAJORS[0] ?? 14

describe('a server that says no', () => {
  for (const major of new Set([OLDEST, NEWEST])) {
    test(`on ${major}`, () =>
      withCluster({ major, hba: HBA }, async ({ primary }) => {
        await primary.createRole('cannot', 'NOLOGIN')
        await primary.createRole('trusted', 'LOGIN')
        const wrong = primary.dsn('pgdeck').replace(/:[^:@]*@/, ':hush@')
        const target = new RegExp(`127\\.0\\.0\\.1:${primary.port}`)

        const password = await faultAt(wrong)
        assertFault(password, 'auth', /does not accept the password of role "pgdeck"/, /in the dsn/)
        assert.doesNotMatch(JSON.stringify(password), /hush/)
        assertFault(
          await faultAt(primary.dsn('nobody')),
          'hba',
          target,
          /Add "host postgres nobody 127\.0\.0\.1\/32 scram-sha-256"/,
        )
        assertFault(await faultAt(primary.dsn('rejected')), 'hba', /rejects connection/, /reject/)
        assertFault(
          await faultAt(primary.dsn('cannot')),
          'auth',
          /not permitted to log in/,
          /ALTER ROLE "cannot" LOGIN/,
        )
        assertFault(
          await faultAt(primary.dsn('pgdeck', 'nope')),
          'auth',
          /database "nope" does not exist/,
          /database name/,
        )
        assertFault(await faultAt(`${primary.dsn('pgdeck')}?sslmode=require`), 'tls', /offers no TLS/, /ssl = on/)
        assertFault(
          await faultAt(`${primary.dsn('pgdeck').replace(/:[^:@]*@/, '@')}?passfile=/nonexistent`),
          'auth',
          /pgdeck has none/,
          /\.pgpass|PGPASSWORD/,
        )

        const link = linkTo(primary.dsn('trusted'))
        const sql = (text: string) => link.query({ name: text.slice(0, 20), text }, NEVER)
        assertFault(
          await faultOf(sql('select * from pg_authid')),
          'auth',
          /permission denied/,
          /GRANT SELECT ON pg_catalog\.pg_authid TO "trusted"/,
        )
        assertFault(
          await faultOf(sql('select pg_reload_conf()')),
          'auth',
          /permission denied/,
          /GRANT EXECUTE ON FUNCTION pg_catalog\.pg_reload_conf TO "trusted"/,
        )
        assertFault(await faultOf(sql('create table written (a int)')), 'protocol', /read-only transaction/, /^$/)
        assertFault(await faultOf(sql('selec 1')), 'protocol', /syntax error .*42601/, /^$/)
        assert.equal(await one(link), 1, 'the session is still good')
        await link.close()
        assertFault(await faultOf(one(link)), 'unreachable', /closed/, /^$/)
      }))
  }

  test('too many connections, for a role and for all', () =>
    withCluster({ settings: { max_connections: '5', superuser_reserved_connections: '2' } }, async ({ primary }) => {
      await primary.createRole('late', 'LOGIN CONNECTION LIMIT 0')
      const limited = linkTo(primary.dsn('late'))
      assertFault(await faultOf(one(limited)), 'too-many-connections', /role "late"/, /CONNECTION LIMIT/)
      await limited.close()
      const links = [1, 2, 3].map(() => linkTo(primary.dsn('pgdeck')))
      for (const link of links) await one(link)
      assertFault(
        await faultAt(primary.dsn('pgdeck')),
        'too-many-connections',
        /reserved/,
        /GRANT pg_use_reserved_connections TO "pgdeck"/,
      )
      const supers = [1, 2].map(() => linkTo(primary.dsn()))
      for (const link of supers) await one(link)
      assertFault(
        await faultAt(primary.dsn('pgdeck')),
        'too-many-connections',
        /too many clients/,
        /On PostgreSQL 16 and newer/,
      )
      for (const link of [...links, ...supers]) await link.close()
      const again = linkTo(primary.dsn('pgdeck'))
      await until('a connection is free again', 5_000, () =>
        one(again).then(
          (value) => value === 1,
          () => false,
        ),
      )
      await again.close()
    }))
})
