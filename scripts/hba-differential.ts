// Compares the model of pg_hba.conf and pg_ident.conf with real servers of every major that is here, by thousands of random
// decisions, lines with options, and maps.
//   node --import tsx scripts/hba-differential.ts --decisions 3000 --seed 1

import { parseArgs } from 'node:util'
import { type ClusterOptions, MAJORS, packagedServers, withCluster } from '../test/real/embedded.ts'
import { type Campaign, campaign, prepare, SETTINGS } from '../test/real/hba/campaign.ts'
import { mapDecisions } from '../test/real/hba/map-decisions.ts'
import { mapDifferences } from '../test/real/hba/maps.ts'
import { optionDifferences } from '../test/real/hba/options.ts'
import { patternDifferences } from '../test/real/hba/patterns.ts'
import { withTls } from '../test/real/hba/tls.ts'

const CONNECTIONS = 8
const SHOWN = 10
const PATTERNS = 2_000
const OPTIONS = 3_000
const MAPS = 300
const DECIDED_MAPS = 60

const { values } = parseArgs({
  options: {
    decisions: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    majors: { type: 'string', default: MAJORS.join(',') },
  },
})
const majors = values.majors.split(',').map(Number)
const seed = Number(values.seed)
const files = Math.ceil(Number(values.decisions) / majors.length / CONNECTIONS / 2)

async function patternsCompared(major: number): Promise<number> {
  let wrong = 0
  await withCluster({ major, settings: SETTINGS }, async ({ primary }) => {
    const { differences, matches, unknown } = await patternDifferences(primary, seed + major, PATTERNS)
    console.log(
      `PostgreSQL ${major}: ${PATTERNS} regular expressions, ${matches} matches (${unknown} left to the server), ` +
        `${differences.length} differences`,
    )
    for (const difference of differences.slice(0, SHOWN)) console.log(`\n${difference}`)
    wrong = differences.length
  })
  return wrong
}

/** Lines with options, and maps. A distribution's server has LDAP, PAM and GSSAPI, which the packages of npm lack. */
async function linesCompared(server: ClusterOptions): Promise<number> {
  let wrong = 0
  await withCluster(server, async ({ primary }) => {
    const { major, version } = primary.binaries
    await withTls(primary)
    const found = [{ what: 'lines with options', ...(await optionDifferences(primary, seed + major, OPTIONS)) }]
    if (major >= 15) found.push({ what: 'lines of maps', ...(await mapDifferences(primary, seed + major, MAPS)) })
    for (const { what, lines, taken, differences } of found) {
      console.log(`PostgreSQL ${version}: ${lines} ${what}, ${taken} taken, ${differences.length} differences`)
      for (const difference of differences.slice(0, SHOWN)) console.log(`\n${difference}`)
      wrong += differences.length
    }
    await prepare(primary)
    const { decisions, welcome, differences } = await mapDecisions(primary, seed + major, DECIDED_MAPS)
    console.log(
      `PostgreSQL ${version}: ${decisions} logins by maps, ${welcome} let in, ${differences.length} differences`,
    )
    for (const difference of differences.slice(0, SHOWN)) console.log(`\n${difference}`)
    wrong += differences.length
  })
  return wrong
}

async function compared(major: number, tls: boolean): Promise<Campaign> {
  let result: Campaign | null = null
  await withCluster({ major, settings: SETTINGS }, async ({ primary }) => {
    await prepare(primary)
    if (tls) await withTls(primary)
    result = await campaign(primary, {
      seed: seed + 2 * major + (tls ? 1 : 0),
      files,
      connections: CONNECTIONS,
      names: true,
      tls,
    })
  })
  if (result === null) throw new Error('the campaign did not end')
  return result
}

let [decisions, wrong] = [0, 0]
for (const binaries of packagedServers()) wrong += await linesCompared({ binaries })
for (const major of majors) {
  wrong += await linesCompared({ major })
  if (major >= 16) wrong += await patternsCompared(major)
  for (const tls of [false, true]) {
    const result = await compared(major, tls)
    decisions += result.decisions
    wrong += result.differences.length
    const tally = [...result.tally].map(([decision, count]) => `${decision} ${count}`).join(', ')
    console.log(
      `PostgreSQL ${major}${tls ? ' with TLS' : ''}: ${result.decisions} decisions (${tally}), ` +
        `${result.lines} lines understood, ${result.refusedFiles} of ${files} files refused, ` +
        `${result.differences.length} differences`,
    )
    for (const difference of result.differences.slice(0, SHOWN)) console.log(`\n${difference}`)
  }
}
console.log(`${decisions} decisions, ${wrong} differences; seed ${seed}`)
process.exitCode = wrong > 0 || decisions === 0 ? 1 : 0
