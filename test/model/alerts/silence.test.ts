import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { muted, remainingSilences, type Silence, whyNotSilenced } from '../../../src/model/alerts/silence.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { Alert, Picture } from '../../../src/model/picture/picture.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'
import { aVault, NOW } from '../../builders/snapshot.ts'

const LAG: Alert = {
  rule: 'replication-lag',
  severity: 'warning',
  subject: subjectOf('db-ro'),
  message: 'm',
  since: NOW,
}
const SLOT: Alert = {
  rule: 'slot-retained',
  severity: 'warning',
  subject: subjectOf('db-1', 'ro_slot'),
  message: 'm',
  since: NOW,
}

function aSilence(over: Partial<Silence> = {}): Silence {
  return {
    id: 's1',
    cluster: 'vault',
    rule: 'replication-lag',
    subject: 'db-ro',
    reason: 'index build',
    by: 'ann',
    kind: 'silenced',
    at: NOW,
    until: NOW + 60_000,
    ...over,
  }
}

const well = derivePicture(aVault(), null, NOW)
const pictureWith = (alerts: readonly Alert[], over: Partial<Picture> = {}): Picture => ({ ...well, alerts, ...over })

describe('what a silence mutes', () => {
  const CASES: readonly (readonly [string, Partial<Silence>, Alert, boolean])[] = [
    ['its rule and subject', {}, LAG, true],
    ['every rule of its subject', { rule: null }, LAG, true],
    ['its rule on every subject', { subject: null }, LAG, true],
    ['everything', { rule: null, subject: null }, SLOT, true],
    ['the slots of its database', { rule: null, subject: 'db-1' }, SLOT, true],
    ['not another rule', {}, { ...LAG, rule: 'stale' }, false],
    ['not another subject', {}, { ...LAG, subject: subjectOf('db-ro2') }, false],
    ['not what only begins with its subject', { rule: null, subject: 'db-1/ro' }, SLOT, false],
  ]
  for (const [what, over, alert, expected] of CASES) {
    test(what, () => assert.equal(muted(alert, [aSilence(over)], NOW) !== null, expected))
  }
  test('ends at its time, to the millisecond', () => {
    const silences = [aSilence()]
    assert.equal(muted(LAG, silences, NOW + 59_999)?.id, 's1')
    assert.equal(muted(LAG, silences, NOW + 60_000), null)
  })
})

describe('which silences go on', () => {
  const ack = aSilence({ kind: 'acknowledged', until: null })
  const standing = pictureWith([LAG])

  test('an acknowledgement stays while its alert stands and ends with it; a silence stays', () => {
    const silence = aSilence({ id: 's2' })
    assert.deepEqual(remainingSilences([ack, silence], standing, standing, true), [ack, silence])
    assert.deepEqual(remainingSilences([ack, silence], standing, pictureWith([]), true), [silence])
  })
  test('the list is the same one when nothing is over', () => {
    const list = [ack]
    assert.equal(remainingSilences(list, standing, standing, true), list)
  })
  test('an acknowledgement does not end before every target has answered', () => {
    assert.deepEqual(remainingSilences([ack], null, pictureWith([]), false), [ack])
  })
  test('an acknowledgement does not end because its subject can not be read any more', () => {
    const databases = well.databases.map((view) =>
      view.id === 'db-ro'
        ? { ...view, stale: true, problem: { code: 'timeout' as const, message: 'm', hint: null, since: NOW } }
        : view,
    )
    assert.deepEqual(remainingSilences([ack], standing, pictureWith([], { databases }), true), [ack])
  })
  test('an acknowledged warning that turns critical is told again', () => {
    const critical = pictureWith([{ ...LAG, severity: 'critical' }])
    assert.deepEqual(remainingSilences([ack], standing, critical, true), [])
    assert.deepEqual(remainingSilences([ack], critical, critical, true), [ack])
  })
  test('an acknowledgement with a limit ends there', () => {
    assert.deepEqual(remainingSilences([{ ...ack, until: NOW }], standing, standing, true), [])
  })
})

test('nothing is silenced without a reason, for ever, or until a time that has passed', () => {
  assert.equal(whyNotSilenced(aSilence(), NOW), null)
  assert.match(whyNotSilenced(aSilence({ reason: ' \t' }), NOW) ?? '', /reason/)
  assert.match(whyNotSilenced(aSilence({ until: null }), NOW) ?? '', /end/)
  assert.match(whyNotSilenced(aSilence({ until: NOW }), NOW) ?? '', /past/)
  assert.equal(whyNotSilenced(aSilence({ kind: 'acknowledged', until: null }), NOW), null)
})
