// A report of a real cluster: an outage and an act in the timeline, the logs of all nodes beside it.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { appendAuditLog } from '../../src/io/audit/audit-log-writer.ts'
import type { AuditEntry } from '../../src/model/events/audit-entry.ts'
import { startPgdeck } from '../cli/process.ts'
import { unpacked, writeConfig } from './collected.ts'
import { withCluster } from './embedded.ts'

const WHO = { user: 'ann', ssh: '10.0.0.9', tty: null }

describe('pgdeck report', () => {
  test('tells what happened and gathers the logs of every node', async (context) => {
    await withCluster(
      { standbys: 1, settings: { logging_collector: 'on', log_filename: 'server.log' } },
      async (cluster) => {
        const { primary, standbys } = cluster
        const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
        context.after(() => rmSync(folder, { recursive: true, force: true }))
        const env = { PGDECK_STATE_DIR: join(folder, 'state') }
        const entry = (ago: number, more: Partial<AuditEntry>): AuditEntry => {
          const usual = {
            who: WHO,
            cluster: 'main',
            server: 'db-2',
            category: 'resource',
            what: '?',
            plan: null,
            result: null,
          } as const
          return { at: Date.now() - ago, ...usual, ...more }
        }
        await appendAuditLog(env.PGDECK_STATE_DIR, [
          entry(10 * 3_600_000, { what: 'long ago' }),
          entry(60_000, { what: 'db-2 is down' }),
          entry(50_000, { category: 'user', what: 'restart of db-2 with password=Tell-n0body', result: 'done' }),
          entry(40_000, { cluster: 'other', what: 'of another cluster' }),
        ])
        const [standby] = standbys
        assert.ok(standby)
        await standby.stop('immediate')
        const config = writeConfig(join(folder, 'c.json'), [
          { name: 'db-1', node: primary, local: true },
          { name: 'db-2', node: standby, local: true },
        ])
        const run = (...words: readonly string[]) =>
          startPgdeck(context, ['report', '--since', '1h', '-c', config, ...words], { cwd: folder, env }).ended

        const alone = await run('--out', 'r.md')
        assert.equal(alone.code, 0, alone.err)
        const text = readFileSync(join(folder, 'r.md'), 'utf8')
        assert.match(
          text,
          /\| state \| db-2 \| db-2 is down \|\n.*\| \*\*act\*\* \| db-2 \| restart of db-2 with password=\\\[redacted\\\].*ann from 10\.0\.0\.9/,
        )
        assert.match(text, /- critical: .*db-2|- warning: .*db-2/)
        assert.ok(!/long ago|another cluster|n0body/.test(text))

        const whole = await run('--out', 'r.tar.gz', '--json')
        assert.equal(whole.code, 0, whole.err)
        const document = JSON.parse(whole.out)
        assert.deepEqual([document.schema, document.cluster], ['pgdeck.report/1', 'main'])
        assert.deepEqual(
          document.nodes.map(({ node, taken }: { node: string; taken: unknown[] }) => [node, taken.length]),
          [
            ['db-1', 1],
            ['db-2', 1],
          ],
        )
        const entries = await unpacked(join(folder, 'r.tar.gz'))
        const names = [...entries.keys()]
        for (const name of ['report.md', 'status.json', 'events.json', 'audit.json', 'manifest.json']) {
          assert.ok(names.includes(name), name)
        }
        const logs = names.filter((name) => name.endsWith('server.log')).map((name) => name.split('/')[1])
        assert.deepEqual(logs, ['db-1', 'db-2'])
        assert.match(
          entries.get('report.md') ?? '',
          /\| server log \| db-1 \| database system is ready to accept connections \|/,
        )
        for (const [name, content] of entries) assert.ok(!content.includes('n0body'), name)

        const wrong = await run('--out', 'r.zip')
        assert.equal(wrong.code, 64)
        assert.match(wrong.err, /ends in \.md or in \.tar\.gz/)
      },
    )
  })
})
