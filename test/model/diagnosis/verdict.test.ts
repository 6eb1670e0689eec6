// Which of several causes is the root, how sure it is said to be, and what "nothing is wrong" may mean.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CAUSE_IDS, causeText } from '../../../src/model/diagnosis/causes.ts'
import {
  DIAGNOSIS_CHECKS,
  type DiagnosisCheckId,
  type DiagnosisOutcome,
  type DiagnosisResult,
  diagnosisChecks,
  fail,
  ok,
  skipped,
  unknownOutcome,
  warn,
} from '../../../src/model/diagnosis/check-result.ts'
import { type DiagnosisSubject, diagnosisVerdict } from '../../../src/model/diagnosis/verdict.ts'

const DATABASE: DiagnosisSubject = { id: 'db', name: 'db', kind: 'database', isReadOnlyServer: false }
const READ_ONLY: DiagnosisSubject = { id: 'ro', name: 'ro', kind: 'server', isReadOnlyServer: true }

function findings(found: Partial<Record<DiagnosisCheckId, DiagnosisOutcome>>): readonly DiagnosisResult[] {
  return Object.entries(found).map(([id, judgement]) => {
    const check = id as DiagnosisCheckId
    return { ...judgement, id: check, title: DIAGNOSIS_CHECKS[check], tookMs: 1 }
  })
}

const causeOf = (found: Partial<Record<DiagnosisCheckId, DiagnosisOutcome>>, subject = DATABASE) =>
  diagnosisVerdict(subject, findings(found)).cause

describe('the root of several causes', () => {
  test('what lies deeper comes first', () => {
    const refused = fail('port-refused', 'it refuses')
    assert.equal(causeOf({ port: refused }), 'port-refused')
    assert.equal(causeOf({ port: refused, service: fail('service-stopped', 'none runs') }), 'service-stopped')
    assert.equal(
      causeOf({ port: refused, service: fail('service-crashed', 'gone'), disk: fail('disk-full', '0 B') }),
      'disk-full',
    )
  })

  test('a failure comes before a warning, whatever lies deeper', () => {
    assert.equal(
      causeOf({ disk: warn('disk-low', '9 %'), receiver: fail('replication-hba', 'no line') }),
      'replication-hba',
    )
    assert.equal(causeOf({ disk: warn('disk-low', '9 %'), clock: warn('clock-apart', '3 s') }), 'disk-low')
  })

  test('of what breaks replication the surest is what the standby meets now', () => {
    const guess = fail('replication-network', 'it waits', { certainty: 'likely' })
    assert.equal(causeOf({ receiver: guess, slot: fail('slot-missing', 'no slot') }), 'slot-missing')
    const removed = fail('wal-removed', 'gone')
    assert.equal(causeOf({ wal: removed, slot: fail('slot-lost', 'lost') }), 'slot-lost')
    assert.equal(
      causeOf({
        receiver: fail('replication-broken', '?', { certainty: 'possible' }),
        hba: fail('replication-hba', 'x', { certainty: 'likely' }),
      }),
      'replication-hba',
    )
  })

  test('where this host is cut off nothing else counts, and the health is unknown', () => {
    const verdict = diagnosisVerdict(
      DATABASE,
      findings({ here: fail('cut-off', 'none of 3'), host: fail('host-silent', 'silent') }),
    )
    assert.equal(verdict.cause, 'cut-off')
    assert.equal(verdict.health, 'unknown')
  })

  test('a read-only server that is down while its replica is fine', () => {
    const refused = fail('port-refused', 'it refuses')
    assert.equal(
      causeOf({ port: refused, database: ok('answers'), replica: ok('streams') }, READ_ONLY),
      'read-only-server-down',
    )
    assert.equal(causeOf({ port: refused, database: warn('database-unreachable', 'x') }, READ_ONLY), 'port-refused')
    assert.equal(
      causeOf({ port: refused, database: ok('answers'), replica: warn('replica-behind', 'x') }, READ_ONLY),
      'port-refused',
    )
    assert.equal(causeOf({ port: refused, database: ok('answers') }), 'port-refused')
  })
})

describe('the sentence', () => {
  test('names subject, cause, evidence, how sure, and what is next', () => {
    const verdict = diagnosisVerdict(
      DATABASE,
      findings({ slot: fail('slot-missing', 'db-1 has no slot s', { certainty: 'likely', next: 'make it.' }) }),
    )
    assert.equal(
      verdict.sentence,
      'db can’t stream: its slot does not exist on the upstream (db-1 has no slot s); this is likely; next: make it',
    )
  })

  test('nothing wrong, as far as it was seen', () => {
    const well = diagnosisVerdict(
      DATABASE,
      findings({ port: ok('open'), session: ok('answers'), slot: skipped('none') }),
    )
    assert.deepEqual([well.cause, well.health, well.certainty], [null, 'ok', 'certain'])
    const partly = diagnosisVerdict(
      DATABASE,
      findings({ port: ok('open'), session: ok('x'), disk: unknownOutcome('no access') }),
    )
    assert.deepEqual([partly.health, partly.certainty], ['ok', 'likely'])
    assert.match(partly.sentence, /1 check is unknown: disk space/)
    const blind = diagnosisVerdict(DATABASE, findings({ session: unknownOutcome('not done within 15 s') }))
    assert.equal(blind.health, 'unknown')
  })

  test('every cause has words of its own', () => {
    assert.equal(new Set(CAUSE_IDS.map(causeText)).size, CAUSE_IDS.length)
  })
})

describe('which checks there are', () => {
  test('a primary has none of a link, a standby has, also one that was never read', () => {
    assert.ok(!diagnosisChecks('database', 'primary', true).includes('receiver'))
    assert.ok(diagnosisChecks('database', 'replica', false).includes('receiver'))
    assert.ok(diagnosisChecks('database', 'unknown', true).includes('receiver'))
    assert.ok(!diagnosisChecks('database', 'unknown', false).includes('receiver'))
    assert.ok(diagnosisChecks('server', 'unknown', false).includes('tls'))
  })
})
