import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  identMapProblem,
  mapOf,
  mappedSystemUsers,
  parseIdentMaps,
} from '../../../../src/model/hba/ident/ident-maps.ts'
import { filesOf, rulesOf } from '../asked.ts'

const FILE = 'pg_ident.conf'

function mapsOf(text: string, version = 18, others: Readonly<Record<string, string>> = {}) {
  return parseIdentMaps(FILE, filesOf({ ...others, [FILE]: text }), version)
}

function usersOf(text: string, user: string, over: { readonly version?: number; readonly memberOf?: string[] } = {}) {
  const { version = 18, memberOf = [] } = over
  return mappedSystemUsers(mapsOf(text, version), 'm', { user, memberOf, version, ignoresCase: false })
}

/** Line, user of the database, users of the system on 18, and on 14. */
const FITS: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ['m bob robert', 'robert', ['bob'], ['bob']],
  ['m bob robert', 'Robert', [], []],
  ['other bob robert', 'robert', [], []],
  ['"m" "b ob" "robert"', 'robert', ['b ob'], ['b ob']],
  ['m bob all', 'robert', ['bob'], []],
  ['m bob all', 'all', ['bob'], ['bob']],
  ['m bob "all"', 'robert', [], []],
  ['m bob +staff', 'robert', ['bob'], []],
  ['m bob /^rob', 'robert', ['bob'], []],
  ['m bob /^bob', 'robert', [], []],
  ['m /^(.*)@example.net$ \\1', 'robert', ['/^(.*)@example.net$'], ['/^(.*)@example.net$']],
  ['m /^(.*)@example.net$ \\1_app', 'robert', [], []],
  ['m /^(.*)@example.net$ \\1_app', 'rob_app', ['/^(.*)@example.net$'], ['/^(.*)@example.net$']],
  ['m plain \\1', 'robert', [], []],
]

describe('maps of pg_ident.conf', () => {
  for (const [line, user, newest, oldest] of FITS) {
    test(`${line} for ${user}`, () => {
      assert.deepEqual(usersOf(line, user, { memberOf: ['staff'] }), newest)
      assert.deepEqual(usersOf(line, user, { memberOf: ['staff'], version: 14 }), oldest)
    })
  }

  test('a file that includes another, from 16 on', () => {
    const others = { 'more.conf': 'm bob robert\n' }
    assert.equal(mapsOf('include more.conf\n', 16, others).mappings.length, 1)
    assert.match(mapsOf('include more.conf\n', 14, others).problems[0]?.error ?? '', /missing entry at end of line/)
  })

  test('what the server refuses', () => {
    const errors = ['m', 'm a', 'm a,b c', 'm /[ x'].map((line) => mapsOf(line).problems[0]?.error)
    assert.deepEqual(errors, [
      'missing entry at end of line',
      'missing entry at end of line',
      'multiple values in ident field',
      'invalid regular expression "[": brackets [] not balanced',
    ])
    assert.deepEqual(mapsOf('# nothing\n').problems, [])
    assert.match(mapsOf('m a /[').problems[0]?.error ?? '', /invalid regular expression/)
    assert.deepEqual(mapsOf('m a /[', 14).problems, [])
  })
})

describe('a line of pg_hba.conf with a map', () => {
  const [record] = rulesOf('host all all 10.0.0.0/8 ident map=m\n').records
  const asked = { user: 'robert', memberOf: [], version: 18, ignoresCase: false }
  assert.ok(record)

  test('names it', () => {
    assert.equal(mapOf(record), 'm')
    assert.equal(mapOf(rulesOf('local all all peer\n').records[0] ?? record), null)
  })

  test('that nobody wrote lets nobody in', () => {
    const problem = identMapProblem(record, mapsOf('other a b\n'), asked)
    assert.match(problem && 'fails' in problem ? problem.fails : '', /its map "m" is not defined in pg_ident\.conf/)
  })

  test('that has others lets this user not in', () => {
    const problem = identMapProblem(record, mapsOf('m bob alice\n'), asked)
    assert.match(problem && 'fails' in problem ? problem.fails : '', /has no entry for "robert"/)
  })

  test('that has the user is no problem', () => {
    assert.equal(identMapProblem(record, mapsOf('m bob robert\n'), asked), null)
  })

  test('whose pattern captures nothing ends the search where a line refers to that', () => {
    const own = [...mappedSystemUsers(mapsOf('m /^bo \\1\nm bob robert\nm carol robert\nm /^x robert\n'), 'm', asked)]
    assert.deepEqual(own, ['carol', '/^x'])
    assert.deepEqual(mappedSystemUsers(mapsOf('m bob robert\nm /^.*$ \\1bert\n'), 'm', asked), ['bob'])
    assert.deepEqual(mappedSystemUsers(mapsOf('m /^(.*)$ \\1bert\n'), 'm', asked), ['/^(.*)$'])
  })

  test('that was not read, or whose file is broken, is unknown', () => {
    for (const maps of [null, { known: false, why: 'hidden' } as const, mapsOf('m bob robert\nm /[ x\n')]) {
      const problem = identMapProblem(record, maps, asked)
      assert.ok(problem && 'unknown' in problem)
    }
  })
})
