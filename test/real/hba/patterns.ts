// Compares how the model and the server understand regular expressions: which are wrong, and what the others match.

import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { compileRegex } from '../../../src/model/hba/regex/regex.ts'
import { viewed } from './judge.ts'
import { OWN_LINE, pattern } from './situations.ts'

const NAMES = ['alice', 'bob', 'a', 'b', '', 'Al', 'two words', 'a1', 'ali_ce', 'baab', 'ccc', 'x-y.z', 'aa', '\n']

/** Of so many random patterns, one text for each that is understood in another way. Versions from 16 on. */
export async function patternDifferences(
  node: PostgresNode,
  seed: number,
  count: number,
): Promise<{ readonly differences: readonly string[]; readonly matches: number; readonly unknown: number }> {
  const sources = fc.sample(pattern, { seed, numRuns: count }).filter((source) => source !== '')
  const lines = sources.map((source) => `local all "/${source.replaceAll('"', '""')}" trust`)
  await node.setHba(`${OWN_LINE}${lines.join('\n')}\n`)
  const errors = new Map((await viewed(node)).map(({ line, error }) => [line - 2, error]))
  const differences: string[] = []
  const valid: string[] = []
  for (const [index, source] of sources.entries()) {
    const [ours, theirs] = [compileRegex(source), errors.get(index) ?? null]
    const own = 'error' in ours ? `invalid regular expression "${source}": ${ours.error}` : null
    // What is not evaluated here may be wrong all the same.
    if (own !== theirs && (own !== null || compiles(source))) {
      differences.push(`/${source}\n  model:  ${own}\n  server: ${theirs}`)
    }
    if (theirs === null) valid.push(source)
  }
  const rows = await node.query<{ source: string; name: string; fits: boolean }>(
    `select source, name, name ~ source as fits from unnest($1::text[]) source, unnest($2::text[]) name`,
    [valid, NAMES],
  )
  let unknown = 0
  for (const { source, name, fits } of rows) {
    const ours = compileRegex(source)
    const own = 'error' in ours ? ours.error : ours.matches(name)
    if (own === null) unknown++
    else if (own !== fits) differences.push(`/${source} on ${JSON.stringify(name)}: ${own}, but the server: ${fits}`)
  }
  return { differences, matches: rows.length, unknown }
}

function compiles(source: string): boolean {
  const compiled = compileRegex(source)
  return !('error' in compiled) && compiled.matches('') !== null
}
