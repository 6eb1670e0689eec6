// A server that is gone behind a pooler: that is not told as a fault of the pooler's mode, and ends when the server is back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { openPgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently, until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { assertFault, faultOf, linkTo, NEVER } from '../links.ts'

const DROPPED = 'ignore_startup_parameters = options, extra_float_digits'

for (const more of ['', DROPPED])
  test(
    `a server that stops and comes back${more && ', behind a pooler that drops options'}`,
    {
      skip: withoutPgBouncer,
    },
    () =>
      withCluster({}, async ({ primary }) => {
        const pool = await openPgBouncer(
          primary,
          'transaction',
          `${more}\nserver_login_retry = 1\nquery_wait_timeout = 1`,
        )
        const watch = linkTo(pool.dsn(), { timeoutMs: patiently(4_000) })
        const fresh = linkTo(pool.dsn(), { timeoutMs: patiently(4_000) })
        assert.equal((await pulseProbe.read({ session: watch }, NEVER)).position.kind, 'primary')
        await primary.stop('fast')
        for (const link of [watch, fresh]) {
          const fault = await faultOf(pulseProbe.read({ session: link }, NEVER))
          assertFault(fault, 'protocol', /server_login_retry|query_wait_timeout|shutting down/, /^/)
          assert.doesNotMatch(fault.message, /statement pooling/)
        }
        await primary.start()
        for (const link of [watch, fresh])
          await until('it is read again', 5_000, () =>
            pulseProbe.read({ session: link }, NEVER).then(
              ({ position }) => position.kind === 'primary',
              () => false,
            ),
          )
        await watch.close()
        await fresh.close()
        await pool.close()
      }),
  )

test('a session that the pooler has no place for is not told as statement pooling', { skip: withoutPgBouncer }, () =>
  withCluster({}, async ({ primary }) => {
    const pool = await openPgBouncer(primary, 'transaction', 'query_wait_timeout = 1')
    const busy = linkTo(pool.dsn(), { timeoutMs: patiently(20_000) })
    const held = busy.query({ name: 'long', text: 'SELECT pg_catalog.pg_sleep(600)' }, NEVER)
    held.catch(() => {})
    await until('the only session is taken', 2_000, async () => {
      const [row] = await primary.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`,
      )
      return row?.n === 1
    })
    const link = linkTo(pool.dsn(), { timeoutMs: patiently(4_000) })
    assertFault(await faultOf(pulseProbe.read({ session: link }, NEVER)), 'protocol', /query_wait_timeout/, /^/)
    await primary.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`,
    )
    await faultOf(held)
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary')
    await link.close()
    await busy.close()
    await pool.close()
  }),
)
