// Queries of the user's own configuration on real servers: they run only where nobody else decides what their names mean,
// and what a hint says mends it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import type { DatabaseSession } from '../../src/io/postgres/database-session.ts'
import { DEFAULT_SEARCH_PATH, type SearchPath } from '../../src/model/values/sql-names.ts'
import { patiently } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { faultOf, linkTo, NEVER } from './links.ts'

const named = (...schemas: readonly string[]): SearchPath => ({ schemas, isExplicit: true })

function asked(
  link: DatabaseSession,
  text: string,
  searchPath: SearchPath = DEFAULT_SEARCH_PATH,
  values: unknown[] = [],
) {
  return link.query<Record<string, unknown>>({ name: 'own', text, values, searchPath }, NEVER)
}

/** Runs the body with a database whose schema public nobody else may create in. */
async function withTables(
  major: number | undefined,
  body: (node: PostgresNode, link: DatabaseSession) => Promise<void>,
): Promise<void> {
  await withCluster(major === undefined ? {} : { major }, async ({ primary }) => {
    await primary.query(`revoke create on schema public from public;
      create table public.app_sessions (server text); insert into public.app_sessions values ('a'), ('a'), ('b');
      grant select on public.app_sessions to public; create role mallory; create role app`)
    const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(20_000) })
    try {
      await body(primary, link)
    } finally {
      await link.close()
    }
  })
}

interface Situation {
  readonly what: string
  readonly made: string
  readonly path?: SearchPath
  readonly message: RegExp
  /** The statement in the hint: once it is run, the query is. */
  readonly fix: string
}

const SITUATIONS: readonly Situation[] = [
  {
    what: 'everybody may create',
    made: 'grant create on schema public to public',
    message: /in database postgres everybody may create in schema public/,
    fix: 'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
  },
  {
    what: 'a role may create',
    made: 'grant create on schema public to mallory',
    message: /mallory may create in schema public/,
    fix: 'REVOKE CREATE ON SCHEMA public FROM mallory;',
  },
  {
    what: 'a role may create and hand that on, and has done so',
    made: `grant create on schema public to mallory with grant option;
      set role mallory; grant create on schema public to app; reset role`,
    message: /mallory may create in schema public/,
    fix: 'REVOKE CREATE ON SCHEMA public FROM mallory CASCADE;',
  },
  {
    what: 'a role with a name that needs quotes may create',
    made: 'create role "M; drop table x; --"; grant create on schema public to "M; drop table x; --"',
    message: /M; drop table x; -- may create in schema public/,
    fix: 'REVOKE CREATE ON SCHEMA public FROM "M; drop table x; --";',
  },
  {
    what: 'a role may create in the second schema of the path',
    made: 'create schema app authorization app; grant create on schema app to mallory',
    path: named('public', 'app'),
    message: /mallory may create in schema app/,
    fix: 'REVOKE CREATE ON SCHEMA app FROM mallory;',
  },
  {
    what: 'the schema belongs to somebody',
    made: 'alter schema public owner to mallory',
    message: /schema public belongs to mallory/,
    fix: 'ALTER SCHEMA public OWNER TO pg_database_owner;',
  },
  {
    what: 'a function was left there when creating was still allowed',
    made: `create function public.count(text) returns bigint language sql as 'select 0::bigint';
      alter function public.count(text) owner to mallory`,
    message: /mallory owns function public\.count\(pg_catalog\.text\)/,
    fix: 'DROP FUNCTION public.count(pg_catalog.text);',
  },
  {
    what: 'an aggregate was left there',
    made: `create aggregate public.max(text) (sfunc = textcat, stype = text);
      alter aggregate public.max(text) owner to mallory`,
    message: /mallory owns aggregate public\.max\(pg_catalog\.text\)/,
    fix: 'DROP AGGREGATE public.max(pg_catalog.text);',
  },
  {
    what: 'an operator was left there',
    made: `create operator public.= (leftarg = text, rightarg = integer, function = texteq_int);
      alter operator public.= (text, integer) owner to mallory`,
    message: /mallory owns operator public\.=\(pg_catalog\.text,integer\)/,
    fix: 'DROP OPERATOR public.=(pg_catalog.text,integer);',
  },
  {
    what: 'a function is named like a trusted one',
    made: `create function public.active(integer) returns integer language sql as 'select 1';
      create function public.active(smallint) returns integer language sql as 'select 2';
      alter function public.active(smallint) owner to mallory`,
    message: /mallory owns function public\.active\(smallint\)/,
    fix: 'DROP FUNCTION public.active(smallint);',
  },
  {
    what: 'a view hides a table of a later schema',
    made: `create schema app authorization app; create table app.users (n int); alter table app.users owner to app;
      create view public.users as select 1 as n; alter view public.users owner to mallory`,
    path: named('public', 'app'),
    message: /mallory owns view public\.users/,
    fix: 'DROP VIEW public.users;',
  },
]

describe('queries of the configuration', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
  for (const major of new Set([Math.min(...MAJORS), Math.max(...MAJORS)])) {
    test(`are not run on ${major} where others could put something in their way; the hint mends it`, () =>
      withTables(major, async (node, link) => {
        await node.query(
          `create function public.texteq_int(text, integer) returns boolean language sql as 'select true'`,
        )
        const count = 'select count(*)::int as n from public.app_sessions'
        for (const { what, made, path, message, fix } of SITUATIONS) {
          assert.deepEqual(await asked(link, count), [{ n: 3 }], `before: ${what}`)
          await node.query(made)
          const fault = await faultOf(asked(link, count, path))
          assert.equal(fault.code, 'protocol', what)
          assert.match(fault.message, message, what)
          assert.ok(fault.hint?.includes(fix), `${what}: ${fault.hint}`)
          assert.deepEqual(await asked(link, count, named()), [{ n: 3 }], `${what}: without a path`)
          await node.query(fix)
          assert.deepEqual(await asked(link, count, path), [{ n: 3 }], `mended: ${what}`)
          await node.query('drop schema if exists app cascade')
        }
      }))
  }

  test('find what the schemas of their path hold, pg_catalog first, whatever role and database say', () =>
    withTables(undefined, async (node, link) => {
      await node.query(`create schema app authorization app; create table app.app_sessions (n int);
        create schema "App-2"; create table "App-2".other (n int); create table app.pg_class (n int);
        grant usage on schema app, "App-2" to public; grant select on all tables in schema app, "App-2" to public;
        alter role pgdeck set search_path = app; alter database postgres set search_path = app, pg_catalog`)
      const path = async (searchPath?: SearchPath) =>
        (await asked(link, `select current_setting('search_path') as path`, searchPath))[0]?.path
      assert.equal(await path(), 'pg_catalog, public, pg_temp')
      assert.equal(await path(named('app', 'App-2')), 'pg_catalog, app, "App-2", pg_temp')
      assert.equal(await path(named()), 'pg_catalog, pg_temp')
      assert.deepEqual(await asked(link, 'select count(*)::int as n from app_sessions'), [{ n: 3 }])
      assert.deepEqual(await asked(link, 'select count(*)::int as n from app_sessions', named('app')), [{ n: 0 }])
      assert.deepEqual(await asked(link, 'select count(*)::int as n from other', named('App-2')), [{ n: 0 }])
      assert.deepEqual(await asked(link, 'select count(*) > 100 as all from pg_class', named('app')), [{ all: true }])
      const missing = await faultOf(asked(link, 'select 1', named('nowhere')))
      assert.match(missing.message, /there is no schema nowhere/)
      await node.query('alter schema public rename to elsewhere')
      assert.equal(await path(), 'pg_catalog, pg_temp', 'public is looked for only where it is')
    }))

  test('leave nothing behind, whatever they call, and are one statement that writes nothing', () =>
    withTables(undefined, async (node, link) => {
      await node.query(`create function public.meddle() returns int language plpgsql as $$ begin
          perform set_config('search_path', 'public', false), set_config('statement_timeout', '1', false),
            set_config('default_transaction_read_only', 'off', false); return 1; end $$;
        create function public.writes() returns int language plpgsql as $$ begin
          insert into public.app_sessions values ('x'); return 1; end $$`)
      const settings = async () => {
        const text = `select pg_catalog.current_setting('search_path') as path, pg_catalog.current_setting('statement_timeout')
          as timeout, pg_catalog.current_setting('default_transaction_read_only') as ro, pg_catalog.pg_backend_pid() as pid`
        return (await link.query({ name: 'settings', text }, NEVER))[0]
      }
      const before = await settings()
      assert.deepEqual(await asked(link, 'select meddle() as n'), [{ n: 1 }])
      assert.deepEqual(await settings(), before)
      for (const text of [
        'select 1; select 2',
        `commit; insert into public.app_sessions values ('x')`,
        `insert into public.app_sessions values ('x') returning 1`,
        'select writes()',
        'select no_such_function()',
        'nonsense',
      ]) {
        await faultOf(asked(link, text))
        assert.deepEqual(await settings(), before, text)
      }
      await node.query(`create function public.plant() returns int language plpgsql as $$ begin
        deallocate settings; execute 'prepare settings as select 1'; return 1; end $$`)
      const planted = await faultOf(asked(link, 'select plant()'))
      assert.match(planted.message, /prepared a statement in the session of pgdeck/)
      const other = await settings()
      assert.deepEqual({ ...(other as object), pid: 0 }, { ...(before as object), pid: 0 })
      assert.notDeepEqual(other, before, 'another session')
      await node.query(`create function public.hold() returns int language plpgsql as $$ begin
        perform pg_advisory_lock(7), pg_advisory_lock_shared(8, 9); return 1; end $$`)
      for (const text of ['select hold()', 'select hold() / 0']) {
        await asked(link, text).catch(() => {})
        const held = await node.query(`select from pg_locks where locktype = 'advisory'`)
        assert.deepEqual(held, [], 'no lock is kept from applications')
      }
      const parameters = await asked(link, 'select count(*)::int as n from app_sessions where server = $1', undefined, [
        'a',
      ])
      assert.deepEqual(parameters, [{ n: 2 }])
    }))
})
