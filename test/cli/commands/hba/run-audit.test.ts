// `pgdeck hba audit` as the shell sees it, where nothing answers and where the name is wrong; text and document.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { hbaAuditDocument, hbaAuditHealth } from '../../../../src/cli/commands/hba/audit-json.ts'
import { hbaAuditLines } from '../../../../src/cli/commands/hba/audit-text.ts'
import { auditedClusters } from '../../../../src/cli/commands/hba/run-audit.ts'
import { UsageError } from '../../../../src/cli/invocation/exit-codes.ts'
import { linePrinter } from '../../../../src/cli/text/print.ts'
import { freePort } from '../../../../src/io/network/free-port.ts'
import { hbaAudited } from '../../../builders/hba-screens.ts'
import { startPgdeck } from '../../process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pgdeck-hba-audit-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function config(): Promise<string> {
  const port = await freePort()
  const databases = [{ name: 'db-1', dsn: `postgresql://pgdeck@127.0.0.1:${port}/postgres?sslmode=disable` }]
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify({ clusters: [{ name: 'one', databases }] }), { mode: 0o600 })
  return file
}

describe('hba audit', () => {
  test('exits 69 when nothing answers, and the document says that nothing is known', async (t) => {
    const args = ['--config', await config(), 'hba', 'audit', '--json']
    const { code, out } = await startPgdeck(t, args, { cwd: folder }).ended
    assert.equal(code, 69)
    const { schema, clusters } = JSON.parse(out)
    assert.equal(schema, 'pgdeck.hba-audit/1')
    const [{ health, entries, databases }] = clusters
    assert.equal(health, 'unknown')
    assert.equal(databases[0].file, null)
    assert.deepEqual([entries[0].from, entries[0].user, entries[0].address, entries[0].line], [null, null, null, null])
  })

  test('exits 64 for a name that nothing has', async (t) => {
    const args = ['--config', await config(), 'hba', 'audit', 'nobody']
    const { code, out, err } = await startPgdeck(t, args, { cwd: folder }).ended
    assert.deepEqual([code, out], [64, ''])
    assert.match(err, /hba audit: nobody is unknown; it takes db-1/)
  })
})

describe('what it prints', () => {
  test('the worst comes first in the exit code; the lines to add say where they go', async () => {
    const audited = auditedClusters(hbaAudited(), null)
    assert.deepEqual(
      audited.map(({ audit }) => hbaAuditHealth(audit)),
      ['critical'],
    )
    const text = (await linePrinter(false))(hbaAuditLines(audited))
    assert.match(text, /^vault +✖ CRITICAL +2 rejected, 6 missing, 6 good, 1 weak/)
    assert.match(
      text,
      /db-2: \S+pg_hba\.conf, before line 4\n +hostssl replication ro_user 10\.0\.0\.11\/32 scram-sha-256/,
    )
    assert.match(text, /db-ro: \S+, instead of line 4\n +host +replication +ro_user +10\.0\.0\.11\/32 +md5/)
  })

  test('one name has its own part', () => {
    const [cluster] = hbaAuditDocument(auditedClusters(hbaAudited(), 'pmp-b'), 0).clusters
    assert.deepEqual(
      cluster?.entries.map(({ from, to, result, userAssumed }) => [from?.id, to.id, result, userAssumed]),
      [
        ['pmp-b', 'db-1', 'missing', true],
        ['pmp-b', 'db-2', 'missing', true],
        ['pmp-b', 'db-ro', 'missing', true],
      ],
    )
    assert.throws(() => auditedClusters(hbaAudited(), 'nobody'), UsageError)
  })
})
