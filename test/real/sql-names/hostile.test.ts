// Databases of users who mean harm: whatever pgdeck asks, plans and does there, nothing of theirs is run as its role.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { type DemoSession, openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { actOnEverything, askEverything, logOf } from './everything.ts'
import { betterFits, everythingIn, MANAGERS, TAKEN } from './traps.ts'

const ACTS = `grant execute on function pg_catalog.pg_promote(boolean, integer), pg_catalog.pg_reload_conf() to pgdeck;
  grant execute on function pg_catalog.pg_wal_replay_pause(), pg_catalog.pg_wal_replay_resume() to pgdeck;
  grant execute on function pg_catalog.pg_read_file(text), pg_catalog.pg_stat_file(text) to pgdeck;
  grant select on pg_catalog.pg_hba_file_rules to pgdeck; grant execute on function pg_catalog.pg_hba_file_rules() to pgdeck;
  grant pg_signal_backend to pgdeck; alter role pgdeck replication`

async function as(node: PostgresNode, user: string, database: string, work: (session: DemoSession) => Promise<void>) {
  const session = await openDemoSession({
    ...{ host: node.host, port: node.port, user, password: node.password, database },
    ...{ applicationName: user, limitMs: 60_000 },
  })
  try {
    await work(session)
  } finally {
    await session.close()
  }
}

function takenOn(nodes: readonly PostgresNode[]): readonly string[] {
  return nodes.flatMap((node) =>
    logOf(node).flatMap(({ application, text }) =>
      text.startsWith(TAKEN) && application !== 'mallory' ? [`${node.name}, ${application}: ${text}`] : [],
    ),
  )
}

function sleeper(node: PostgresNode, database: string) {
  const sessions: DemoSession[] = []
  return {
    async next(): Promise<number> {
      const { host, port, password } = node
      const limits = { applicationName: 'mallory', limitMs: 60_000 }
      const session = await openDemoSession({ host, port, password, user: 'mallory', database, ...limits })
      sessions.push(session)
      const [row] = await session.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')
      session.query('select pg_catalog.pg_sleep(60)').catch(() => {})
      return row?.pid ?? 0
    },
    end: () => Promise.all(sessions.map((session) => session.close())),
  }
}

interface Hostile {
  readonly what: string
  readonly major: number
  readonly database: string
  /** As superuser, before he does anything. */
  readonly before: string
  plant(session: DemoSession): Promise<void>
  /** A query that runs one of the traps, to know that they work. */
  readonly control: string
}

const MAKES_APP = 'create database app owner mallory'

const HOSTILE: readonly Hostile[] = [
  {
    what: 'an ordinary user who may create in public',
    major: Math.min(...MAJORS),
    database: 'postgres',
    before: 'grant create on schema public to public',
    async plant(session) {
      const statements = betterFits('public')
      const made = await Promise.all(statements.map((each) => session.query(each).then(() => true, refusedOnly)))
      assert.ok(made.filter((each) => each).length > 30, 'traps were made')
    },
    control: `select 1.5 * 1000, pg_has_role(current_user, 'pg_monitor', 'USAGE')`,
  },
  {
    what: 'the owner of the database, who decides over its search path',
    major: Math.max(...MAJORS),
    database: 'app',
    before: MAKES_APP,
    async plant(session) {
      await session.query('create schema evil; grant usage on schema evil to public')
      await session.query(everythingIn('evil'))
      const [row] = await session.query<{ n: number }>(
        `select count(*)::int as n from pg_proc where pronamespace = 'evil'::regnamespace`,
      )
      assert.ok((row?.n ?? 0) > 1_000, `${row?.n} traps were made`)
      for (const statement of MANAGERS) await session.query(statement)
      await session.query('alter database app set search_path = evil, pg_catalog')
    },
    control: 'select evil.now()',
  },
]

/** What he may not make he does without. */
function refusedOnly(error: unknown): boolean {
  assert.match(String((error as { code?: unknown }).code), /^(?:42|0A)/, String(error))
  return false
}

describe('in a database of', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  for (const { what, major, database, before, plant, control } of HOSTILE) {
    test(`${what} (PostgreSQL ${major}), nothing of his is run`, (context) =>
      withCluster(
        { major, standbys: 1, settings: { log_line_prefix: '%a<>' } },
        async ({ primary, nodes, caughtUp }) => {
          await primary.createRole('mallory', 'LOGIN')
          await primary.query(before)
          for (const grant of ACTS.split(';')) await primary.query(grant, [], database)
          await as(primary, 'mallory', database, plant)
          await caughtUp()
          await as(primary, 'pgdeck', database, async (session) => void (await session.query(control).catch(() => {})))
          const works = takenOn([primary])
          assert.ok(works.length > 0, 'the traps work')
          const asked = works.length

          for (const user of ['pgdeck', 'postgres']) await askEverything(context, { nodes, user, database })
          const sleepers = sleeper(primary, database)
          const unfinished = await actOnEverything({ nodes, user: 'pgdeck', database }, sleepers.next)
          await sleepers.end()
          assert.deepEqual(takenOn(nodes).slice(asked), [])
          assert.deepEqual(
            unfinished.filter((each) => !/^checkpoint/.test(each)),
            [],
            'what was asked for was done',
          )
          const roles = nodes.map((node) =>
            node.query<{ standby: boolean }>('select pg_catalog.pg_is_in_recovery() as standby'),
          )
          assert.deepEqual(
            (await Promise.all(roles)).flat().map(({ standby }) => standby),
            [false, true],
          )
        },
      ))
  }
})
