// Options of methods and maps of pg_ident.conf, random ones, as the server's own views read them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAJORS, packagedServers, withCluster } from '../embedded.ts'
import { mapDifferences } from './maps.ts'
import { optionDifferences } from './options.ts'
import { withTls } from './tls.ts'

/** More, on all majors: npm run hba:differential. */
const [LINES, MAPS] = [1_000, 30]
const SEED = 20_261_129

describe('pg_hba.conf and pg_ident.conf, line by line', () => {
  const servers = [
    ...packagedServers()
      .slice(-1)
      .map((binaries) => ({ binaries })),
    { major: MAJORS.at(-1) ?? 18 },
  ]
  for (const server of servers) {
    test(`as ${'binaries' in server ? 'a package’s server' : `PostgreSQL ${server.major}`}`, () =>
      withCluster(server, async ({ primary }) => {
        await withTls(primary)
        const compared = [await optionDifferences(primary, SEED, LINES)]
        if (primary.binaries.major >= 15) compared.push(await mapDifferences(primary, SEED, MAPS))
        for (const { lines, taken, differences } of compared) {
          assert.equal(differences.length, 0, differences.slice(0, 3).join('\n\n'))
          assert.ok(taken > 0 && lines > taken)
        }
      }))
  }
})
