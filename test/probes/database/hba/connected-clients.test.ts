// Who is connected to real servers, of every major: as whom, from where, and as whom a standby streams.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../../src/config/dsn/dsn.ts'
import { openDatabaseSession } from '../../../../src/io/postgres/database-session.ts'
import { openDemoSession } from '../../../../src/io/postgres/demo-session.ts'
import { readConnectedClients } from '../../../../src/probes/database/hba/connected-clients.ts'
import { majorsToTry, withCluster } from '../../../real/embedded.ts'

async function entrantsOf(dsn: string) {
  const link = openDatabaseSession({ connection: parseDsn(dsn, {}), passwordCommand: null, timeoutMs: 10_000 })
  try {
    return await readConnectedClients(link, new AbortController().signal)
  } finally {
    await link.close()
  }
}

describe('entrants', () => {
  for (const major of majorsToTry()) {
    test(`PostgreSQL ${major}`, async () => {
      await withCluster({ major }, async ({ primary, password }) => {
        await primary.createRole('the "app"', 'LOGIN')
        await primary.createRole('blind', 'LOGIN')
        // In a setting's value a backslash is written twice.
        const secret = String.raw`host=10.0.0.1 password='s3 user=trap \\' x' user=ro_user sslmode=require`
        await primary.setSetting('primary_conninfo', secret)
        const { host, port } = primary
        const about = { host, port, password, database: 'postgres', applicationName: 'pmp-a', limitMs: 10_000 }
        const session = await openDemoSession({ ...about, user: 'the "app"' })
        try {
          const { entrants, roles, missing } = await entrantsOf(primary.dsn('pgdeck'))
          const one = { kind: 'client', database: 'postgres', address: '127.0.0.1', tls: null, gss: false, count: 1 }
          assert.deepEqual(entrants.sessions, [{ ...one, user: 'the "app"', application: 'pmp-a', pids: null }])
          assert.deepEqual(entrants.ownSession, {
            ...one,
            user: 'pgdeck',
            isEncryptionKnown: true,
            application: entrants.ownSession.application,
          })
          assert.deepEqual(entrants.receiver, { user: 'ro_user', sslMode: 'require' })
          assert.ok(entrants.rolesComplete && roles.includes('the "app"') && roles.includes('blind'))
          assert.deepEqual(missing, [])
          const hidden = await entrantsOf(primary.dsn('blind'))
          assert.equal(hidden.entrants.sessions, null)
          assert.equal(hidden.entrants.receiver, null)
          assert.deepEqual(
            hidden.missing.map(({ grant }) => grant),
            ['GRANT pg_monitor TO blind'],
          )
        } finally {
          await session.close()
        }
      })
    })
  }
})
