import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type CurrentAlerts,
  diffNotifications,
  type NotificationChange,
  type NotificationTarget,
  type NotifiedAlerts,
  recoverUndelivered,
  settleNotification,
} from '../../../src/model/alerts/notification-diff.ts'
import type { ClusterAlert } from '../../../src/model/alerts/notification-message.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'
import { NOW } from '../../builders/snapshot.ts'

const ALL: NotificationTarget = { id: 'all', on: ['warning', 'critical'] }
const PAGER: NotificationTarget = { id: 'pager', on: ['critical'] }

function alert(over: Partial<ClusterAlert> = {}): ClusterAlert {
  return {
    cluster: 'vault',
    rule: 'replication-lag',
    severity: 'warning',
    subject: subjectOf('db-ro'),
    message: 'db-ro: replication lag 12 MB, limit 8 MB',
    since: NOW - 4_000,
    ...over,
  }
}

function standing(over: Partial<CurrentAlerts> = {}): CurrentAlerts {
  return { unmuted: [], muted: [], hasEnded: () => true, targets: () => [ALL, PAGER], now: NOW, ...over }
}

const said = ({ letters }: NotificationChange) =>
  letters.map(({ targetId, document: { event, severity } }) => `${targetId} ${event} ${severity}`)

/** What is said in each of these moments, every letter arriving before the next. */
function through(...moments: readonly Partial<CurrentAlerts>[]): readonly (readonly string[])[] {
  let known: NotifiedAlerts = {}
  return moments.map((moment) => {
    const next = diffNotifications(known, standing(moment))
    known = next.letters.reduce(settleNotification, next.known)
    return said(next)
  })
}

const warning = { unmuted: [alert()] }
const critical = { unmuted: [alert({ severity: 'critical' })] }

describe('who is told what', () => {
  const CASES: readonly (readonly [string, readonly Partial<CurrentAlerts>[], readonly (readonly string[])[]])[] = [
    ['once, and of the end', [warning, warning, {}, {}], [['all raised warning'], [], ['all resolved warning'], []]],
    [
      'of a change, each by its severities',
      [warning, critical, {}],
      [
        ['all raised warning'],
        ['all changed critical', 'pager raised critical'],
        ['all resolved critical', 'pager resolved critical'],
      ],
    ],
    [
      'of what comes back to a severity that is meant for them',
      [critical, warning, critical, {}],
      [
        ['all raised critical', 'pager raised critical'],
        ['all changed warning'],
        ['all changed critical', 'pager changed critical'],
        ['all resolved critical', 'pager resolved critical'],
      ],
    ],
    [
      'of the end of what they were told of, as it was last',
      [critical, warning, {}],
      [
        ['all raised critical', 'pager raised critical'],
        ['all changed warning'],
        ['all resolved warning', 'pager resolved warning'],
      ],
    ],
    ['nothing while it is muted', [{ muted: [alert()] }, {}], [[], []]],
    ['of what stands when it is no longer muted', [{ muted: [alert()] }, warning], [[], ['all raised warning']]],
    [
      'of the end of an alert that was muted later',
      [warning, { muted: [alert({ severity: 'critical' })] }, {}],
      [['all raised warning'], [], ['all resolved warning']],
    ],
    [
      'not of an end that nobody can see',
      [warning, { hasEnded: () => false }, {}],
      [['all raised warning'], [], ['all resolved warning']],
    ],
    [
      'anew when it comes again',
      [warning, {}, warning],
      [['all raised warning'], ['all resolved warning'], ['all raised warning']],
    ],
    ['only by the one who tells', [{ ...warning, targets: () => [] }, warning], [[], ['all raised warning']]],
  ]
  for (const [what, moments, expected] of CASES) test(what, () => assert.deepEqual(through(...moments), expected))

  test('each cluster, rule and subject is an alert of its own', () => {
    const loud = [alert(), alert({ cluster: 'b' }), alert({ rule: 'stale' }), alert({ subject: subjectOf('db-2') })]
    assert.equal(diffNotifications({}, standing({ unmuted: loud, targets: () => [ALL] })).letters.length, 4)
  })
})

describe('a letter', () => {
  test('says everything needed to act', () => {
    const [letter] = diffNotifications({}, standing(warning)).letters
    assert.deepEqual(letter?.document, {
      schema: 'pgdeck.alert/1',
      event: 'raised',
      cluster: 'vault',
      rule: 'replication-lag',
      severity: 'warning',
      subject: 'db-ro',
      owner: 'db-ro',
      message: 'db-ro: replication lag 12 MB, limit 8 MB',
      since: '2026-11-22T14:32:03.123Z',
      during: null,
      at: '2026-11-22T14:32:07.123Z',
      next: { key: '2', does: 'the link from both ends, stage by stage' },
      audit: null,
    })
  })
  test('of the end says how long it lasted', () => {
    const { known } = diffNotifications({}, standing(warning))
    const [letter] = diffNotifications(known, standing({ now: NOW + 56_000 })).letters
    assert.equal(letter?.document.message, 'over after 1 min: db-ro: replication lag 12 MB, limit 8 MB')
    assert.equal(letter?.document.next, null)
  })
  test('keeps when it began, though a program that was started anew saw it begin anew', () => {
    const { known } = diffNotifications({}, standing(warning))
    const later = alert({ severity: 'critical', since: NOW + 60_000 })
    const [letter] = diffNotifications(known, standing({ unmuted: [later], now: NOW + 60_000 })).letters
    assert.equal(letter?.document.since, '2026-11-22T14:32:03.123Z')
  })
})

describe('what could not be delivered before the program ended', () => {
  const mine = () => true
  test('is told again, the beginning and the end', () => {
    const raised = diffNotifications({}, standing(warning)).known
    assert.deepEqual(said(diffNotifications(recoverUndelivered(raised, mine), standing(warning))), [
      'all raised warning',
    ])
    const over = diffNotifications(raised, standing()).known
    assert.deepEqual(said(diffNotifications(recoverUndelivered(over, mine), standing())), ['all resolved warning'])
  })
  test('is not told again by one who is not to tell, nor what has arrived', () => {
    const { known, letters } = diffNotifications({}, standing(warning))
    assert.deepEqual(
      recoverUndelivered(known, () => false),
      known,
    )
    assert.deepEqual(
      said(diffNotifications(recoverUndelivered(letters.reduce(settleNotification, known), mine), standing(warning))),
      [],
    )
  })
  test('a letter that was overtaken settles nothing', () => {
    const first = diffNotifications({}, standing(warning))
    const second = diffNotifications(first.known, standing(critical))
    assert.equal(first.letters.reduce(settleNotification, second.known), second.known)
  })
})
