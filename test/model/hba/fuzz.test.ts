// The parser of pg_hba.conf on bytes of every kind: it ends, it never fails, and what it understands stays the same.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decideHba } from '../../../src/model/hba/match/match.ts'
import { shadowedLines } from '../../../src/model/hba/match/shadow.ts'
import { fetchHbaFiles } from '../../../src/model/hba/syntax/includes.ts'
import { maskOptionSecrets } from '../../../src/model/hba/syntax/parse.ts'
import type { HbaRecord } from '../../../src/model/hba/syntax/record.ts'
import { type RulesViewRow, rulesFromView } from '../../../src/model/hba/syntax/rules-view.ts'
import { files } from '../../real/hba/situations.ts'
import { patiently } from '../../wait.ts'
import { connection, filesOf, rulesOf } from './asked.ts'

const LIMIT_MS = patiently(2_000)
const VERSION = fc.integer({ min: 13, max: 19 })

const bytes = fc.uint8Array({ maxLength: 400 }).map((raw) => new TextDecoder().decode(raw))
const pieces = fc.constantFrom(
  ...[
    'host',
    'local',
    'hostssl',
    'all',
    '+',
    '/',
    '(',
    ')',
    '[',
    ']',
    '{1,255}',
    '*',
    '?',
    '\\',
    '|',
    '^',
    '.',
    '(?i)',
  ],
  ...[
    '"',
    '""',
    ',',
    '#',
    '@',
    '@pg_hba.conf',
    '@a',
    'include',
    'include_dir',
    'include_if_exists',
    'pg_hba.conf',
    'a',
  ],
  ...[' ', '\t', '\n', '\r\n', '\\\n', '\0', '\u{1f600}', '\ud800', 'samenet', '10.0.0.1', '/8', '::1', '999999999999'],
  ...['md5', 'trust', 'ldap', 'ldapurl=', 'radiussecrets=', '=', '.example.net', 'replication', '***:', '[[:alpha:]]'],
)
const words = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(''))
const spaced = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(' '))
const long = fc.tuple(pieces, fc.integer({ min: 1, max: 20_000 })).map(([piece, times]) => piece.repeat(times))
const content = fc.oneof(bytes, words, spaced, { weight: 1, arbitrary: long })

describe('pg_hba.conf of any content', () => {
  test('is understood or refused, soon', () => {
    fc.assert(
      fc.property(content, content, VERSION, fc.string(), (main, other, version, name) => {
        const began = performance.now()
        const rules = rulesOf(main, version, { a: other, 'a/b.conf': other })
        decideHba(rules, connection({ user: name, database: name }), [])
        shadowedLines(rules.records)
        assert.ok(rules.records.length + rules.problems.length > 0)
        const tookMs = performance.now() - began
        assert.ok(tookMs < LIMIT_MS, `${tookMs} ms`)
      }),
      { numRuns: 1_500 },
    )
  })

  test('is fetched to the end, however its files name each other', async () => {
    await fc.assert(
      fc.asyncProperty(content, content, VERSION, async (main, other, version) => {
        const all = filesOf({ 'pg_hba.conf': main, a: other })
        let rounds = 0
        const far = {
          async read(paths: readonly string[]) {
            rounds++
            return new Map(paths.map((path) => [path, all.read(path)]))
          },
          list: async (folder: string) => all.list(folder),
        }
        const gathered = await fetchHbaFiles('pg_hba.conf', version, far)
        assert.equal(gathered.read('pg_hba.conf'), main)
        assert.ok(rounds <= 24)
      }),
      { numRuns: 300 },
    )
  })
})

/** As the server's view would show it. */
function viewRow(record: HbaRecord): RulesViewRow {
  const { file, line, type, address, method, options } = record
  const texts = (names: HbaRecord['users']) => names.map(({ text }) => text)
  const [shown, netmask] = addressOf(address)
  return {
    ...{ file, line, type, databases: texts(record.databases), users: texts(record.users), address: shown, netmask },
    ...{ method, options: options.map(({ name, value }) => `${name}=${value}`), error: null },
  }
}

function addressOf(rule: HbaRecord['address']): readonly [string | null, string | null] {
  if (rule === null) return [null, null]
  if (rule.kind === 'name') return [rule.name, null]
  if (rule.kind !== 'network') return [{ all: 'all', 'same-host': 'samehost', 'same-net': 'samenet' }[rule.kind], null]
  const { address, mask } = rule.network
  const text = (value: bigint) =>
    address.family === 4 ? String(value) : (value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':')
  return [text(address.value), text(mask)]
}

/** Quoted, they are host names; the view does not tell. */
const KEYWORDS = ['all', 'samehost', 'samenet']

test('what the server’s view shows of a file leads back to the same rules', () => {
  const plain = (record: HbaRecord) => {
    const names = (all: HbaRecord['users']) => all.map(({ text }) => text)
    return { ...record, rule: '', databases: names(record.databases), users: names(record.users) }
  }
  fc.assert(
    fc.property(files({ names: true, includes: true }), (texts) => {
      const all = rulesOf(texts['pg_hba.conf'] ?? '', 18, texts).records
      const records = all.filter(({ address }) => address?.kind !== 'name' || !KEYWORDS.includes(address.name))
      const again = rulesFromView(records.map(viewRow), 'pg_hba.conf', 18)
      assert.deepEqual(again.problems, [])
      assert.deepEqual(again.records.map(plain), records.map(plain))
    }),
    { numRuns: 500 },
  )
})

describe('passwords in options', () => {
  const secret = 's3cr3t'
  const TABLE = [
    `host all all all ldap ldapbindpasswd=${secret} ldapport=1`,
    `host all all all ldap "ldapbindpasswd=my ${secret}, too" ldapport=1`,
    `host all all all ldap ldapbindpasswd="my ""${secret}" ldapport=1`,
    `host all all all radius radiussecrets="a,${secret}" radiusservers=x`,
    `host all all all radius radiussecrets=a, ${secret} ldapport=1`,
    `host all all all ldap ldapurl=ldap://user:${secret}@host/x@y ldapport=1`,
  ]
  for (const line of TABLE) {
    test(line, () => {
      const shown = maskOptionSecrets(line)
      assert.ok(!shown.includes(secret), shown)
      assert.match(shown, /(?:ldapport=1|radiusservers=x)$/)
      assert.match(shown, /\*\*\*/)
    })
  }
})
