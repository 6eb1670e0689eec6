// A primary whose sessions are read-only by default, which pgdeck's own setting hides: told on real servers, and over in time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../wait.ts'
import { assertCause, findingOf, watching } from '../diagnosing.ts'
import { MAJORS, withCluster } from '../embedded.ts'

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`PostgreSQL ${major}: the server, a database, our own role`, () =>
    withCluster({ major }, async ({ primary }) => {
      const cluster = { databases: [{ name: 'p', dsn: primary.dsn('pgdeck') }] }
      await watching(cluster, async ({ poll, store, diagnose }) => {
        const told = async () => {
          await poll()
          const picture = store.latest().clusters[0]?.picture
          const alerts = picture?.alerts.filter(({ rule }) => /read-only/.test(rule)) ?? []
          return [picture?.serving?.access, ...alerts.map(({ rule, severity }) => `${rule} ${severity}`)]
        }
        const untilTold = (...wanted: readonly string[]) =>
          until(wanted.join(), 20_000, async () => (await told()).join() === wanted.join())
        await untilTold('read-write')
        assert.equal(findingOf(await diagnose('p'), 'writes').result, 'ok')

        await primary.setSetting('default_transaction_read_only', 'on')
        await untilTold('read-only', 'primary-read-only critical')
        assertCause(await diagnose('p'), 'primary-read-only', /is not writable.*ALTER SYSTEM RESET/)

        await primary.setSetting('default_transaction_read_only', 'off')
        await untilTold('read-write')
        await primary.query('create database app')
        await primary.query('alter database app set default_transaction_read_only = true')
        await untilTold('read-write', 'primary-read-only warning')
        assertCause(await diagnose('p'), 'primary-read-only', /is not writable in database app/)
        await primary.query('alter database app reset default_transaction_read_only')

        await primary.createRole('report', 'LOGIN')
        await primary.query('alter role report set default_transaction_read_only = yes')
        await untilTold('read-write')
        assert.match(findingOf(await diagnose('p'), 'writes').evidence, /is writable; role report is read-only/)

        // It needs no reload, and concerns our own sessions too.
        await primary.query('alter role all set default_transaction_read_only = on')
        await untilTold('read-only', 'primary-read-only critical')
        await primary.query('begin read write; alter role all reset default_transaction_read_only; commit')
        await untilTold('read-write')

        await primary.query('alter database postgres set default_transaction_read_only = on')
        await untilTold('read-only', 'primary-read-only critical')
        assertCause(await diagnose('p'), 'primary-read-only', /is not writable in database postgres/)
        await primary.query('begin read write; alter database postgres set default_transaction_read_only = off; commit')
        await primary.setSetting('default_transaction_read_only', 'on')
        await until('unknown, for an own value hides that', 20_000, async () => {
          await told()
          return findingOf(await diagnose('p'), 'writes').result === 'unknown'
        })
        await primary.setSetting('default_transaction_read_only', 'off')
        await primary.query('alter database postgres reset default_transaction_read_only')
        await untilTold('read-write')

        await primary.query('alter role pgdeck set default_transaction_read_only = on')
        await primary.query('select pg_reload_conf()')
        await until('unknown', 20_000, async () => {
          await told()
          return findingOf(await diagnose('p'), 'writes').result === 'unknown'
        })
        assert.deepEqual(await told(), ['read-write'])
      })
    }))
}
