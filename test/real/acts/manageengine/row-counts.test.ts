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
