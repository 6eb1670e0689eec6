// A server whose messages are in another language (lc_messages): the same advice as in English or less, and never something else.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type PostgresNode, type ServerBinaries, startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import type { Fault } from '../../src/model/values/fault.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { faultAt, faultOf, linkTo, NEVER } from './links.ts'
import { prepared } from './prepared.ts'

/** The packages of npm have no translations, Debian's have. */
const BIN = '/usr/lib/postgresql/15/bin'
const LANGUAGES = ['de_DE', 'fr_FR', 'ja_JP', 'es_ES']

function missing(language: string): string | false {
  if (!existsSync(`${BIN}/postgres`)) return `no ${BIN}/postgres`
  const locales = spawnSync('locale', ['-a'], { encoding: 'utf8' }).stdout ?? ''
  const has = new RegExp(`^${language}\\.utf-?8$`, 'im').test(locales)
  return has ? false : `no locale ${language}.UTF-8 here (localedef -i ${language} -f UTF-8 ${language}.UTF-8)`
}

function debianBinaries(): ServerBinaries {
  const said = spawnSync(`${BIN}/postgres`, ['--version'], { encoding: 'utf8' }).stdout
  return { bin: BIN, version: /\d+\.\d+/.exec(said)?.[0] ?? '15', major: 15, source: 'Debian' }
}

const HBA = `local all postgres trust
host all rejected 127.0.0.1/32 reject
host all plain,nologin,limited,expired 127.0.0.1/32 scram-sha-256
`

async function prepare(server: PostgresNode): Promise<void> {
  await server.createRole('plain', 'LOGIN')
  await server.createRole('nologin', 'NOLOGIN')
  await server.createRole('limited', 'LOGIN CONNECTION LIMIT 0')
  await server.createRole('expired', "LOGIN VALID UNTIL '2001-01-01'")
  await server.query('CREATE DATABASE small CONNECTION LIMIT 0')
  await server.query('CREATE DATABASE locked ALLOW_CONNECTIONS false')
  await server.query('CREATE DATABASE theirs')
  await server.query('REVOKE CONNECT ON DATABASE theirs FROM PUBLIC')
  await server.query('REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() FROM PUBLIC')
}

const within = { timeoutMs: patiently(5_000) }

/** What the server says in each situation, and what pgdeck makes of it. */
async function checkRefusals(server: PostgresNode, says: (fault: Fault) => void): Promise<void> {
  const at = async (user: string, database = 'postgres') => {
    const fault = await faultAt(server.dsn(user, database), within)
    says(fault)
    return fault
  }
  const unlisted = await at('unlisted')
  assert.equal(unlisted.code, 'hba')
  assert.equal(unlisted.refused?.address, '127.0.0.1')
  assert.doesNotMatch(unlisted.hint ?? '', /"local /)
  const rejected = await at('rejected')
  assert.equal(rejected.code, 'hba')
  assert.doesNotMatch(rejected.hint ?? '', /Add "/)
  assert.match((await at('nologin')).hint ?? '', /ALTER ROLE "nologin" LOGIN/)
  const limited = await at('limited')
  assert.deepEqual([limited.code, limited.reason], ['too-many-connections', 'role-limit'])
  const small = await at('plain', 'small')
  assert.deepEqual([small.code, small.reason], ['too-many-connections', 'database-limit'])
  assert.deepEqual((await at('plain', 'locked')).reason, 'no-database')
  assert.deepEqual((await at('plain', 'nowhere')).reason, 'no-database')
  assert.match((await at('plain', 'theirs')).hint ?? '', /GRANT CONNECT ON DATABASE theirs TO "plain"/)
  assert.match((await faultAt(server.dsn('expired'), within)).hint ?? '', /VALID UNTIL/)
  const link = linkTo(server.dsn('plain'), within)
  const wal = { name: 'wal', text: 'SELECT pg_catalog.count(*) FROM pg_catalog.pg_ls_waldir()' }
  const denied = await faultOf(link.query(wal, NEVER))
  says(denied)
  assert.match(denied.hint ?? '', /GRANT EXECUTE/)
  assert.doesNotMatch(denied.hint ?? '', /pg_monitor/)
  await link.close()
}

async function shuttingDown(server: PostgresNode): Promise<Fault> {
  const holder = linkTo(server.dsn('plain'), within)
  await holder.query({ name: 'one', text: 'SELECT 1' }, NEVER)
  const stopped = server.stop('smart')
  for (;;) {
    const fault = await faultAt(server.dsn('plain'), within).catch(() => null)
    if (fault?.code !== 'starting') continue
    await holder.close()
    await stopped
    return fault
  }
}

describe('in another language', () => {
  for (const language of LANGUAGES) {
    test(language, { skip: missing(language) }, async () => {
      const settings = { lc_messages: `${language}.UTF-8` }
      const server = await startPrimary({ binaries: debianBinaries(), settings, hba: HBA, initialise: prepared })
      try {
        await prepare(server)
        await checkRefusals(server, ({ message }) => {
          assert.doesNotMatch(
            message,
            /no pg_hba\.conf entry|rejects connection|not permitted|does not exist|permission/,
          )
        })
        const stopping = await shuttingDown(server)
        assert.equal(stopping.reason, undefined)
        assert.doesNotMatch(stopping.hint ?? '', /replays its WAL/)
      } finally {
        await server.scratch.close()
      }
    })
  }
})

describe('in English', () => {
  for (const major of [MAJORS[0], MAJORS.at(-1)]) {
    test(`PostgreSQL ${major}`, () =>
      withCluster({ ...(major === undefined ? {} : { major }), hba: HBA }, async ({ primary }) => {
        await prepare(primary)
        await checkRefusals(primary, () => {})
        const added = /Add "host postgres unlisted 127\.0\.0\.1\/32 scram-sha-256"/
        assert.match((await faultAt(primary.dsn('unlisted'), within)).hint ?? '', added)
        assert.equal((await shuttingDown(primary)).reason, 'shutting-down')
      }))
  }
})
