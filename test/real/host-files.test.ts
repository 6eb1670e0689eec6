// The host’s figures as real servers read them: with the grants, and what a role without them is told.

import assert from 'node:assert/strict'
import { cpus, totalmem } from 'node:os'
import { describe, test } from 'node:test'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import type { HostFileFacts } from '../../src/model/measured/on-demand.ts'
import { hostFilesProbe } from '../../src/probes/database/host-files.ts'
import { patiently, within } from '../wait.ts'
import { majorsToTry, withCluster } from './embedded.ts'

async function readAs(node: PostgresNode, role: string): Promise<HostFileFacts> {
  const connection = parseDsn(node.dsn(role, 'postgres'), {})
  const link = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(5_000) })
  try {
    return await hostFilesProbe.read({ session: link }, within(5_000))
  } finally {
    await link.close()
  }
}

describe('load and memory through SQL', {
  skip: process.platform !== 'linux' && 'the servers do not run on Linux',
}, () => {
  for (const major of majorsToTry()) {
    test(`a plain role of PostgreSQL ${major} is told the grants, and with them gets the figures, on a standby too`, async () => {
      await withCluster({ major, standbys: 1 }, async ({ primary, standbys, caughtUp }) => {
        await primary.createRole('plain "role"', 'LOGIN')
        const before = await readAs(primary, 'plain "role"')
        assert.deepEqual([before.load, before.memory, before.cpus, before.uptimeSeconds], [null, null, null, null])
        const grants = before.missing.map(({ grant }) => grant)
        assert.deepEqual(grants, [
          'GRANT pg_read_server_files TO "plain ""role"""',
          'GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(pg_catalog.text) TO "plain ""role"""',
        ])

        for (const grant of grants) await primary.query(grant)
        await caughtUp()
        for (const node of [primary, ...standbys]) {
          const after = await readAs(node, 'plain "role"')
          assert.deepEqual(after.missing, [])
          assert.equal(after.load?.length, 3)
          assert.equal(after.cpus, cpus().length)
          assert.ok(Math.abs((after.memory?.totalBytes ?? 0) - totalmem()) < totalmem() * 0.05)
          assert.ok((after.memory?.availableBytes ?? 0) > 0)
          assert.ok((after.uptimeSeconds ?? 0) > 0)
        }
      })
    })
  }
})
