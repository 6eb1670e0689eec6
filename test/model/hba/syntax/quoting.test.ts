import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decideHba } from '../../../../src/model/hba/match/match.ts'
import { explainInvalidLine, parseHbaLine } from '../../../../src/model/hba/syntax/error-explanations.ts'
import { formatHbaAddress, quoteHbaName } from '../../../../src/model/hba/syntax/quoting.ts'
import { connection, rulesOf } from '../asked.ts'

describe('names as words of pg_hba.conf', () => {
  for (const [name, word] of [
    ['ro_user', 'ro_user'],
    ['vault app', '"vault app"'],
    ['all', '"all"'],
    ['replication', '"replication"'],
    ['+grp', '"+grp"'],
    ['@file', '"@file"'],
    ['say "hi"', '"say ""hi"""'],
    ['a#b', '"a#b"'],
    ['a,b', '"a,b"'],
    ['', null],
    ['two\nlines', null],
  ] as const) {
    test(JSON.stringify(name), () => assert.equal(quoteHbaName(name, 18), word))
  }

  test('whatever the name, its line decides for it and for nobody else', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom(14, 18), (name, major) => {
        const word = quoteHbaName(name, major)
        if (word === null) return
        const rules = rulesOf(`host ${word} ${word} 10.0.0.7/32 scram-sha-256\n`, major)
        assert.deepEqual(rules.problems, [])
        assert.equal(decideHba(rules, connection({ user: name, database: name }), []).result, 'allow', word)
        assert.equal(decideHba(rules, connection({ user: `${name}x`, database: name }), []).result, 'no-match', word)
      }),
      { numRuns: 2_000 },
    )
  })

  test('addresses get their full prefix', () => {
    assert.equal(formatHbaAddress('10.0.0.13'), '10.0.0.13/32')
    assert.equal(formatHbaAddress('fd00::13'), 'fd00::13/128')
    assert.equal(formatHbaAddress('fe80::1%eth0'), 'fe80::1/128')
    assert.equal(formatHbaAddress('db.example.net'), null)
  })
})

describe('broken lines', () => {
  for (const [line, corrected, said] of [
    ['host replication ro 10.0.0.13 /32 md5', 'host replication ro 10.0.0.13/32 md5', /a blank separates the address/],
    ['host all all 10.0.0.13 scram-sha-256', 'host all all 10.0.0.13/32 scram-sha-256', /no \/prefix and no mask/],
    ['host all all fd00::13 md5', 'host all all fd00::13/128 md5', /\/128/],
    ['local all all 127.0.0.1/32 md5', 'local all all md5', /takes no address/],
    ['host all all 10.0.0.0/24 nothing', null, /nothing/],
  ] as const) {
    test(line, () => {
      const [problem] = rulesOf(`${line}\n`).problems
      assert.ok(problem)
      const broken = explainInvalidLine(problem, 18)
      assert.equal(broken.corrected, corrected)
      assert.match(broken.explanation, said)
      if (corrected !== null) assert.ok(parseHbaLine(corrected, 18))
    })
  }

  test('the view tells no line, only the error', () => {
    const problem = { file: 'f', line: 4, rule: null, error: 'invalid IP mask "/32": Name or service not known' }
    const { explanation, corrected } = explainInvalidLine(problem, 18)
    assert.match(explanation, /write the address with \/32 right behind it/)
    assert.equal(corrected, null)
  })
})
