// Settings that wait for a restart, as the pulse of real servers tells them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { type DatabaseSession, openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import type { PendingRestart } from '../../../src/model/settings/pending-restart.ts'
import { pulseProbe } from '../../../src/probes/database/pulse/pulse.ts'
import { patiently, until } from '../../wait.ts'
import { majorsToTry, withCluster } from '../embedded.ts'

const NEVER = new AbortController().signal

/** A session that also tells the names of its statements. */
function recordingSession(node: PostgresNode, role: string): DatabaseSession & { readonly statements: string[] } {
  const connection = parseDsn(node.dsn(role), {})
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(5_000) })
  const statements: string[] = []
  const query: DatabaseSession['query'] = (statement, signal) => {
    statements.push(statement.name)
    return session.query(statement, signal)
  }
  return Object.assign(Object.create(session) as DatabaseSession, {
    statements,
    query,
    endpoint: () => session.endpoint(),
    pooler: () => session.pooler(),
    refused: () => session.refused(),
    certificate: () => session.certificate(),
    close: () => session.close(),
    readOnlyDefault: async () => null,
  })
}

async function pendingOf(session: DatabaseSession): Promise<PendingRestart | null | undefined> {
  const { pendingRestart } = await pulseProbe.read({ session }, NEVER)
  return pendingRestart
}

/** Polls until the names are these. */
async function untilWaiting(session: DatabaseSession, names: readonly string[]): Promise<void> {
  await until(`${names.join()} wait`, 10_000, async () => {
    const found = await pendingOf(session)
    return JSON.stringify(found?.names) === JSON.stringify(names)
  })
}

async function checkNode(node: PostgresNode): Promise<void> {
  const session = recordingSession(node, 'pgdeck')
  try {
    assert.deepEqual(await pendingOf(session), { names: [], isComplete: true })
    await node.query('ALTER SYSTEM SET max_connections = 60')
    await node.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    assert.deepEqual(await pendingOf(session), { names: [], isComplete: true })
    await node.query('SELECT pg_reload_conf()')
    await untilWaiting(session, ['max_connections', 'shared_preload_libraries'])
    const before = session.statements.length
    for (let poll = 0; poll < 3; poll++) assert.equal((await pendingOf(session))?.names.length, 2)
    assert.deepEqual(session.statements.slice(before), Array(3).fill('pgdeck_pulse_known_settings'))

    const plain = recordingSession(node, 'plain')
    try {
      assert.deepEqual(await pendingOf(plain), { names: ['max_connections'], isComplete: false })
    } finally {
      await plain.close()
    }

    // The value in force. PostgreSQL would leave the mark of a setting that is no longer in any file.
    await node.query('ALTER SYSTEM SET max_connections = 50')
    await node.query('SELECT pg_reload_conf()')
    await untilWaiting(session, ['shared_preload_libraries'])
    await node.restart()
    await untilWaiting(session, [])
  } finally {
    await session.close()
  }
}

describe('settings that wait for a restart', { concurrency: 2 }, () => {
  for (const major of majorsToTry()) {
    test(`on PostgreSQL ${major}, read once after each reload`, () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys: [standby], caughtUp }) => {
        assert.ok(standby)
        await primary.createRole('plain', 'LOGIN')
        await caughtUp()
        await checkNode(standby)
      }))
  }
})
