// Every way a database can fail to answer, made with real servers and told apart.

import assert from 'node:assert/strict'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { Client } from 'pg'
import { parseDsn } from '../../src/config/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres.ts'
import { until } from '../../src/demo/until.ts'
import { freePort } from '../../src/io/ports.ts'
import { type DatabaseLink, openDatabase } from '../../src/io/postgres.ts'
import { type Fault, FaultError } from '../../src/model/fault.ts'
import { pulse } from '../../src/probes/database/pulse.ts'
import { MAJORS, withCluster } from './embedded.ts'

const NEVER = new AbortController().signal
const TIMEOUT_MS = 1_000

function linkTo(
  dsn: string,
  options: { readonly timeoutMs?: number; readonly passwordCommand?: string[] } = {},
): DatabaseLink {
  return openDatabase({
    connection: parseDsn(dsn, {}),
    passwordCommand: options.passwordCommand ?? null,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  })
}

async function one(link: DatabaseLink): Promise<unknown> {
  const [row] = await link.query<{ one: number }>({ name: 'one', text: 'select 1 as one' }, NEVER)
  return row?.one
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof FaultError, `threw ${error}`)
    return error.fault
  }
  return assert.fail('there was no fault')
}

/** The fault of one query on a link of its own. */
async function faultAt(dsn: string, options: Parameters<typeof linkTo>[1] = {}): Promise<Fault> {
  const link = linkTo(dsn, options)
  try {
    return await faultOf(one(link))
  } finally {
    await link.close()
  }
}

function assertFault(fault: Fault, code: Fault['code'], message: RegExp, hint: RegExp): void {
  assert.equal(fault.code, code, fault.message)
  assert.match(fault.message, message)
  assert.match(fault.hint ?? '', hint)
}

/** A listener that handles sockets as told; all of them end with the test's body. */
async function withListener(handle: (socket: Socket) => void, body: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    handle(socket)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  try {
    await body(port)
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

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

  test('dns: a name that does not exist', async () => {
    assertFault(await faultAt('postgresql://u@db.invalid/d', { timeoutMs: 5_000 }), 'dns', /db\.invalid:5432/, /DNS/)
  })

  test('timeout: accepted and never answered', async () => {
    await withListener(
      () => {},
      async (port) => {
        for (const mode of ['disable', 'require']) {
          const began = performance.now()
          const fault = await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=${mode}`, { timeoutMs: 300 })
          assertFault(fault, 'timeout', /took the connection but did not open a session within \d+ ms/, /frozen/)
          assert.ok(performance.now() - began < 600)
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
            const fault = await faultAt(`postgresql://u@127.0.0.1:${port}/d?sslmode=${mode}`, { timeoutMs: 400 })
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
          /none is known/,
          /\.pgpass|PGPASSWORD/,
        )

        const link = linkTo(primary.dsn('trusted'))
        const sql = (text: string) => link.query({ name: text.slice(0, 20), text }, NEVER)
        assertFault(
          await faultOf(sql('select * from pg_authid')),
          'auth',
          /permission denied/,
          /GRANT SELECT ON pg_authid TO "trusted"/,
        )
        assertFault(
          await faultOf(sql('select pg_reload_conf()')),
          'auth',
          /permission denied/,
          /GRANT EXECUTE ON FUNCTION pg_reload_conf TO "trusted"/,
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

describe('a server that comes and goes', () => {
  test('frozen, black-holed, killed and restarted: each is told, and the next query after it works', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: 400 })
      assert.equal(await one(link), 1)

      await primary.freeze()
      assertFault(await faultOf(one(link)), 'timeout', /did not answer the query within 400 ms/, /frozen/)
      assertFault(await faultOf(one(link)), 'timeout', /took the connection but did not open a session/, /frozen/)
      await primary.thaw()
      await until('it answers again', 5_000, () =>
        one(link).then(
          () => true,
          () => false,
        ),
      )

      await primary.kill()
      assertFault(await faultOf(one(link)), 'refused', new RegExp(`127\\.0\\.0\\.1:${primary.port}`), /PostgreSQL runs/)
      await primary.start()
      assert.equal(await one(link), 1)

      await primary.restart()
      assert.equal(await one(link), 1, 'a lost idle session is replaced within the query')
      await primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgdeck'`)
      assert.equal(await one(link), 1)
      await link.close()
    }))

  test('a proxy that swallows everything, and one that resets', () =>
    withCluster({}, async ({ primary }) => {
      let mode: 'pass' | 'swallow' | 'reset' = 'pass'
      const inner = (socket: Socket) => {
        if (mode === 'reset') return void socket.resetAndDestroy()
        const far = dial(primary.port, '127.0.0.1').on('error', () => {})
        socket.on('data', (bytes) => {
          if (mode === 'pass') far.write(bytes)
          if (mode === 'reset') socket.resetAndDestroy()
        })
        far.on('data', (bytes) => mode === 'pass' && socket.write(bytes))
        socket.on('close', () => far.destroy())
      }
      await withListener(inner, async (port) => {
        const link = linkTo(primary.dsn('pgdeck').replace(`:${primary.port}/`, `:${port}/`), { timeoutMs: 400 })
        assert.equal(await one(link), 1)
        mode = 'swallow'
        assertFault(await faultOf(one(link)), 'timeout', /did not answer the query/, /cut/)
        mode = 'pass'
        assert.equal(await one(link), 1)
        mode = 'reset'
        assertFault(await faultOf(one(link)), 'unreachable', /reset|closed/, /log/)
        mode = 'pass'
        assert.equal(await one(link), 1)
        await link.close()
      })
    }))

  test('shutting down in smart mode, and a standby that takes no queries', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const [standby] = standbys
      assert.ok(standby)
      await standby.setSetting('hot_standby', 'off')
      await standby.stop()
      const started = standby.start().catch(() => {})
      const link = linkTo(standby.dsn('pgdeck'))
      let fault: Fault | null = null
      await until('it refuses queries', 10_000, async () => {
        fault = await faultOf(one(link))
        return fault.code === 'starting' && /Hot standby mode is disabled/.test(fault.message)
      })
      assert.match((fault as Fault | null)?.hint ?? '', /hot_standby is off/)
      await standby.stop()
      await started
      await link.close()

      const holder = linkTo(primary.dsn())
      await one(holder)
      const stopped = primary.stop('smart')
      const late = linkTo(primary.dsn('pgdeck'))
      await until(
        'it says that it stops',
        5_000,
        async () =>
          (
            await one(late).then(
              () => null,
              (error) => error.fault,
            )
          )?.code === 'starting',
      )
      assertFault(await faultOf(one(late)), 'starting', /shutting down/, /stopped or restarted/)
      await holder.close()
      await late.close()
      await stopped
    }))

  test('a locked catalog: the server gives up before we do, and says why', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: 600 })
      // New sessions look into pg_database themselves, so this one has to be there already.
      await pulse.read({ link }, NEVER)
      const holder = await hold(primary, 'begin; lock table pg_database in access exclusive mode')
      assertFault(await faultOf(pulse.read({ link }, NEVER)), 'timeout', /waited for a lock/, /pg_blocking_pids/)
      await holder.release()
      assertFault(
        await faultOf(link.query({ name: 'slow', text: 'select pg_sleep(5)' }, NEVER)),
        'timeout',
        /statement timeout/,
        /busy/,
      )
      assert.equal((await pulse.read({ link }, NEVER)).position.kind, 'primary', 'the session is still good')
      await link.close()
    }))

  test('a query waits for its turn, and giving up while waiting costs the other nothing', () =>
    withCluster({}, async ({ primary }) => {
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: 3_000 })
      await one(link)
      const slow = link.query<{ done: boolean }>(
        { name: 'slow', text: 'select true as done from pg_sleep(0.5)' },
        NEVER,
      )
      const abort = new AbortController()
      const waiting = faultOf(link.query({ name: 'one', text: 'select 1 as one' }, abort.signal))
      const patient = one(link)
      abort.abort()
      assertFault(await waiting, 'timeout', /still busy/, /sessions query/)
      assert.deepEqual(await slow, [{ done: true }])
      assert.equal(await patient, 1)
      await link.close()
    }))
})

/** A superuser's session that keeps what its statements took. */
async function hold(node: PostgresNode, text: string): Promise<{ release(): Promise<void> }> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  await client.query(text)
  return { release: () => client.end() }
}
