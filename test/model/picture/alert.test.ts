import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Alert, alertKey } from '../../../src/model/picture/alert.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'

test('an alert is the same one by its rule and its subject, however bad it is and whatever it says', () => {
  const alert: Alert = {
    rule: 'disk',
    subject: subjectOf('host-1', 'data'),
    severity: 'warning',
    message: '91 %',
    since: 1,
  }
  const worse: Alert = { ...alert, severity: 'critical', message: '97 %', since: 2 }
  assert.equal(alertKey(alert), alertKey(worse))
  assert.notEqual(alertKey(alert), alertKey({ ...alert, subject: subjectOf('host-1', 'wal') }))
  assert.notEqual(alertKey(alert), alertKey({ ...alert, rule: 'clock' }))
})
