// The end of a real server's log that was rotated just now, through SQL and on its host.

import assert from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { HostConfig } from '../../src/config/config.ts'
import { readLogTails } from '../../src/probes/database/server-log-tails.ts'
import { readLoggingSettings } from '../../src/probes/database/server-logs.ts'
import { logTailsOnHost } from '../../src/probes/diagnosis/log-tails.ts'
import { until, within } from '../wait.ts'
import { MAJORS, withCluster } from './embedded.ts'
import { linkTo } from './links.ts'

const SETTINGS = { logging_collector: 'on', log_filename: 'ours-%H%M%S.log', log_destination: 'stderr,csvlog' }
const HOST = { id: 'h1', access: { kind: 'local' }, platform: 'linux' } as HostConfig

describe('the end of a log', () => {
  for (const major of new Set([MAJORS.at(0) ?? 14, MAJORS.at(-1) ?? 18])) {
    test(`of PostgreSQL ${major} has what stands in the file before the newest`, () =>
      withCluster({ major, settings: SETTINGS }, async ({ primary }) => {
        const files = () =>
          primary.query<{ name: string }>(
            "select name from pg_ls_logdir() where name like '%.log' order by modification",
          )
        const say = (words: string) => primary.query(`do $$ begin raise log '${words}'; end $$`)
        await say('the first word')
        await until('the log is rotated', 10_000, async () => {
          await primary.query('select pg_rotate_logfile()')
          return (await files()).length > 1
        })
        await say('the last word')
        // Of another server, newer than all.
        const foreign = join(primary.dataDirectory, 'log', 'theirs-121314.log')
        writeFileSync(foreign, 'of another server\n')
        utimesSync(foreign, 4_000_000_000, 4_000_000_000)
        const session = linkTo(primary.dsn('postgres'))
        try {
          const logging = await readLoggingSettings(session, within(5_000))
          assert.equal(logging.filename, SETTINGS.log_filename)
          const readers = {
            sql: async () => (await readLogTails(session, logging, within(10_000))).texts ?? [],
            host: () =>
              logTailsOnHost(
                { config: HOST, ssh: null },
                [join(primary.dataDirectory, 'log')],
                logging.filename,
                within(10_000),
              ),
          }
          for (const [how, read] of Object.entries(readers)) {
            await until(`both words, by ${how}`, 10_000, async () =>
              (await read()).every((text) => text.includes('the last word')),
            )
            const texts = await read()
            assert.equal(texts.length, 2, how)
            for (const text of texts) {
              assert.ok(text.includes('the first word') && text.indexOf('first word') < text.indexOf('last word'), how)
              assert.ok(!text.includes('of another server'), how)
            }
          }
          assert.deepEqual(await readLogTails(session, { ...logging, collector: false }, within(10_000)), { texts: [] })
        } finally {
          await session.close()
        }
      }))
  }
})
