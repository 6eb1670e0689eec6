// Compares what pgdeck makes of connection strings, variables, service files and password files with psql, by thousands of
// random ones.
//   node --import tsx scripts/libpq-differential.ts --cases 3000 --seed 1

import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { openBench } from '../test/real/libpq/bench.ts'
import { cases } from '../test/real/libpq/cases.ts'
import { difference, smallest } from '../test/real/libpq/compare.ts'
import { psqls } from '../test/real/libpq/sides.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    shown: { type: 'string', default: '10' },
  },
})
const seed = Number(values.seed)
const bench = await openBench()
const kinds = new Map<string, number>()
for (const one of fc.sample(cases, { seed, numRuns: Number(values.cases) })) {
  const text = await difference(bench, one, psqls())
  if (text === null) continue
  const kind = text.split('\n')[0] ?? ''
  const count = (kinds.get(kind) ?? 0) + 1
  kinds.set(kind, count)
  if (count <= Number(values.shown)) console.log(`\n${await smallest(bench, one, psqls())}`)
}
const found = [...kinds.values()].reduce((sum, count) => sum + count, 0)
console.log(`${values.cases} cases, ${found} differences ${JSON.stringify(Object.fromEntries(kinds))}; seed ${seed}`)
await bench.close()
process.exitCode = found > 0 ? 1 : 0
