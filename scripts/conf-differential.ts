// Compares how the model reads postgresql.conf with how real servers of every major read it, by thousands of random files.
//   node --import tsx scripts/conf-differential.ts --files 3000 --seed 1

import { parseArgs } from 'node:util'
import { MAJORS, packagedServers, withCluster } from '../test/real/embedded.ts'
import { confDifferences } from '../test/real/settings/conf-files.ts'

const SHOWN = 10

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    majors: { type: 'string', default: MAJORS.join(',') },
  },
})
const seed = Number(values.seed)
const servers = [
  ...packagedServers().map((binaries) => ({ binaries })),
  ...values.majors.split(',').map((major) => ({ major: Number(major) })),
]

let wrong = 0
for (const server of servers) {
  await withCluster(server, async ({ primary }) => {
    const count = Math.ceil(Number(values.files) / servers.length)
    const compared = await confDifferences(primary, seed + primary.binaries.major, count)
    const { lines, taken, judged, differences } = compared
    console.log(
      `PostgreSQL ${primary.binaries.version}: ${count} sets of files, ${lines} lines, ${taken} in files without errors, ` +
        `${judged} values judged, ${differences.length} differences`,
    )
    for (const difference of differences.slice(0, SHOWN)) console.log(`\n${difference}`)
    wrong += differences.length
  })
}
console.log(`${wrong} differences; seed ${seed}`)
process.exitCode = wrong > 0 ? 1 : 0
