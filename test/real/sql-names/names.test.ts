// No name of PostgreSQL's is written without its schema, in no SQL of the program: the search path decides over none. The
// path that every session begins with stands beside that; operators have it alone, because IN, LIKE, CASE and IS DISTINCT
// FROM can't name a schema.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres.ts'
import { openSession } from '../../../src/io/session.ts'
import { ROOT } from '../../house/source.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { copiesUsedBy, makeCopies } from './copies.ts'
import { actOnEverything, askEverything, LOGS_STATEMENTS, sentTo } from './everything.ts'
import { literalsIn } from './literals.ts'
import { type Names, statementsIn, unqualifiedIn } from './words.ts'

const OLDEST_AND_NEWEST = [...new Set([Math.min(...MAJORS), Math.max(...MAJORS)])]

async function namesOf(node: PostgresNode): Promise<Names> {
  const ask = async (sql: string) => new Set((await node.query<{ name: string }>(sql)).map(({ name }) => name))
  return {
    routines: await ask(`select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace`),
    relations: await ask(
      `select relname as name from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')`,
    ),
    types: await ask(
      `select typname as name from pg_type where typnamespace = 'pg_catalog'::regnamespace and typtype in ('b', 'e', 'p', 'r')`,
    ),
  }
}

/** What people are told to type takes no argument, or one that no other function fits better. */
const TYPED_BY_PEOPLE =
  /SELECT pg_(?:reload_conf\(\)|wal_replay_resume\(\)|terminate_backend\(\$\{session\.pid\}\))|(?:GRANT )?SELECT on pg_hba_file_rules/gi

const IS_SQL = /\b(?:SELECT|JOIN|CASE WHEN|PERFORM)\b|pg_catalog\.|^\s*(?:select|insert|update|delete|with|begin)\s/

describe('names in SQL', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  test('are told apart: with their schema, of the grammar, of the text itself, and without', () =>
    withCluster({}, async ({ primary }) => {
      const names = await namesOf(primary)
      for (const [sql, found] of [
        ['SELECT pg_catalog.count(*), coalesce(a, 1), extract(epoch FROM b) FROM pg_catalog.pg_class', []],
        [
          'SELECT count(*), PG_IS_IN_RECOVERY () FROM pg_class c, pg_stat_activity',
          ['count()', 'pg_is_in_recovery()', 'pg_class', 'pg_stat_activity'],
        ],
        [`SELECT '[]'::json, a::pg_catalog.text, b::int, c::timestamptz[]`, ['::json', '::timestamptz']],
        [`SELECT substring(a FROM 'b'), substring(a, 'b'), "now"(), x.now()`, ['substring()']],
        [`SELECT pg_catalog.query_to_xml('SELECT now() AS f', true)`, ['now()']],
        [`SELECT pg_catalog.has_function_privilege('pg_catalog.pg_read_file(text)', 'x')`, ['text']],
        [`SELECT pg_catalog.has_function_privilege('pg_read_file(pg_catalog.text)', 'x')`, ['pg_read_file()']],
        ['DO $x$ BEGIN PERFORM now(); END $x$ -- count(*)', ['now()']],
      ] as const) {
        assert.deepEqual(unqualifiedIn(sql, names), found, sql)
      }
      assert.deepEqual(statementsIn(`BEGIN; SELECT ';' ; ;ROLLBACK`), ['BEGIN', `SELECT ';'`, 'ROLLBACK'])
      const filled = (text: string) => text.replaceAll('#', '$')
      const source = filled("const a = `x#{b(`y#{1 + 'z'}`)}`; // `no`\nconst c = /`'/.test(a) ? 'd' : a / 2 / 3")
      assert.deepEqual(literalsIn(source), ['z', "y#{1 + 'z'}", "x#{b(`y#{1 + 'z'}`)}", 'd'].map(filled))
    }))

  test('have their schema in every literal of the source', () =>
    withCluster({}, async ({ primary }) => {
      const names = await namesOf(primary)
      const literals = globSync('src/**/*.ts', { cwd: ROOT }).flatMap((path) =>
        literalsIn(readFileSync(join(ROOT, path), 'utf8')).flatMap((text) =>
          IS_SQL.test(text) ? [{ path, text }] : [],
        ),
      )
      assert.ok(literals.length > 200, `${literals.length} literals of SQL were found`)
      const found = literals.flatMap(({ path, text }) => {
        const without = unqualifiedIn(text.replaceAll(TYPED_BY_PEOPLE, ''), names)
        return without.length === 0 ? [] : [`${path}: ${without.join(', ')} in ${text}`]
      })
      assert.equal(found.length, 0, found.join('\n'))
    }))

  for (const major of OLDEST_AND_NEWEST) {
    test(`mean PostgreSQL's own in all that PostgreSQL ${major} is sent, also where others come first`, (context) =>
      withCluster({ major, standbys: 2, settings: LOGS_STATEMENTS }, async ({ primary, nodes }) => {
        await primary.query('revoke create on schema public from public')
        for (const user of ['postgres', 'pgdeck']) await askEverything(context, { nodes, user })
        const sleeper = await sleeping(primary)
        assert.deepEqual(await actOnEverything({ nodes, user: 'postgres' }, sleeper.next), [])
        await sleeper.end()
        const statements = [...new Set(nodes.flatMap(sentTo))]
          .filter((text) => text !== 'select now()')
          .flatMap(statementsIn)
        const asked = [...new Set(statements)]
        assert.ok(asked.length > 50, `${asked.length} statements were recorded`)
        for (const part of [
          'pg_create_physical_replication_slot',
          'pg_stat_get_wal_senders',
          'pg_hba_file_rules',
          'pg_stat_progress_vacuum',
          'aclexplode',
        ])
          assert.ok(
            asked.some((text) => text.includes(part)),
            `${part} was not recorded`,
          )

        const names = await namesOf(primary)
        for (const text of asked) assert.deepEqual(unqualifiedIn(text, names), [], text)

        await makeCopies(primary)
        const session = await superuser(primary)
        try {
          const control = await copiesUsedBy(session, `SELECT count(*), now() FROM pg_class`)
          assert.equal(control.length, 3, control.join(', '))
          for (const text of asked.filter((each) => /^(?:select|with)\b/i.test(each)))
            assert.deepEqual(await copiesUsedBy(session, text), [], text)
        } finally {
          await session.close()
        }
      }))
  }
})

function superuser({ socketDirectory: host, port }: PostgresNode) {
  return openSession({ host, port, user: 'postgres', database: 'postgres', applicationName: 'test', limitMs: 60_000 })
}

/** Sessions that sleep until something ends it. */
async function sleeping(node: PostgresNode) {
  const sessions: Awaited<ReturnType<typeof superuser>>[] = []
  return {
    async next() {
      const session = await superuser(node)
      sessions.push(session)
      const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
      session.query('select pg_sleep(60)').catch(() => {})
      return row?.pid ?? 0
    },
    end: () => Promise.all(sessions.map((session) => session.close())),
  }
}
