// What a diagnosis makes of a database that refuses, starts, stops, hangs, is full or is gone: made with real servers.

import assert from 'node:assert/strict'
import { chmodSync, chownSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addStandby } from '../../src/demo/postgres/start-postgres.ts'
import { FaultError } from '../../src/model/values/fault.ts'
import { serveHttp, tlsFile } from '../fakes/web.ts'
import { until } from '../wait.ts'
import { assertCause, diagnose, findingOf, inside, outside, seen } from './diagnosing.ts'
import { withCluster } from './embedded.ts'
import { linkTo, one } from './links.ts'

const HBA = `local all postgres trust
local replication postgres trust
host all rejected 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

describe('a database', () => {
  test('well; refused by pg_hba; wrong password; no such database; frozen; stopped; crashed', () =>
    withCluster({ hba: HBA }, async ({ primary }) => {
      const db = seen('db', primary)
      const well = await diagnose(inside(db), 'db')
      assertCause(well, null, /no problem was found with db/)
      assert.equal(well.verdict.health, 'ok')
      for (const id of ['port', 'session', 'state', 'service', 'disk', 'clock'] as const) {
        assert.equal(findingOf(well, id).result, 'ok', id)
      }

      const as = (dsn: string) => ({ databases: [{ name: 'db', dsn }] })
      assertCause(await diagnose(as(primary.dsn('rejected')), 'db'), 'hba-refuses-us', /rejects connection/)
      const wrong = primary.dsn('pgdeck').replace(/:[^:@]*@/, ':hush@')
      const denied = await diagnose(as(wrong), 'db')
      assertCause(denied, 'wrong-password', /does not accept the password/)
      assert.doesNotMatch(JSON.stringify(denied), /hush/)
      assertCause(await diagnose(as(primary.dsn('pgdeck', 'nope')), 'db'), 'login-refused', /nope/)

      await primary.freeze()
      assertCause(await diagnose(inside(db), 'db'), 'not-answering', /frozen|hangs/)
      await primary.thaw()

      await primary.stop()
      assertCause(await diagnose(inside(db), 'db'), 'service-stopped', /no postmaster runs/)
      assertCause(await diagnose(outside(db), 'db'), 'port-refused')
      await primary.start()
      await primary.kill()
      assertCause(await diagnose(inside(db), 'db'), 'service-crashed', /process \d+, which is gone/)
    }))

  test('a certificate that has expired, one for another name, one that nobody trusts', () =>
    withCluster({}, async ({ primary }) => {
      const key = join(primary.dataDirectory, 'server.key')
      const shown = join(primary.dataDirectory, 'server.crt')
      const { owner } = primary.scratch
      copyFileSync(tlsFile('key.pem'), key)
      chmodSync(key, 0o600)
      if (owner) chownSync(key, owner.uid, owner.gid)
      const show = async (name: string) => {
        copyFileSync(tlsFile(`${name}.pem`), shown)
        chmodSync(shown, 0o644)
        await primary.setSetting('ssl', 'on')
      }
      const dsn = `${primary.dsn('pgdeck')}?sslmode=verify-full&sslrootcert=${tlsFile('ca.pem')}`
      const found = () => diagnose({ databases: [{ name: 'db', dsn }] }, 'db')
      await show('valid')
      assertCause(await found(), null)
      await show('expired')
      assertCause(await found(), 'tls-expired')
      await show('other')
      assertCause(await found(), 'tls-wrong-name')
      await show('self-signed')
      assertCause(await found(), 'tls-untrusted')
    }))

  test('no connection left', () =>
    withCluster({ settings: { max_connections: '5', superuser_reserved_connections: '2' } }, async ({ primary }) => {
      const links = [1, 2, 3].map(() => linkTo(primary.dsn('pgdeck')))
      for (const link of links) await one(link)
      const found = await diagnose(inside(seen('db', primary)), 'db')
      for (const link of links) await link.close()
      assertCause(found, 'too-many-connections', /reserved/)
      assert.equal(findingOf(found, 'session').result, 'ok')
    }))

  test('shutting down, starting up, and a standby that takes no sessions', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [standby] }) => {
      assert.ok(standby)
      const says = (name: string, dsn: string, words: RegExp) =>
        until(name, 10_000, async () => {
          const link = linkTo(dsn)
          const error: unknown = await one(link).catch((thrown: unknown) => thrown)
          await link.close()
          return error instanceof FaultError && words.test(error.message)
        })
      await standby.setSetting('hot_standby', 'off')
      await standby.stop()
      const blind = standby.start().catch(() => {})
      await says('it takes no sessions', standby.dsn('pgdeck'), /Hot standby mode is disabled/)
      assertCause(await diagnose(inside(seen('db', standby)), 'db'), 'no-hot-standby')
      await standby.stop()
      await blind

      await standby.setSetting('hot_standby', 'on')
      await standby.setSetting('restore_command', 'sleep 30')
      const waiting = standby.start().catch(() => {})
      await says('it starts', standby.dsn('pgdeck'), /starting up|not yet accepting/)
      assertCause(await diagnose(inside(seen('db', standby)), 'db'), 'database-starting')
      await standby.kill()
      await waiting

      const holder = linkTo(primary.dsn())
      await one(holder)
      const stopped = primary.stop('smart')
      await says('it stops', primary.dsn('pgdeck'), /shutting down/)
      assertCause(await diagnose(inside(seen('db', primary)), 'db'), 'database-shutting-down')
      await holder.close()
      await stopped
    }))
})

describe('an application server and its database', () => {
  test('up, but its database is down; or reachable from here and without a session of it', (context) =>
    withCluster({}, async ({ primary }) => {
      const url = await serveHttp(context, (_, answer) => answer.writeHead(503).end())
      const { database, host } = seen('db', primary)
      const raw = {
        model: 'shared-database',
        databases: [database],
        hosts: [host],
        servers: [{ name: 'app', type: 'primary', url, database: 'db', applicationName: 'app' }],
      }
      const cut = await diagnose(raw, 'app')
      assertCause(cut, 'application-database-unreachable', /has no session from app/)
      assert.equal(findingOf(cut, 'database').result, 'ok')
      await primary.stop()
      const down = await diagnose(raw, 'app')
      assertCause(down, 'application-database-unreachable', /db: .* refuses connections/)
      assert.match(down.verdict.next ?? '', /d on db/)
    }))

  test('the read-only server is down while its replica is fine', (context) =>
    withCluster({}, async ({ primary }) => {
      const standby = await addStandby(primary, { name: 'ro' })
      const url = await serveHttp(context, (_, answer) => answer.end('fine'))
      const both = [seen('db-1', primary), seen('db-ro', standby, { slot: 'ro' })] as const
      const servers = [
        { name: 'app', type: 'primary', url, database: 'db-1' },
        { name: 'app-ro', type: 'read-only', url: 'http://127.0.0.1:1/', database: 'db-ro' },
      ]
      const raw = { model: 'primary-with-read-only', ...inside(...both), servers }
      const found = await diagnose(raw, 'app-ro')
      assertCause(found, 'read-only-server-down', /app-ro itself is down, while its standby is up/)
      assert.equal(findingOf(found, 'replica').result, 'ok')
      const replica = await diagnose(raw, 'db-ro')
      assertCause(replica, 'server-of-it-down', /app-ro is inactive/)
      assert.equal(replica.verdict.health, 'warning')
    }))
})
