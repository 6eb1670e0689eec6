// What of a real database is counted: the rows of tables of which the role may read all.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { openDemoSession } from '../../../../src/io/postgres/demo-session.ts'
import { countRows } from '../../../../src/profiles/manageengine/steps/row-counts.ts'
import { withCluster } from '../../embedded.ts'

test('a table of which a policy hides rows is not counted, nor is its policy run', () =>
  withCluster({}, async ({ primary, password }) => {
    await primary.query(`create table open ("I" int); insert into open values (1), (2);
      create table "Hid'den" (i int); insert into "Hid'den" values (1), (2), (3);
      create function told(i int) returns boolean language plpgsql as 'begin raise exception ''run as %'', current_user; end';
      alter table "Hid'den" enable row level security;
      create policy told on "Hid'den" using (told(i));
      create table "of others" (i int);
      grant select on open, "Hid'den" to pgdeck`)
    const { host, port } = primary
    const session = await openDemoSession({
      ...{ host, port, password, user: 'pgdeck', database: 'postgres' },
      ...{ applicationName: 'test', limitMs: 60_000 },
    })
    try {
      const sql: ActionToolbox['sql'] = (_, { text, values }) => session.query(text, values)
      assert.deepEqual(await countRows('db-1', { sql }), { 'public.open': 2 })
    } finally {
      await session.close()
    }
  }))

test('all tables are counted, some with each statement, and the size of the database is measured once', () =>
  withCluster({ standbys: 0 }, async ({ primary }) => {
    await primary.query(
      "DO $$ BEGIN FOR i IN 1..90 LOOP EXECUTE format('CREATE TABLE t%s AS SELECT generate_series(1, %s) AS id', i, i); END LOOP; END $$",
    )
    await primary.query('CREATE TABLE "o\'dd ""name" ()')
    const asked: { readonly text: string; readonly values?: readonly unknown[] }[] = []
    const tools: Pick<ActionToolbox, 'sql'> = {
      sql: <Row extends object>(_: string, request: { text: string; values?: readonly unknown[] }) => {
        asked.push(request)
        return primary.query<Row>(request.text, [...(request.values ?? [])])
      },
    }
    const counts = await countRows('db-1', tools)
    assert.equal(counts?.['public.t90'], 90)
    assert.equal(counts?.['public.o\'dd "name'], 0)
    assert.equal(Object.keys(counts ?? {}).length, 91)
    assert.equal(asked.length, 4)
    const [first] = asked
    const plan = await primary.query<object>(`EXPLAIN ${first?.text}`, [...(first?.values ?? [])])
    assert.match(JSON.stringify(plan), /InitPlan/)
  }))
