// What the audits of applications hold: times of many forms, lines of configured forms, JSON and CSV, without secrets.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { auditInstant } from '../../../src/model/application-audit/audit-time.ts'
import { categoryOfText } from '../../../src/model/application-audit/category.ts'
import { AUDIT_FIELDS, type AuditField } from '../../../src/model/application-audit/entry.ts'
import { matchLine, parseLinePattern } from '../../../src/model/application-audit/line-pattern.ts'
import { type AuditFormat, parseRecords } from '../../../src/model/application-audit/parse-records.ts'

const AT = Date.UTC(2026, 10, 30, 6, 40, 47)

const TIMES: readonly (readonly [string, string | null, number | 'form' | 'zone'])[] = [
  ['2026-11-30T06:40:47Z', null, AT],
  ['2026-11-30 06:40:47 UTC', 'Europe/Berlin', AT],
  ['2026-11-30T06:40:47.123456789Z', null, AT + 123],
  ['2026-11-30 07:40:47,500+01:00', null, AT + 500],
  ['2026-11-30 07:40:47', 'Europe/Berlin', AT],
  ['2026-11-30 07:40', 'Europe/Berlin', AT - 47_000],
  ['2026-11-30 07:40:47', null, 'zone'],
  ['30/Nov/2026:06:40:47 +0000', null, AT],
  ['Nov 30, 2026 06:40:47 AM', 'UTC', AT],
  ['Nov 30, 2026 06:40:47 PM', 'UTC', AT + 12 * 3_600_000],
  ['Nov 30, 2026 12:40:47 AM', 'UTC', AT - 6 * 3_600_000],
  [String(AT / 1000), null, AT],
  [String(AT), null, AT],
  ['2026-02-31 25:61:00 UTC', null, 'form'],
  ['yesterday', 'UTC', 'form'],
  ['', 'UTC', 'form'],
]

describe('times', () => {
  for (const [text, zone, expected] of TIMES)
    test(`"${text}" in ${zone ?? 'no zone'}`, () => assert.equal(auditInstant(text, zone), expected))
})

function fieldsOf(pattern: string, line: string) {
  const parsed = parseLinePattern(pattern)
  assert.ok(!('problem' in parsed), JSON.stringify(parsed))
  return matchLine(parsed, line)
}

describe('a line pattern', () => {
  test('takes times with blanks, blanks of any number, and text up to the next literal', () => {
    const line = '2026-11-30 06:40:47 INFO   [10.0.0.9] ann - User: password of x retrieved: done'
    assert.deepEqual(fieldsOf('{time} {skip} [{from}] {who} - {category}: {what}', line), {
      time: '2026-11-30 06:40:47',
      from: '10.0.0.9',
      who: 'ann',
      category: 'User',
      what: 'password of x retrieved: done',
    })
    assert.equal(fieldsOf('{time} [{who}] {what}', 'at com.example.Main(Main.java:12)'), null)
    assert.equal(fieldsOf('{time} [{who}] {what}', '2026-11-30 06:40:47 ann'), null)
  })

  test('is refused with what is wrong with it', () => {
    const problem = (text: string) => Object.values(parseLinePattern(text))[0]
    assert.equal(problem('{what}'), '{time} is missing')
    assert.equal(problem('{time} {user} {what}'), '{user} is no field')
    assert.equal(problem('{time}{what}'), 'nothing separates {time} and {what}')
    assert.equal(problem('{time} {what} {what}'), '{what} occurs twice')
  })

  test('takes a long line of nothing but its literals in little time', () => {
    const line = `2026-11-30T06:40:47Z ${'a - '.repeat(4_000)}`
    const began = performance.now()
    assert.equal(fieldsOf('{time} {who} - {from} - {category} - {skip} - {result} = {what}', line), null)
    assert.ok(performance.now() - began < 5_000)
  })

  test('takes a long run of blanks in little time', () => {
    const line = `2026-11-30T06:40:47Z ann${' '.repeat(100_000)}x [10.0.0.9] login`
    const began = performance.now()
    assert.equal(fieldsOf('{time} {who} - {what}', line), null)
    assert.equal(fieldsOf('{time} {who} [{from}] {what}', line)?.from, '10.0.0.9')
    assert.ok(performance.now() - began < 5_000)
  })
})

const SAME = Object.fromEntries(AUDIT_FIELDS.map((name) => [name, name])) as Readonly<Record<AuditField, string>>
const json = (fields: Partial<Record<AuditField, string>> = {}): AuditFormat => ({
  kind: 'json',
  fields: { ...SAME, ...fields },
})
const parsed = (text: string, format: AuditFormat, category: string | null = null) =>
  parseRecords(text, { format, timeZone: null, category })

describe('records', () => {
  test('are JSON lines or a list, with members of other names and depths', () => {
    const one = { ts: '2026-11-30T06:40:47Z', actor: { name: 'ann' }, what: 'login', from: '10.0.0.9', n: 1 }
    const format = json({ time: 'ts', who: 'actor.name' })
    const expected = { at: AT, who: 'ann', category: null, what: 'login', from: '10.0.0.9', result: null }
    assert.deepEqual(parsed(`${JSON.stringify(one)}\n\n`, format).entries, [expected])
    assert.deepEqual(parsed(JSON.stringify([one, one], null, 2), format).entries, [expected, expected])
    assert.deepEqual(parsed(JSON.stringify(one), format, 'user').entries, [{ ...expected, category: 'user' }])
  })

  test('are CSV, with quotes, unread columns and a head', () => {
    const format: AuditFormat = { kind: 'csv', columns: ['time', 'who', null, 'what'] }
    const { entries, unreadable } = parsed(
      'TIME,WHO,X,WHAT\n2026-11-30T06:40:47Z, "Ann ""A"" B",x,"retrieved, shown"\n',
      format,
    )
    assert.deepEqual([entries[0]?.who, entries[0]?.what, unreadable], ['Ann "A" B', 'retrieved, shown', 0])
  })

  test('of CSV in which a user typed a line break or a quote are one entry each, of the right user', () => {
    const format: AuditFormat = { kind: 'csv', columns: ['time', 'who', 'what'] }
    const time = '2026-11-30T06:40:47Z'
    const forged = `${time},ann,"note:\n${time},root,dropped all\nend, ""really"""`
    const { entries, unreadable } = parsed(
      `${forged}\n${time},bob,5" disk\n${time},"eve, root,x\n${time},cid,x\n`,
      format,
    )
    assert.deepEqual(
      entries.map(({ who, what }) => [who, what]),
      [
        ['ann', `note: ${time},root,dropped all end, "really"`],
        ['bob', '5" disk'],
        ['cid', 'x'],
      ],
    )
    assert.equal(unreadable, 1)
    const began = performance.now()
    assert.equal(parsed(`"${'\n"a,'.repeat(100_000)}`, format).entries.length, 0)
    assert.ok(performance.now() - began < 10_000)
  })

  test('that are nested too deep are counted, and hide no other', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    const time = '2026-11-30T06:40:47Z'
    const text = `{"time":"${time}","what":${nested(8_000)}}\n{"time":"${time}","what":"login"}\n`
    const { entries, unreadable } = parsed(text, json())
    assert.deepEqual([entries.map(({ what }) => what), unreadable], [['login'], 1])
    assert.deepEqual(parsed(nested(200_000), json()).entries, [])
  })

  test('that are none are counted, and the first is told without its secret', () => {
    const { entries, unreadable, problem } = parsed(
      `{"time":"2026-11-30T06:40:47","what":"password=hunter2hunter2"}\nnonsense\n{"time":"2026-11-30T06:40:47Z"}\n`,
      json(),
    )
    assert.deepEqual([entries.length, unreadable], [0, 3])
    assert.match(problem ?? '', /^its time has no time zone: /)
    assert.doesNotMatch(problem ?? '', /hunter2/)
  })

  test('lose secrets, control characters and what is too long', () => {
    const what = `set password=hunter2hunter2 \u001b[31m${'x'.repeat(5_000)}`
    const [entry] = parsed(JSON.stringify({ time: AT, what }), json()).entries
    assert.doesNotMatch(entry?.what ?? '', /hunter2|\u001b/)
    assert.ok((entry?.what.length ?? 0) <= 2_001)
  })
})

test('the words of products for the three categories', () => {
  const words = ['User', 'user audit', 'Resource Audit', 'TASK', 'Scheduled Task', 'Password', null]
  assert.deepEqual(words.map(categoryOfText), ['user', 'user', 'resource', 'task', 'task', null, null])
})
