// A session that watches stays read-only: code of a server that lets it write finds it closed before its next statement.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import type { PreparedStatement } from '../../../src/io/postgres/prepared-statement.ts'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { patiently } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { assertFault, faultOf, linkTo, NEVER } from '../links.ts'

const WHO = { name: 'who', text: 'SELECT pg_catalog.pg_backend_pid() AS pid' }
const CLOSED = /let the session of pgdeck write, so that session was closed/
const WHERE_TO_LOOK = /event triggers on login, session_preload_libraries and functions that call set_config/

const FLIPS = (setting: string, value: string) => `CREATE OR REPLACE FUNCTION public.flip() RETURNS int
  LANGUAGE plpgsql AS $f$ BEGIN PERFORM pg_catalog.set_config('${setting}', '${value}', false); RETURN 1; END $f$`
const WRITES = `CREATE FUNCTION public.store() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN
  INSERT INTO public.loot VALUES (1); RETURN 1; END $f$`

for (const major of [MAJORS[0], MAJORS.at(-1)])
  test(`on ${major} a function that switches read-only off ends the session, and nothing is written`, () =>
    withCluster({ ...(major ? { major } : {}) }, async ({ primary }) => {
      await primary.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
      await primary.query('CREATE TABLE public.loot (n int); GRANT ALL ON public.loot TO pgdeck')
      await primary.query(FLIPS('default_transaction_read_only', 'off'))
      await primary.query(WRITES)
      const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(1_000) })
      const flip = { name: 'flip', text: 'SELECT public.flip()' }
      const store = { name: 'store', text: 'SELECT public.store()' }
      const [before] = await link.query<{ pid: number }>(WHO, NEVER)
      assertFault(await faultOf(link.query(flip, NEVER)), 'protocol', CLOSED, WHERE_TO_LOOK)
      await faultOf(link.query(store, NEVER))
      const [after] = await link.query<{ pid: number }>(WHO, NEVER)
      assert.notEqual(after?.pid, before?.pid)

      // A query of the configuration is rolled back, and with it what its functions have set.
      const own = { ...flip, searchPath: { schemas: ['public'], isExplicit: true } }
      assert.equal((await link.query(own, NEVER)).length, 1)
      await faultOf(link.query(store, NEVER))
      assert.deepEqual(await link.query(WHO, NEVER), [after])
      await link.close()
      assert.deepEqual(await primary.query('SELECT FROM public.loot'), [])
    }))

test('from 18 on the same goes for the search path', () =>
  withCluster({}, async ({ primary }) => {
    await primary.query(FLIPS('search_path', 'public, pg_catalog'))
    const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(1_000) })
    const flip = { name: 'flip', text: 'SELECT public.flip()' }
    assertFault(await faultOf(link.query(flip, NEVER)), 'protocol', /changed search_path of the session/, WHERE_TO_LOOK)
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary')
    await link.close()
  }))

test('a session of an act is closed as well, and the statement that follows is asked on another one', () =>
  withCluster({}, async ({ primary }) => {
    await primary.query(FLIPS('default_transaction_read_only', 'on'))
    const connection = parseDsn(primary.dsn('pgdeck'), {})
    const admin = openAdminSession({ purpose: 'act', connection, passwordCommand: null, connectMs: patiently(1_000) })
    const ask = (text: string) => admin.query<{ pid: number }>(text, [], patiently(1_000), NEVER)
    const [before] = await ask(WHO.text)
    await assert.rejects(ask('SELECT public.flip()'), /changed default_transaction_read_only of the session of pgdeck/)
    const [after] = await ask(WHO.text)
    assert.notEqual(after?.pid, before?.pid)
    await admin.close()
  }))

test('a trigger on login that lets sessions write is told, and nothing is read', () =>
  withCluster({}, async ({ primary }) => {
    await primary.query(`CREATE FUNCTION public.enter() RETURNS event_trigger LANGUAGE plpgsql AS
      $f$ BEGIN PERFORM pg_catalog.set_config('default_transaction_read_only', 'off', false); END $f$`)
    await primary.query('CREATE EVENT TRIGGER enter ON login EXECUTE FUNCTION public.enter()')
    const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(1_000) })
    assertFault(await faultOf(pulseProbe.read({ session: link }, NEVER)), 'protocol', CLOSED, WHERE_TO_LOOK)
    await primary.query('DROP EVENT TRIGGER enter')
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary')
    await link.close()
  }))

test('a pulse that says that its session may write is no reading, and its session is discarded', () =>
  withCluster({}, async ({ primary }) => {
    const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: patiently(1_000) })
    let discarded = 0
    const lying: DatabaseSession = {
      query: async <Row>(statement: PreparedStatement, signal: AbortSignal) => {
        const [row] = await link.query<{ pulse: object }>(statement, signal)
        return [{ pulse: { ...row?.pulse, readOnly: false } }] as readonly unknown[] as readonly Row[]
      },
      login: () => link.login(),
      endpoint: () => link.endpoint(),
      pooler: () => null,
      refused: () => [],
      relationNames: (wanted) => link.relationNames(wanted),
      readOnlyDefault: async () => null,
      certificate: () => link.certificate(),
      testNewConnection: async () => null,
      renew: async () => {},
      discard: () => {
        discarded += 1
      },
      close: () => link.close(),
    }
    assertFault(await faultOf(pulseProbe.read({ session: lying }, NEVER)), 'protocol', CLOSED, WHERE_TO_LOOK)
    assert.equal(discarded, 1)
    await link.close()
  }))
