import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Change,
  change,
  type KnownAlerts,
  type Listener,
  recovered,
  type Standing,
  settled,
} from '../../../src/model/alerts/notification-diff.ts'
import type { ClusterAlert } from '../../../src/model/alerts/notification-message.ts'
import { NOW } from '../../builders/snapshot.ts'

const ALL: Listener = { id: 'all', on: ['warning', 'critical'] }
const PAGER: Listener = { id: 'pager', on: ['critical'] }

function alert(over: Partial<ClusterAlert> = {}): ClusterAlert {
  return {
    cluster: 'vault',
    rule: 'replication-lag',
    severity: 'warning',
    subject: 'db-ro',
    message: 'db-ro: replication lag 12 MB, limit 8 MB',
    since: NOW - 4_000,
    ...over,
  }
}

function standing(over: Partial<Standing> = {}): Standing {
  return { loud: [], muted: [], hasEnded: () => true, listeners: () => [ALL, PAGER], now: NOW, ...over }
}

const said = ({ letters }: Change) =>
  letters.map(({ listener, document: { event, severity } }) => `${listener} ${event} ${severity}`)

/** What is said in each of these moments, every letter arriving before the next. */
function through(...moments: readonly Partial<Standing>[]): readonly (readonly string[])[] {
  let known: KnownAlerts = {}
  return moments.map((moment) => {
    const next = change(known, standing(moment))
    known = next.letters.reduce(settled, next.known)
    return said(next)
  })
}

const warning = { loud: [alert()] }
const critical = { loud: [alert({ severity: 'critical' })] }

describe('who is told what', () => {
  const CASES: readonly (readonly [string, readonly Partial<Standing>[], readonly (readonly string[])[]])[] = [
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
    ['only by the one who tells', [{ ...warning, listeners: () => [] }, warning], [[], ['all raised warning']]],
  ]
  for (const [what, moments, expected] of CASES) test(what, () => assert.deepEqual(through(...moments), expected))

  test('each cluster, rule and subject is an alert of its own', () => {
    const loud = [alert(), alert({ cluster: 'b' }), alert({ rule: 'stale' }), alert({ subject: 'db-2' })]
    assert.equal(change({}, standing({ loud, listeners: () => [ALL] })).letters.length, 4)
  })
})

describe('a letter', () => {
  test('says everything needed to act', () => {
    const [letter] = change({}, standing(warning)).letters
    assert.deepEqual(letter?.document, {
      schema: 'pgdeck.alert/1',
      event: 'raised',
      cluster: 'vault',
      rule: 'replication-lag',
      severity: 'warning',
      subject: 'db-ro',
      message: 'db-ro: replication lag 12 MB, limit 8 MB',
      since: '2026-11-22T14:32:03.123Z',
      during: null,
      at: '2026-11-22T14:32:07.123Z',
      next: { key: '2', does: 'the link from both ends, stage by stage' },
      audit: null,
    })
  })
  test('of the end says how long it lasted', () => {
    const { known } = change({}, standing(warning))
    const [letter] = change(known, standing({ now: NOW + 56_000 })).letters
    assert.equal(letter?.document.message, 'over after 1 min: db-ro: replication lag 12 MB, limit 8 MB')
    assert.equal(letter?.document.next, null)
  })
  test('keeps when it began, though a program that was started anew saw it begin anew', () => {
    const { known } = change({}, standing(warning))
    const later = alert({ severity: 'critical', since: NOW + 60_000 })
    const [letter] = change(known, standing({ loud: [later], now: NOW + 60_000 })).letters
    assert.equal(letter?.document.since, '2026-11-22T14:32:03.123Z')
  })
})

describe('what could not be delivered before the program ended', () => {
  const mine = () => true
  test('is told again, the beginning and the end', () => {
    const raised = change({}, standing(warning)).known
    assert.deepEqual(said(change(recovered(raised, mine), standing(warning))), ['all raised warning'])
    const over = change(raised, standing()).known
    assert.deepEqual(said(change(recovered(over, mine), standing())), ['all resolved warning'])
  })
  test('is not told again by one who is not to tell, nor what has arrived', () => {
    const { known, letters } = change({}, standing(warning))
    assert.deepEqual(
      recovered(known, () => false),
      known,
    )
    assert.deepEqual(said(change(recovered(letters.reduce(settled, known), mine), standing(warning))), [])
  })
  test('a letter that was overtaken settles nothing', () => {
    const first = change({}, standing(warning))
    const second = change(first.known, standing(critical))
    assert.equal(first.letters.reduce(settled, second.known), second.known)
  })
})
