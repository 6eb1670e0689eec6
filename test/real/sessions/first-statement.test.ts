// How many round trips a session takes until its first reading, and that nothing is read before its settings are proved.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { readTextOrNull } from '../../../src/io/files/sync-files.ts'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { openPgBouncer, withoutPgBouncer } from '../../fakes/pgbouncer.ts'
import { patiently, until } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { assertFault, faultOf, linkTo, NEVER, one, withListener } from '../links.ts'

/** Beside connecting: the start-up message, two of SCRAM, the first statement with the proof. */
const TRIPS = 4
/** TLS takes more of them. */
const PLAIN = '?sslmode=disable'

/** Runs the body with a way to the port, and a count of how often a client spoke that had heard an answer, or nothing yet. */
async function counting(port: number, body: (way: number, trips: () => number) => Promise<void>): Promise<void> {
  let trips = 0
  const serve: Parameters<typeof withListener>[0] = (client) => {
    const server = connect({ host: '127.0.0.1', port, noDelay: true }).on('error', () => client.destroy())
    let heard = true
    client.on('data', (data) => {
      if (heard) trips += 1
      heard = false
      server.write(data)
    })
    server.on('data', (data) => {
      heard = true
      client.write(data)
    })
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  }
  await withListener(serve, (way) => body(way, () => trips))
}

for (const major of new Set([MAJORS[0], MAJORS.at(-1)])) {
  if (major === undefined) continue
  test(`on ${major} the settings are proved in the round trip of the first statement`, () =>
    withCluster({ major, standbys: 1 }, async ({ primary, nodes }) => {
      for (const node of nodes)
        await counting(node.port, async (way, trips) => {
          const link = linkTo(node.dsn('pgdeck').replace(`:${node.port}/`, `:${way}/`) + PLAIN)
          // A reading that others follow, as on the screen.
          const pulse = await pulseProbe.read({ session: link, again: () => {} }, NEVER)
          assert.equal(trips(), TRIPS)
          assert.equal(pulse.position.kind, node === primary ? 'primary' : 'standby')
          // What fails in it is told as ever, and the session goes on.
          await link.close()
          const other = linkTo(node.dsn('pgdeck'))
          const failing = other.query({ name: 'no', text: 'SELECT 1 OPERATOR(pg_catalog./) 0' }, NEVER)
          assertFault(await faultOf(failing), 'protocol', /division by zero/, /.*/)
          assert.equal(await one(other), 1)
          await other.close()
        })
    }))
}

const CALLS = `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_user_functions WHERE funcname = 'seen'`

for (const major of MAJORS.filter((each) => each >= 17))
  test(`on ${major} no statement runs in a session of which the proof fails`, () =>
    withCluster({ major, settings: { track_functions: 'all' } }, async ({ primary }) => {
      await primary.query(`CREATE FUNCTION public.seen() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`)
      const limit = { timeoutMs: patiently(1_000) }
      const ask = async () => {
        const link = linkTo(primary.dsn('pgdeck'), limit)
        return link.query({ name: 'seen', text: 'SELECT public.seen()' }, NEVER).finally(link.close.bind(link))
      }
      const isOver = async () => {
        const [left] = await primary.query<{ count: string }>(
          `SELECT count(*) FROM pg_stat_activity WHERE usename = 'pgdeck'`,
        )
        return left?.count === '0'
      }
      const calls = async () => {
        await until('its sessions are gone', 10_000, isOver)
        const [row] = await primary.query<{ calls: number }>(CALLS)
        return row?.calls
      }
      await ask()
      await until('the call is counted', 10_000, async () => (await calls()) === 1)
      await primary.query(`CREATE FUNCTION public.enter() RETURNS event_trigger LANGUAGE plpgsql AS
        $f$ BEGIN PERFORM pg_catalog.set_config('lock_timeout', '1234', false); END $f$`)
      await primary.query('CREATE EVENT TRIGGER enter ON login EXECUTE FUNCTION public.enter()')
      assertFault(await faultOf(ask()), 'protocol', /changed lock_timeout of the session/, /event triggers on login/)
      await primary.query('DROP EVENT TRIGGER enter')
      await ask()
      await until('the next call is counted', 10_000, async () => ((await calls()) ?? 0) >= 2)
      assert.equal(await calls(), 2)
    }))

test('a pooler is found without a failed proof in the log of its server', { skip: withoutPgBouncer }, () =>
  withCluster({}, async ({ primary }) => {
    const pooler = await openPgBouncer(primary, 'transaction', 'ignore_startup_parameters = options')
    try {
      const link = linkTo(pooler.dsn())
      assert.equal(await one(link), 1)
      assert.match(link.pooler() ?? '', /drops start-up options/)
      await link.close()
      assert.doesNotMatch(readTextOrNull(primary.logFile) ?? '', /other settings than pgdeck/)
    } finally {
      await pooler.close()
    }
  }),
)
