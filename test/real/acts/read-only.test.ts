// Read-only mode: every act is refused with exit code 4, a run that was begun too, and nothing is changed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { startPgdeck } from '../../cli/process.ts'
import { actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

for (const how of ['--read-only', '"readOnly"'] as const) {
  test(`by ${how}`, (context) =>
    withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const databases = [primary, ...standbys].map((node) => ({ name: node.name, dsn: node.dsn() }))
      const free = await actingOn({ databases })
      const cluster = how === '"readOnly"' ? { readOnly: true } : {}
      // The configuration that counts for the commands below: it replaces that of the first one.
      const acting = await actingOn({ databases, cluster, folder: free.folder })
      const facts = async () => [
        await primary.query(
          'select pg_conf_load_time() as loaded, (select count(*) from pg_replication_slots) as slots',
        ),
        await standbys[0]?.query('select pg_is_in_recovery() as standby, pg_is_wal_replay_paused() as paused'),
      ]
      try {
        const proposed = await free.executor.propose({ action: 'reload', target: 'primary', input: {} })
        const done = await free.executor.start(proposed, { answer: { kind: 'enter' }, givenBy: 'test', skips: {} })
        const flags = how === '--read-only' ? ['--read-only'] : []
        const pgdeck = (...args: readonly string[]) =>
          startPgdeck(context, ['do', ...args, '-c', acting.configFile, ...flags], {
            cwd: acting.folder,
            env: acting.env,
          }).ended
        const before = await facts()
        const refused: readonly (readonly string[])[] = [
          ['reload', 'primary', '--yes'],
          ['reload', 'primary', '--yes', '--json'],
          ['checkpoint', 'primary', '--yes'],
          ['rename', 'primary', '--set', 'name=other', '--yes'],
          ['create-slot', 'primary', '--set', 'slot=x', '--confirm', 'primary', '--yes'],
          ['pause-replay', 'standby-1', '--yes'],
          ['promote', 'standby-1', '--confirm', 'standby-1'],
          ['--resume', done.id],
          ['--abort', done.id, '--yes'],
          ['--abort', done.id],
        ]
        for (const args of refused) {
          const { code, err, out } = await pgdeck(...args)
          assert.equal(code, 4, `${args.join(' ')}: ${err}${out}`)
          assert.match(err, /read-only: .*\n?.*Nothing was changed/, args.join(' '))
          if (args.includes('--json')) assert.equal(JSON.parse(out).schema, 'pgdeck.run/1')
        }
        const dry = await pgdeck('reload', 'primary', '--dry-run')
        assert.equal(dry.code, 0, dry.err)
        assert.deepEqual(await facts(), before)
        const noted = await readAuditLog({ folder: acting.folder })
        const refusals = noted.filter(({ what }) => /refused: read-only/.test(what))
        assert.equal(refusals.length, refused.length, noted.map(({ what }) => what).join('; '))
      } finally {
        await acting.close()
        await free.close()
      }
    }))
}
