// The model of pg_hba.conf against real servers: random files and connections, with the server's own log as judge.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAJORS, withCluster } from './embedded.ts'
import { campaign, prepare, SETTINGS } from './hba/campaign.ts'
import { withTls } from './hba/tls.ts'

/** More, on all majors: npm run hba:differential. */
const FILES = 25
const CONNECTIONS = 8
const SEED = 20_261_122

describe('pg_hba.conf', { concurrency: 2 }, () => {
  const [oldest = 18, ...newer] = MAJORS
  for (const major of new Set([oldest, newer.at(-1) ?? oldest])) {
    test(`the model decides as PostgreSQL ${major} does, by the same line`, () =>
      withCluster({ major, settings: SETTINGS }, async ({ primary }) => {
        await prepare(primary)
        const tls = major !== oldest
        if (tls) await withTls(primary)
        const options = { seed: SEED, files: FILES, connections: CONNECTIONS, names: false, tls }
        const { differences, decisions, refusedFiles, tally } = await campaign(primary, options)
        assert.equal(differences.length, 0, differences.slice(0, 3).join('\n\n'))
        assert.equal(decisions, FILES * CONNECTIONS)
        assert.ok(refusedFiles > 0)
        for (const decision of ['allow', 'reject', 'no-match']) {
          assert.ok((tally.get(decision) ?? 0) > 0, `${decision} never came up: ${JSON.stringify([...tally])}`)
        }
      }))
  }
})
