// Code of a server that runs as a session begins: what it changes of the session is told, and nothing is read or done then.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openAdminSession } from '../../../src/io/postgres/admin-session.ts'
import { pulseProbe } from '../../../src/probes/database/index.ts'
import { patiently } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'
import { assertFault, faultAt, faultOf, linkTo, NEVER } from '../links.ts'

const WHERE_TO_LOOK = /event triggers on login, session_preload_libraries/
const LIMIT_MS = patiently(1_000)

/** Values that change what a statement means or how long it may take, by setting. */
const CHANGED: Readonly<Record<string, string>> = {
  search_path: 'public, pg_catalog',
  role: 'tenant',
  standard_conforming_strings: 'off',
  DateStyle: 'SQL, DMY',
  TimeZone: 'Asia/Kathmandu',
  statement_timeout: '3600000',
  lock_timeout: '0',
  default_transaction_isolation: 'serializable',
}

async function onLogin(node: PostgresNode, body: string): Promise<void> {
  await node.query(`CREATE OR REPLACE FUNCTION public.enter() RETURNS event_trigger LANGUAGE plpgsql AS
    $f$ BEGIN IF session_user = 'pgdeck' THEN ${body}; END IF; END $f$`)
  await node.query('DROP EVENT TRIGGER IF EXISTS enter')
  await node.query('CREATE EVENT TRIGGER enter ON login EXECUTE FUNCTION public.enter()')
}

const setting = (name: string, value: string) => `PERFORM pg_catalog.set_config('${name}', '${value}', false)`

for (const major of MAJORS.filter((each) => each >= 17))
  test(`on ${major} a trigger that changes a setting of the session is told, for watching and acting`, () =>
    withCluster({ major }, async ({ primary }) => {
      await primary.query('CREATE ROLE tenant; GRANT tenant TO pgdeck')
      const connection = parseDsn(primary.dsn('pgdeck'), {})
      const act = async () => {
        const admin = openAdminSession({ purpose: 'act', connection, passwordCommand: null, connectMs: LIMIT_MS })
        return admin.query('SELECT 1', [], LIMIT_MS, NEVER).finally(admin.close)
      }
      for (const [name, value] of Object.entries(CHANGED)) {
        await onLogin(primary, setting(name, value))
        const changed = new RegExp(`changed ${name} of the session of pgdeck, so that session was closed`)
        assertFault(await faultAt(primary.dsn('pgdeck')), 'protocol', changed, WHERE_TO_LOOK)
        assertFault(await faultOf(act()), 'protocol', changed, WHERE_TO_LOOK)
      }
      await onLogin(primary, setting('default_transaction_read_only', 'on'))
      assertFault(
        await faultOf(act()),
        'protocol',
        /changed default_transaction_read_only of the session/,
        WHERE_TO_LOOK,
      )

      // What changes no reading, or has the same value, changes nothing.
      for (const [name, value] of Object.entries({ jit: 'on', client_min_messages: 'notice', DateStyle: 'ISO, MDY' })) {
        await onLogin(primary, setting(name, value))
        const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: LIMIT_MS })
        assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary', name)
        assert.equal(link.pooler(), null)
        await link.close()
        await act()
      }
    }))

test('a trigger that writes refuses the sessions of pgdeck, which says how to leave them alone', () =>
  withCluster({}, async ({ primary }) => {
    await primary.query('CREATE TABLE public.logins (at timestamptz); GRANT ALL ON public.logins TO PUBLIC')
    const write = 'INSERT INTO public.logins VALUES (pg_catalog.now())'
    await onLogin(primary, write)
    const hint = /event triggers on login .*skip read-only sessions/
    assertFault(await faultAt(primary.dsn('pgdeck')), 'protocol', /cannot execute INSERT in a read-only/, hint)
    await onLogin(primary, `IF pg_catalog.current_setting('transaction_read_only') = 'off' THEN ${write}; END IF`)
    const link = linkTo(primary.dsn('pgdeck'), { timeoutMs: LIMIT_MS })
    assert.equal((await pulseProbe.read({ session: link }, NEVER)).position.kind, 'primary')
    await link.close()
  }))

test('a trigger that refuses with a SQLSTATE of the server itself is not the server starting, full, or refusing the role', () =>
  withCluster({}, async ({ primary }) => {
    for (const code of ['57P03', '57P01', '53300', '28P01', '28000', '42501', '3D000']) {
      await onLogin(primary, `RAISE EXCEPTION 'the database system is shutting down' USING ERRCODE = '${code}'`)
      const fault = await faultAt(primary.dsn('pgdeck'))
      assertFault(
        fault,
        'protocol',
        new RegExp(`answered with an error: .*SQLSTATE ${code}`),
        /event triggers on login/,
      )
      assert.equal(fault.reason, 'sql-error')
    }
  }))

test('a server that ends each session of pgdeck is alive: it is neither starting nor stopping', () =>
  withCluster({}, async ({ primary }) => {
    await onLogin(primary, 'PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())')
    const fault = await faultAt(primary.dsn('pgdeck'))
    assertFault(fault, 'protocol', /ended the session of pgdeck: terminating connection/, /pg_terminate_backend/)
    assert.equal(fault.reason, 'session-ended')
  }))
