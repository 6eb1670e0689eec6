import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decideHba } from '../../../../src/model/hba/match/match.ts'
import { shadowedLines } from '../../../../src/model/hba/match/shadow.ts'
import { maskOptionSecrets } from '../../../../src/model/hba/syntax/parse.ts'
import { patiently } from '../../../wait.ts'
import { connection, rulesOf } from '../asked.ts'

const BAD: readonly (readonly [string, RegExp])[] = [
  ['', /contains no entries/],
  ['hosts all all all trust', /^invalid connection type "hosts"/],
  ['host', /^end-of-line before database/],
  ['host all', /^end-of-line before role/],
  ['host all all', /^end-of-line before IP address/],
  ['host all all 10.0.0.1', /^end-of-line before netmask/],
  ['local all all', /^end-of-line before authentication method/],
  ['host,local all all all trust', /^multiple values specified for connection type/],
  ['host all all 10.0.0.1/32,10.0.0.2/32 trust', /^multiple values specified for host address/],
  ['host all all 10.0.0.1/33 trust', /^invalid CIDR mask/],
  ['host all all 10.0.0.1/ trust', /^invalid CIDR mask/],
  ['host all all /32 trust', /^specifying both host name and CIDR mask/],
  ['host all all db.example.net/32 trust', /^specifying both host name and CIDR mask/],
  ['host all all 10.0.0.1 /32 md5', /^invalid IP mask "\/32"/],
  ['host all all 10.0.0.1 ffff:: md5', /^IP address and mask do not match/],
  ['host all all all scram', /^invalid authentication method "scram"/],
  ['host all all all peer', /^peer authentication is only supported on local sockets/],
  ['local all all gss', /^gssapi authentication is not supported on local sockets/],
  ['host all all all cert', /^cert authentication is only supported on hostssl/],
  ['host all all all md5 map', /not in name=value format: map/],
  ['host all all all md5 map=x', /^authentication option "map" is only valid/],
  ['host all all all md5 nothing=1', /^unrecognized authentication option name/],
  ['host all all all md5 clientcert=verify-ca', /only be configured for "hostssl" rows/],
  ['host all all all ldap', /^authentication method "ldap" requires/],
  ['host all all all radius', /requires argument "radiusservers"/],
  ['host all /( all trust', /^invalid regular expression "\("/],
  ['host all /a** all trust', /^invalid regular expression/],
  ['host @missing all all trust', /^could not open file "missing"/],
  ['include missing', /^could not open file "missing"/],
  ['include_dir missing', /^could not open directory "missing"/],
]

describe('what the server refuses', () => {
  for (const [text, error] of BAD) {
    test(text || 'an empty file', () => {
      assert.match(rulesOf(text).problems[0]?.error ?? 'nothing wrong', error)
    })
  }

  test('every wrong line is told, with its number', () => {
    const { problems, records } = rulesOf('bad\nlocal all all trust\n\nworse\n')
    assert.deepEqual(
      problems.map(({ line }) => line),
      [1, 4],
    )
    assert.equal(records.length, 1)
  })
})

describe('words', () => {
  const usersOf = (text: string, version?: number) => rulesOf(text, version).records[0]?.users.map((one) => one.text)

  test('quotes, commas, tabs, comments and carriage returns', () => {
    assert.deepEqual(usersOf('local\tall  "a b", c"d e",,f all#x\r\n'), undefined)
    assert.deepEqual(usersOf('local\tall  "a b", c"d e",,f\ttrust#x\r\n'), ['a b', 'cd e', 'f'])
    assert.deepEqual(usersOf('local all "a""b" trust'), ['a"b'])
    assert.deepEqual(usersOf('local all "" trust'), [''])
    assert.deepEqual(usersOf('local all "a#b" trust # "'), ['a#b'])
  })

  test('a backslash continues a line from version 14 on; the number is that of its beginning', () => {
    const text = '#\nlocal all \\\n  ann,\\\nbob trust\nlocal all all reject\n'
    assert.deepEqual(usersOf(text), ['ann', 'bob'])
    assert.deepEqual(
      rulesOf(text).records.map(({ line }) => line),
      [2, 5],
    )
    assert.deepEqual(
      rulesOf(text, 13).problems.map(({ line }) => line),
      [2, 3, 4],
    )
  })

  test('names from a file, also from one that it names; an empty one leaves no field', () => {
    const others = {
      names: 'ann, bob # x\n"carol"\n@lists/more',
      'lists/more': 'dan @deeper',
      'lists/deeper': 'eve',
      empty: '#\n',
    }
    const { records } = rulesOf('local all @names,fred trust', 13, others)
    assert.deepEqual(
      records[0]?.users.map(({ text }) => text),
      ['ann', 'bob', 'carol', 'dan', 'eve', 'fred'],
    )
    assert.match(rulesOf('local all @empty trust', 18, others).problems[0]?.error ?? '', /authentication method/)
    assert.deepEqual(
      rulesOf('local all "@names" trust').records[0]?.users.map(({ text }) => text),
      ['@names'],
    )
  })

  test('includes are put in place from version 16 on', () => {
    const others = {
      'more.conf': 'local b all trust\nlocal c all trust',
      'd/20.conf': 'local e all trust',
      'd/10.conf': 'local d all trust',
      'd/x.txt': 'bad',
      'd/.conf': 'bad',
    }
    const text = 'local a all trust\ninclude more.conf\ninclude_if_exists none\ninclude_dir d\nlocal f all trust'
    const { records, problems } = rulesOf(text, 18, others)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      records.map(({ databases, file, line }) => `${databases[0]?.text} ${file}:${line}`),
      ['a pg_hba.conf:1', 'b more.conf:1', 'c more.conf:2', 'd d/10.conf:1', 'e d/20.conf:1', 'f pg_hba.conf:5'],
    )
    assert.match(rulesOf(text, 15, others).problems[0]?.error ?? '', /invalid connection type "include"/)
  })

  test('a file that includes itself ends, however often', () => {
    const text = 'include pg_hba.conf\n'.repeat(20)
    assert.match(rulesOf(text).problems[0]?.error ?? '', /maximum nesting depth|too many files/)
    assert.ok(rulesOf('local all @pg_hba.conf,@pg_hba.conf trust').problems.length > 0)
  })

  test('a long file is included a few times only', () => {
    const text = `${'include long\n'.repeat(1_000)}local all all trust`
    const { problems } = rulesOf(text, 18, { long: `# ${'x'.repeat(1_000_000)}` })
    assert.match(problems[0]?.error ?? '', /the files are too long/)
  })

  test('passwords of options are not repeated', () => {
    const line = 'host all all all ldap ldapserver=s ldapbasedn=x ldapbindpasswd="top secret"'
    assert.doesNotMatch(JSON.stringify(rulesOf(line).records[0]?.rule), /secret/)
  })

  const MASKED: readonly (readonly [string, string])[] = [
    ['host ldap ldapbindpasswd=a, b c', 'host ldap ldapbindpasswd=*** c'],
    ['host ldap ldapbindpasswd=a,\t b\r c', 'host ldap ldapbindpasswd=*** c'.replace(' c', '\r c')],
    ['host "ldapbindpasswd=a b" c', 'host "ldapbindpasswd=*** c'],
    ['host "x "ldapbindpasswd="a b" c" d', 'host "x "ldapbindpasswd=*** c" d'],
    ['radiussecrets="a b",c d radiussecrets=e "f g"', 'radiussecrets=*** d radiussecrets=*** "f g"'],
    ['ldapurl="ldap://u:p q@h/" radiussecrets=z', 'ldapurl="ldap://***@h/" radiussecrets=***'],
  ]
  for (const [line, masked] of MASKED) test(line, () => assert.equal(maskOptionSecrets(line), masked))

  test('masking takes no long time, whatever the line is made of', () => {
    for (const piece of [
      'ldapbindpasswd=',
      'ldapbindpasswd= ',
      '"',
      ', ',
      'ldapurl="',
      'radiussecrets=a,',
      'ldapurl=://@ ',
    ])
      maskOptionSecrets(piece.repeat(100_000))
  })
})

describe('lines that are never reached', () => {
  const TABLE: readonly (readonly [string, string, boolean])[] = [
    ['host all all all trust', 'hostssl app ann 10.0.0.1/32 md5', true],
    ['host all all all trust', 'host replication ann 10.0.0.1/32 md5', false],
    ['host all all 10.0.0.0/8 trust', 'host all all 10.1.0.0/16 md5', true],
    ['host all all 10.1.0.0/16 trust', 'host all all 10.0.0.0/8 md5', false],
    ['host all all 0.0.0.0/0 trust', 'host all all ::/0 md5', false],
    ['host app,web ann,bob all trust', 'host web ann all md5', true],
    ['host app ann all trust', 'host app ann,bob all md5', false],
    ['host "all" all all trust', 'host all all all md5', false],
    ['host all /^a all trust', 'host all ann all md5', true],
    ['host all +grp all trust', 'host all "+grp" all md5', false],
    ['hostnossl all all all trust', 'host all all all md5', false],
    ['host all all .example.net trust', 'host all all db.example.net md5', true],
  ]
  for (const [first, second, expected] of TABLE) {
    test(`${second} after ${first}: ${expected ? 'never' : 'may be'} reached`, () => {
      assert.equal(shadowedLines(rulesOf(`${first}\n${second}`).records).length, expected ? 1 : 0)
    })
  }
})

describe('any bytes', () => {
  const word = fc.constantFrom(
    'host',
    'local',
    'all',
    '"',
    ',',
    ' ',
    '\\',
    '\n',
    '@pg_hba.conf',
    '/',
    '#',
    '10.0.0.1/8',
    '::1',
    'trust',
    'include pg_hba.conf\n',
    '=',
    '(a*)*',
    '[',
    '{1,9}',
    '\0',
    '\r',
    '+',
  )
  const text = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
    fc.string({ unit: 'binary' }),
  )

  test('are read without a crash, in every version, and soon', () => {
    const began = performance.now()
    fc.assert(
      fc.property(text, fc.integer({ min: 13, max: 18 }), (given, version) => {
        const rules = rulesOf(given, version)
        decideHba({ ...rules, problems: [] }, connection(), [])
        shadowedLines(rules.records)
      }),
      { numRuns: 1000 },
    )
    assert.ok(performance.now() - began < patiently(30_000))
  })
})
