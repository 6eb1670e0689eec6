// The gate of the vendor's way back: who must not run before the restore, and when that is over.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import { type ActingPrimary, parseActingPrimaries } from '../../../../src/model/measured/acting-primary.ts'
import { subjectText } from '../../../../src/model/picture/subject.ts'
import { freshReading } from '../../../../src/model/values/reading.ts'
import { PROFILE_CONDITIONS } from '../../../../src/profiles/conditions.ts'
import { aPrimaryPulse, aVault, NOW, SYSTEM, withDatabase } from '../../../builders/snapshot.ts'

const VAULT = aVault()
const [FIRST, REPLICA] = VAULT.databases
const [SERVER] = VAULT.servers

const ACTING: ActingPrimary = {
  database: REPLICA?.spec.id ?? '',
  server: null,
  since: NOW - 3_600_000,
  run: 'r',
  timeline: 2,
  systemIdentifier: SYSTEM,
  sameTimeline: false,
  former: { databases: [FIRST?.spec.id ?? ''], servers: [SERVER?.spec.id ?? ''] },
  restoring: null,
  restoredAt: null,
  held: null,
}

/** The vault whose replica was promoted while its old primary runs again. */
function promoted() {
  const pulse = freshReading(aPrimaryPulse({ timeline: 2 }), NOW)
  return withDatabase(VAULT, ACTING.database, (record) => ({ ...record, pulse }))
}

function told(acting: ActingPrimary | null, snapshot = promoted()): readonly string[] {
  const { alerts } = derivePicture({ ...snapshot, actingPrimary: acting }, null, NOW, PROFILE_CONDITIONS)
  return alerts
    .filter(({ rule }) => rule === 'started-without-restore')
    .map(({ severity, subject }) => `${severity} ${subjectText(subject)}`)
}

describe('started-without-restore', () => {
  test('the old primary and its server run before the restore: critical, for each', () => {
    assert.deepEqual(told(ACTING), [`critical ${FIRST?.spec.id}`, `critical ${SERVER?.spec.id}`])
    const { alerts } = derivePicture({ ...promoted(), actingPrimary: ACTING }, null, NOW, PROFILE_CONDITIONS)
    const message = alerts.find(({ rule }) => rule === 'started-without-restore')?.message ?? ''
    assert.match(message, /was started without the restore: it lacks what .* wrote in 1 h.*; stop it at once/)
  })

  test('not after the restore, not for the one that is being restored, not without anybody who acts', () => {
    assert.deepEqual(told({ ...ACTING, restoredAt: NOW }), [])
    assert.deepEqual(told({ ...ACTING, restoring: FIRST?.spec.id ?? '' }), [])
    assert.deepEqual(told(null), [])
  })

  test('not for another system of that name, nor when the acting one follows again', () => {
    assert.deepEqual(told({ ...ACTING, systemIdentifier: '1' }), [])
    assert.deepEqual(told(ACTING, VAULT), [])
  })
})

test('what is kept survives the file; what is of another form is left out', () => {
  const book = { vault: ACTING, other: { database: 1 }, third: null }
  assert.deepEqual(parseActingPrimaries(JSON.parse(JSON.stringify(book))), { vault: ACTING })
  assert.deepEqual(parseActingPrimaries(null), {})
  assert.deepEqual(parseActingPrimaries([1]), {})
})
