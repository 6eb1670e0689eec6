// All that servers are sent, by what they logged: where others' things come first in the search path, PostgreSQL's own are
// meant all the same.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { namesOf } from './catalog.ts'
import { copiesUsedBy, makeCopies } from './copies.ts'
import { actOnEverything, askEverything, LOGS_STATEMENTS, sentTo } from './everything.ts'
import { statementsIn, unqualifiedIn } from './words.ts'

const OLDEST_AND_NEWEST = [...new Set([Math.min(...MAJORS), Math.max(...MAJORS)])]

describe('names in SQL', { skip: MAJORS.length === 0 ? 'no PostgreSQL here' : false }, () => {
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
  return openDemoSession({
    host,
    port,
    user: 'postgres',
    database: 'postgres',
    applicationName: 'test',
    limitMs: 60_000,
  })
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
