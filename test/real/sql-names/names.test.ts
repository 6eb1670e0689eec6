// No name of PostgreSQL's is written without its schema, in no SQL of the program: the search path decides over none. The
// path that every session begins with stands beside that; operators have it alone, because IN, LIKE, CASE and IS DISTINCT
// FROM can't name a schema.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ROOT } from '../../house/source.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { namesOf } from './catalog.ts'
import { literalsIn } from './literals.ts'
import { statementsIn, unqualifiedIn } from './words.ts'

/** What people are told to type takes no argument, or one that no other function fits better. */
const TYPED_BY_PEOPLE =
  /SELECT pg_(?:reload_conf\(\)|wal_replay_resume\(\)|terminate_backend\(\$\{session\.pid\}\))|(?:GRANT )?SELECT on pg_hba_file_rules/gi

/** Where recordings are: statements of SQLite, which has no schemas of functions. */
const OF_SQLITE = 'src/io/recording/'

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
      const ofPostgres = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) => !path.startsWith(OF_SQLITE))
      const literals = ofPostgres.flatMap((path) =>
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
})
