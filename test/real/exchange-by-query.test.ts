// A mirrored pair, one a copy of the other, whose changes triggers note in a table and a program carries over: what the configured query
// makes of that on real servers.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { removePath } from '../../src/io/files/sync-files.ts'
import type { Mirroring } from '../../src/model/picture/picture.ts'
import { until } from '../wait.ts'
import { watching } from './diagnosing.ts'
import { END_MAJORS, withCluster } from './embedded.ts'

const TABLES = `CREATE SCHEMA sync;
  CREATE TABLE sync.accounts (id int PRIMARY KEY, balance int NOT NULL);
  CREATE TABLE sync.pending (id bigserial, account int, balance int, origin text, made_at timestamptz DEFAULT clock_timestamp());
  CREATE FUNCTION sync.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('sync.carried', true) IS DISTINCT FROM 'yes' THEN
      INSERT INTO sync.pending (account, balance) VALUES (NEW.id, NEW.balance);
    END IF; RETURN NEW; END $$;
  CREATE TRIGGER note AFTER INSERT OR UPDATE ON sync.accounts FOR EACH ROW EXECUTE FUNCTION sync.note();
  GRANT USAGE ON SCHEMA sync TO pgdeck; GRANT SELECT ON sync.pending TO pgdeck;`

const SQL = 'SELECT count(*) AS changes, sum(pg_column_size(p.*)) AS bytes, min(made_at) AS oldest FROM pending p'

/** Carries what waits at one database over to the other, as a program for such tables does. */
async function carryOver(from: PostgresNode, to: PostgresNode): Promise<void> {
  type Change = { readonly account: number; readonly balance: number }
  const moved = await from.query<Change>('DELETE FROM sync.pending RETURNING account, balance')
  for (const { account, balance } of moved) {
    await to.query(
      `SELECT set_config('sync.carried', 'yes', false); INSERT INTO sync.accounts VALUES (${account}, ${balance})
        ON CONFLICT (id) DO UPDATE SET balance = excluded.balance`,
    )
  }
}

async function asCopy(node: PostgresNode): Promise<void> {
  await node.stop()
  removePath(join(node.dataDirectory, 'standby.signal'))
  await node.start()
}

const databaseOf = (node: PostgresNode) => ({
  name: node.name,
  dsn: `${node.dsn('pgdeck', 'postgres')}?sslmode=disable`,
})

describe('a mirrored pair that exchanges by tables of its own', () => {
  for (const major of END_MAJORS) {
    test(`flows, is cut, merges, on ${major}`, () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys: [second], caughtUp }) => {
        assert.ok(second)
        await primary.query(TABLES)
        await caughtUp()
        await asCopy(second)
        const databases = [primary, second].map(databaseOf)
        const exchange = { sql: SQL, searchPath: 'sync', cutAfter: '2s' }
        await watching({ databases, model: 'mirrored', exchange }, async ({ store, poll }) => {
          const directions = (): readonly Mirroring[] => store.latest().clusters[0]?.picture?.mirroring ?? []
          const becomes = (what: string, is: (out: Mirroring, back: Mirroring) => boolean) =>
            until(what, 30_000, async () => {
              await poll()
              const [out, back] = directions()
              return out !== undefined && back !== undefined && is(out, back)
            })
          await becomes('both flow', (out, back) => out.state === 'flowing' && back.state === 'flowing')
          assert.deepEqual(
            directions().map(({ readBy, behindChanges }) => [readBy, behindChanges]),
            [
              ['query', 0],
              ['query', 0],
            ],
          )
          assert.deepEqual(store.latest().clusters[0]?.picture?.splitBrains, [])

          await primary.query('INSERT INTO sync.accounts SELECT g, g FROM generate_series(1, 40) g')
          await becomes('it is cut', (out, back) => out.state === 'cut' && back.state === 'flowing')
          const [cut] = directions()
          assert.deepEqual([cut?.behindChanges, cut?.divergedChanges], [40, 40])
          assert.ok((cut?.behindBytes ?? 0) > 40 * 24, String(cut?.behindBytes))
          assert.ok(cut?.since != null && cut.oldestAt === cut.since)
          const alert = store.latest().clusters[0]?.picture?.alerts.find(({ rule }) => rule === 'replica-disconnected')
          assert.match(
            alert?.message ?? '',
            /standby-1 receives no changes from primary: they diverge, 40 changes \(.*kB\) of primary not merged/,
          )

          await carryOver(primary, second)
          await becomes('it has merged', (out) => out.state === 'flowing' && out.behindChanges === 0)
          const [counted] = await second.query<{ n: string }>('SELECT count(*) AS n FROM sync.accounts')
          assert.equal(counted?.n, '40')
        })
      }))
  }

  test('a query that changes something, fails or gives odd rows is unknown with the reason, and nothing is changed', () =>
    withCluster({ standbys: 1 }, async ({ primary, standbys: [second], caughtUp }) => {
      assert.ok(second)
      await primary.query(TABLES)
      await primary.query('INSERT INTO sync.accounts VALUES (1, 1); GRANT DELETE ON sync.pending TO pgdeck')
      await caughtUp()
      await asCopy(second)
      const reasonOf = async (sql: string) => {
        let reason: string | null = null
        const databases = [primary, second].map(databaseOf)
        await watching(
          { databases, model: 'mirrored', exchange: { sql, searchPath: 'sync' } },
          async ({ store, poll }) => {
            await until('the answer is read', 30_000, async () => {
              await poll()
              const record = store.latest().clusters[0]?.databases[0]
              return record?.pulse.state === 'fresh' && record.exchange !== undefined
            })
            const [out] = store.latest().clusters[0]?.picture?.mirroring ?? []
            assert.equal(out?.state, 'unknown')
            reason = out?.reason ?? null
          },
        )
        return reason ?? ''
      }
      const deleting = 'WITH gone AS (DELETE FROM pending RETURNING 1) SELECT count(*) AS changes FROM gone'
      assert.match(await reasonOf(deleting), /read-only transaction/)
      assert.match(await reasonOf('SELECT 1 AS changes; COMMIT; DELETE FROM sync.pending'), /multiple commands|syntax/)
      assert.match(
        await reasonOf('SELECT account AS changes, 1 AS bytes FROM pending, generate_series(1, 2)'),
        /gave 2 rows/,
      )
      assert.match(await reasonOf('SELECT count(*) AS changes FROM no_such_table'), /no_such_table/)
      const [left] = await primary.query<{ n: string }>('SELECT count(*) AS n FROM sync.pending')
      assert.equal(left?.n, '1')
    }))
})
