// Subjects and their texts: the owner is known from where it was made, or recorded; a "/" in a name tells nothing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { alertKey, alertSubject } from '../../../src/model/picture/alert.ts'
import type { AlertRule } from '../../../src/model/picture/picture.ts'
import {
  isSameSubject,
  isWhole,
  type Subject,
  type SubjectRecord,
  subjectOf,
  subjectRecord,
  subjectText,
} from '../../../src/model/picture/subject.ts'

const SUBJECTS: readonly (readonly [AlertRule, Subject, string])[] = [
  ['database-inactive', subjectOf('a'), 'a'],
  ['database-inactive', subjectOf('a/b'), 'a/b'],
  ['database-inactive', subjectOf('a/b/c'), 'a/b/c'],
  ['slot-inactive', subjectOf('a', 'b'), 'a/b'],
  ['slot-lost', subjectOf('a/b', 'c'), 'a/b/c'],
  ['slot-retained', subjectOf('/', 'c'), '//c'],
  ['disk', subjectOf('eu/host', 'data'), 'eu/host/data'],
  ['server-inactive', subjectOf('eu/'), 'eu/'],
  ['nobody-serves', subjectOf('prod/eu'), 'prod/eu'],
]

describe('a subject', () => {
  for (const [rule, subject, text] of SUBJECTS) {
    test(`${JSON.stringify(subject)} is written ${text} and read again, also without its owner`, () => {
      assert.equal(subjectText(subject), text)
      assert.equal(alertKey({ rule, subject }), `${rule} ${text}`)
      assert.deepEqual(alertSubject(rule, subjectRecord(subject)), subject)
      assert.deepEqual(alertSubject(rule, { subject: text }), subject, 'as older versions kept it')
    })
  }

  test('of a silence of every rule is the whole text, where no owner was recorded', () => {
    const rows: readonly (readonly [SubjectRecord, Subject])[] = [
      [{ subject: 'a/b' }, subjectOf('a/b')],
      [{ subject: 'a/b', owner: 'a' }, subjectOf('a', 'b')],
      [{ subject: 'a/b', owner: 'a/b' }, subjectOf('a/b')],
      [{ subject: 'a/b', owner: 'other' }, subjectOf('a/b')],
    ]
    for (const [record, subject] of rows) assert.deepEqual(alertSubject(null, record), subject, JSON.stringify(record))
  })

  test('of one text may be two: a slot is not the database whose name reads so', () => {
    const [slot, database] = [subjectOf('a', 'b'), subjectOf('a/b')]
    assert.equal(subjectText(slot), subjectText(database))
    assert.deepEqual([isSameSubject(slot, database), isSameSubject(slot, subjectOf('a', 'b'))], [false, true])
    assert.deepEqual([isWhole(slot, 'a'), isWhole(slot, 'a/b'), isWhole(database, 'a/b')], [false, false, true])
  })
})
