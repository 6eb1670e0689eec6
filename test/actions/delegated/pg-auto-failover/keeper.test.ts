// What a keeper is told when its node is built anew, and which commands are those of its service.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  isOfKeeper,
  type KeeperSettings,
  wordsToCreate,
} from '../../../../src/actions/delegated/pg-auto-failover/keeper.ts'

const PLAIN: KeeperSettings = {
  pg_autoctl: { formation: 'default', name: 'node 3', hostname: '10.0.0.13', nodekind: 'standalone' },
  postgresql: {
    dbname: 'postgres',
    port: 5433,
    listen_addresses: '10.0.0.13',
    auth_method: 'scram-sha-256',
    hba_level: 'minimal',
  },
  ssl: { active: 0 },
}
const RANK = { priority: 40, quorum: false }
const DATA = '/var/lib/postgresql/data'

describe('a node that is created again', () => {
  test('gets the settings and the rank that it had', () => {
    const words = wordsToCreate(DATA, PLAIN, RANK)
    assert.ok(!('why' in words))
    assert.equal(
      words.join(' '),
      `create postgres --pgdata ${DATA} --pgport 5433 --hostname 10.0.0.13 --listen 10.0.0.13 --name node 3 --formation default --dbname postgres --auth scram-sha-256 --no-ssl --candidate-priority 40 --replication-quorum false`,
    )
  })

  test('keeps away from pg_hba.conf where it did so', () => {
    const words = wordsToCreate(DATA, { ...PLAIN, postgresql: { ...PLAIN.postgresql, hba_level: 'none' } }, RANK)
    assert.ok(!('why' in words))
    assert.ok(words.includes('--skip-pg-hba') && !words.includes('--auth'))
  })

  test('keeps its certificates, unless the copy would remove them', () => {
    const ssl = {
      active: 1,
      sslmode: 'verify-full',
      ca_file: '/etc/ca.crt',
      cert_file: '/etc/a.crt',
      key_file: '/etc/a.key',
    }
    const words = wordsToCreate(DATA, { ...PLAIN, ssl }, RANK)
    assert.ok(!('why' in words))
    assert.match(
      words.join(' '),
      / --ssl-ca-file \/etc\/ca\.crt --server-cert \/etc\/a\.crt --server-key \/etc\/a\.key --ssl-mode verify-full /,
    )
    const inside = wordsToCreate(DATA, { ...PLAIN, ssl: { ...ssl, key_file: `${DATA}/server.key` } }, RANK)
    assert.match('why' in inside ? inside.why : '', /holds \/var\/lib\/postgresql\/data\/server\.key/)
    const own = wordsToCreate(DATA, { ...PLAIN, ssl: { active: 1, sslmode: 'require' } }, RANK)
    assert.ok(!('why' in own) && own.includes('--ssl-self-signed'))
  })

  test('is none of Citus', () => {
    const citus = { ...PLAIN, pg_autoctl: { ...PLAIN.pg_autoctl, nodekind: 'worker' } }
    assert.ok('why' in wordsToCreate(DATA, citus, RANK))
  })
})

test('a command is that of the keeper by its program, or by the service that it names', () => {
  const its = [
    'systemctl stop pgautofailover',
    'sudo -n systemctl start pg_autoctl@main',
    '/usr/bin/pg_autoctl stop',
    'sudo pgautofailover-stop',
  ]
  for (const words of its) assert.ok(isOfKeeper(words.split(' ')), words)
  const others = [
    'systemctl stop postgresql',
    'pg_ctl stop -D /srv/pgautofailover',
    'sudo pg_ctlcluster 15 pgautofailover stop',
  ]
  for (const words of others) assert.ok(!isOfKeeper(words.split(' ')), words)
})
