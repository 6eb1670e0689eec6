// Random maps and who gets in by them: the server lets the user of this process in as a role, or does not.

import { userInfo } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'
import { identMapProblem, mappedSystemUsers, parseIdentMaps } from '../../../src/model/hba/ident/ident-maps.ts'
import { knock } from './knock.ts'
import { MEMBER_OF, OWN_LINE } from './situations.ts'

const some = (...words: string[]) => fc.constantFrom(...words)
const me = userInfo().username
const USERS = ['alice', 'bob', 'carol', 'root', 'all', 'two words', '+grp']
// A group that takes no part in a match (`/(x)?` and `\\1`) is an error to the server, which ends the search for a map.
const line = fc
  .tuple(
    some('m', 'm', 'm', 'n', '"m"'),
    some(me, me, `"${me}"`, 'other', '/^.*$', `/^(${me.slice(0, 2)})`, '/x', `/^(.)${me.slice(1)}$`, 'all'),
    some(
      ...USERS.map((user) => `"${user}"`),
      'alice',
      'bob',
      'carol',
      '+grp',
      'all',
      '/^a',
      '"/^a"',
      '/^(bob|carol)$',
      '\\1',
      '\\1ot',
    ),
  )
  .map((words) => words.join(' '))
const maps = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`)

/** Compares the decisions for each role by that many maps. Needs the roles of `prepare`. */
export async function mapDecisions(
  node: PostgresNode,
  seed: number,
  count: number,
): Promise<{ readonly decisions: number; readonly welcome: number; readonly differences: readonly string[] }> {
  const { major, version } = node.binaries
  const path = join(node.dataDirectory, 'pg_ident.conf')
  let [decisions, welcome] = [0, 0]
  const differences: string[] = []
  for (const text of fc.sample(maps, { seed, numRuns: count })) {
    writePrivateText(path, text, node.scratch.owner)
    await node.setHba(`${OWN_LINE}local postgres all peer map=m\n`)
    const read = parseIdentMaps(path, { read: readTextOrNull, list: () => null }, major)
    // The server would go on with the maps of before.
    if (read.problems.length > 0) throw new Error(`these maps are refused: ${text}`)
    const record = { options: [{ name: 'map', value: 'm' }], line: 2 }
    for (const user of USERS) {
      const asked = { user, memberOf: MEMBER_OF[user] ?? [], version: major, ignoresCase: false }
      const problem = identMapProblem(record, read, asked)
      const isCertain = mappedSystemUsers(read, 'm', asked).includes(me)
      const answer = await knock(node, {
        type: 'local',
        ssl: false,
        address: '',
        database: 'postgres',
        user,
        replication: null,
      })
      const isIn = answer === 'welcome'
      decisions++
      if (isIn) welcome++
      const isWrong = isIn ? problem !== null : isCertain
      if (isWrong)
        differences.push(
          `PostgreSQL ${version}: ${user} by ${JSON.stringify(text)}: ${answer}, ${JSON.stringify(problem)}`,
        )
    }
  }
  return { decisions, welcome, differences }
}
