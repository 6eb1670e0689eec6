// The vendor's promotion of its read-only server, carried out on real servers: both orders, byte by byte.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sendRequest } from '../../../../src/demo/app-server/http-client.ts'
import type { Acting } from '../../../fakes/acting.ts'
import { actingOnSite, caughtUp, failing, handsOn, noteOf, told, withProfile } from './site.ts'

const STEPS = [
  'fence-old-primary',
  'promote',
  'note-acting',
  'stop-service',
  'remove-standby-signal',
  'edit-recovery-props',
  'edit-readonly-mode',
  'edit-server-state',
  'start-service',
  'delete-ro-ip',
  'delete-slot',
  'verify-writable',
  'verify-server',
  'repoint-followers',
  'slots',
  'report',
]

const FILES = [
  ['pgsql/ext_conf/postgres_ext.conf', 'recovery-props'],
  ['conf/configurations.properties', 'readonly-mode'],
  ['conf/serverstate.conf', 'server-state'],
] as const

describe('promote the read-only server', () => {
  test('first pg_promote(), then the vendor’s steps: a new timeline, the files as documented, the server serves', () =>
    withProfile({}, async (site) => {
      const before = new Map(FILES.map(([path]) => [path, site.file('pmp-ro', path)]))
      await site.sql(
        'db-1',
        "create table kept (n int); insert into kept values (1); insert into journal (note) values ('last')",
      )
      await caughtUp(site)
      const acting = await actingOnSite(site)
      try {
        await site.losePrimary()
        const run = await acting.act('promote', 'pmp-ro')
        assert.equal(run.state, 'done', told(run))
        assert.deepEqual(
          run.plan.steps.map(({ id }) => id),
          STEPS,
        )
        assert.equal(run.plan.confirm, 'pmp-ro')
        const [properties, state] = [before.get('conf/configurations.properties'), before.get('conf/serverstate.conf')]
        assert.equal(
          site.file('pmp-ro', 'conf/configurations.properties'),
          properties?.replace('readonly.mode=true\r\n', ''),
        )
        assert.match(properties ?? '', /readonly\.mode=true\r\n/)
        assert.equal(state, 'ro\n')
        assert.equal(site.file('pmp-ro', 'conf/serverstate.conf'), 'master\n')
        const ext = before.get('pgsql/ext_conf/postgres_ext.conf') ?? ''
        const header = '#------------ recovery props ------------\n'
        assert.equal(
          site.file('pmp-ro', 'pgsql/ext_conf/postgres_ext.conf'),
          ext.slice(0, ext.indexOf(header) + header.length),
        )
        for (const [path] of FILES) {
          assert.equal(site.file('pmp-ro', `${path}.pgdeck-${run.id}`), before.get(path), 'the copy is what it was')
        }
        assert.equal(existsSync(join(site.folder('pmp-ro'), 'pgsql/data/standby.signal')), false)
        const [now] = await site.sql(
          'db-ro',
          `select pg_is_in_recovery() as standby,
          substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline, (select count(*)::int from kept) as kept,
          (select count(*)::int from ro_servers) as ro, (select count(*)::int from pg_replication_slots) as slots,
          current_setting('primary_conninfo') as conninfo`,
        )
        assert.deepEqual(now, { standby: false, timeline: '00000002', kept: 1, ro: 0, slots: 0, conninfo: '' })
        const url = site.cluster.servers.find(({ name }) => name === 'pmp-ro')?.url ?? ''
        assert.equal((await sendRequest('GET', url, 3_000)).status, 200)
        assert.match((await sendRequest('GET', `${url}api/status`, 3_000)).body, /"access":"read-write"/)
        assert.match(noteOf(run, 'verify-server'), /is writable on timeline 2; pmp-ro answers with HTTP status 200/)
        assert.match(noteOf(run, 'note-acting'), /db-ro acts as the primary: db-1, pmp-a, pmp-b must not start/)
        assert.match(noteOf(run, 'fence-old-primary'), /would start as a standby/)
        const diff = run.plan.steps.find(({ id }) => id === 'edit-recovery-props')?.detail ?? ''
        assert.match(diff, /-primary_conninfo = 'host=127\.0\.0\.1 .*password=\[redacted\]/)
        assert.doesNotMatch(JSON.stringify(run), new RegExp(/password=([0-9a-f]+)/.exec(ext)?.[1] ?? 'none'))
      } finally {
        await acting.close()
      }
    }))

  test('the documented order is danger by name: it works, and leaves one timeline for two histories', () =>
    withProfile({ model: 'primary-with-read-only', profile: 'pam360' }, async (site) => {
      await caughtUp(site)
      const skip = { choice: 'skip', reason: 'its table is cleaned by hand' } as const
      const acting = await actingOnSite(site, { decisions: [skip] })
      try {
        await site.losePrimary()
        writeFileSync(
          join(site.folder('pmp-ro'), 'bin/DeleteROServerIP.sh'),
          '#!/bin/sh\necho no such table >&2\nexit 3\n',
        )
        const run = await acting.act('promote', 'db-ro', { 'vendor-order': 'true' })
        assert.match(
          acting.questions[0]?.why ?? '',
          /DeleteROServerIP\.sh 127\.0\.0\.1 ended with exit code 3: no such table/,
        )
        assert.equal(run.steps.find(({ id }) => id === 'delete-ro-ip')?.state, 'skipped')
        assert.equal(run.state, 'done', told(run))
        assert.match(run.plan.impact.statement, /same-timeline fork possible: rebuild only/)
        assert.match(noteOf(run, 'note-acting'), /same-timeline fork possible: rebuild only/)
        assert.match(noteOf(run, 'report'), /timeline: no new one, same-timeline fork possible: rebuild only/)
        const files = readdirSync(acting.folder).filter((name) => /^audit.*\.jsonl$/.test(name))
        const trail = files.map((name) => readFileSync(join(acting.folder, name), 'utf8')).join('')
        assert.match(trail, /same-timeline fork possible: rebuild only/)
        assert.equal(
          run.plan.checks.find(({ id }) => id === 'same-timeline')?.result,
          'warn',
          'the danger is among the checks',
        )
        assert.ok(!run.plan.steps.some(({ id }) => id === 'promote'))
        const [now] = await site.sql(
          'db-ro',
          `select pg_is_in_recovery() as standby,
          substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline`,
        )
        assert.deepEqual(now, { standby: false, timeline: '00000001' })
        assert.equal(site.file('pmp-ro', 'conf/serverstate.conf'), 'master\n')
        assert.ok(readdirSync(join(site.folder('pmp-ro'), 'conf')).includes(`serverstate.conf.pgdeck-${run.id}`))
      } finally {
        await acting.close()
      }
    }))

  test('without a way into the hosts: a person does it, and each effect is watched for', () =>
    withProfile({ model: 'primary-with-read-only' }, async (site) => {
      await caughtUp(site)
      await site.losePrimary()
      const path = (name: string) => join(site.folder('pmp-ro'), name)
      let executor: Acting['executor'] | null = null
      /** Done, but nothing can see it from here: then it is said. */
      const said = (deed: () => void | Promise<void>) => async () => {
        await deed()
        executor?.markManualDone()
      }
      const openJournal = handsOn({
        'fence-old-primary': said(() => {}),
        'stop-service': said(() => site.service('db-ro', 'stop')),
        'remove-standby-signal': said(() => rmSync(path('pgsql/data/standby.signal'), { force: true })),
        'edit-recovery-props': said(() => writeFileSync(path('pgsql/ext_conf/postgres_ext.conf'), '')),
        'edit-readonly-mode': said(() => writeFileSync(path('conf/configurations.properties'), '')),
        'edit-server-state': said(() => writeFileSync(path('conf/serverstate.conf'), 'master')),
        'start-service': () => site.service('db-ro', 'start'),
        'delete-ro-ip': said(() => {}),
        'delete-slot': said(() => {}),
      })
      const acting = await actingOnSite(site, {
        present: true,
        executor: { openJournal },
        change: ({ hosts, servers, ...rest }) => ({
          ...rest,
          // Their audit files are read through their hosts.
          servers: servers.map((server) => ({ ...server, audit: undefined })),
          hosts: hosts.map(({ name, installDirectory, dataDirectory }) => ({ name, installDirectory, dataDirectory })),
        }),
      })
      executor = acting.executor
      try {
        const proposed = await executor.propose({ action: 'promote', target: 'pmp-ro', input: {} })
        const down = { 'primary-down-by-others': 'seen on its host: it is off' }
        const run = await executor.propose({ action: 'promote', target: 'pmp-ro', input: {} }, down)
        assert.ok(proposed.plan.steps.filter(({ how }) => how === 'manual').length >= 8)
        assert.match(
          run.plan.steps.find(({ id }) => id === 'delete-slot')?.detail ?? '',
          /pmp-ro\/bin\/DeleteSlot\.sh ro_slot$/,
        )
        assert.equal(run.state, 'planned', told(run))
        const consent = { answer: { kind: 'typed', text: 'pmp-ro' }, givenBy: 'test', skips: {} } as const
        const done = await executor.start(run, consent)
        assert.equal(done.state, 'done', told(done))
        assert.match(noteOf(done, 'stop-service'), /marked it done by hand; not verified: .* refuses/)
        assert.match(noteOf(done, 'edit-server-state'), /marked it done by hand/)
        assert.match(noteOf(done, 'start-service'), /db-ro answers, as a primary on timeline 2/)
      } finally {
        await acting.close()
      }
    }))

  test('a primary that answers blocks it: the procedure makes no second one', () =>
    withProfile({}, async (site) => {
      const acting = await actingOnSite(site)
      try {
        const run = await acting.act('promote', 'pmp-ro')
        assert.equal(run.state, 'blocked')
        assert.ok(
          failing(run).some((line) => line.startsWith('no-other-primary: db-1 is writable')),
          failing(run).join(),
        )
        assert.ok(
          failing(run).some((line) => line.startsWith('others-are-down: pmp-a, pmp-b serve')),
          failing(run).join(),
        )
      } finally {
        await acting.close()
      }
    }))
})
