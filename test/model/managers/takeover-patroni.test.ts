// What follows from the answers of a real Patroni: who takes over, which alerts stand, where it contradicts PostgreSQL.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { managerContradictions } from '../../../src/model/managers/contradictions.ts'
import { managerBlockFor } from '../../../src/model/managers/manager-guard.ts'
import { memberWords } from '../../../src/model/managers/member-words.ts'
import { whyThereIsNoPrimary } from '../../../src/model/managers/takeover.ts'
import type { ManagerReport } from '../../../src/model/measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../../src/model/measured/snapshot.ts'
import type { Picture } from '../../../src/model/picture/picture.ts'
import { freshReading, PENDING } from '../../../src/model/values/reading.ts'
import { type PatroniCase, patroniDatabases } from '../../builders/patroni-cluster.ts'
import { aCluster, NOW } from '../../builders/snapshot.ts'
import { recordedPatroni, reportAt } from '../../recorded/patroni.ts'

function pictureOf(given: PatroniCase, previous: Picture | null = null, now = NOW): Picture {
  return derivePicture(aCluster({ databases: patroniDatabases(given) }), previous, now)
}

const alertsOf = ({ alerts }: Picture) =>
  alerts
    .filter(({ rule }) => /manager|dcs|failsafe|switchover/.test(rule))
    .map(({ rule, severity }) => `${rule} ${severity}`)
const textOf = ({ alerts }: Picture, rule: string) => alerts.find((alert) => alert.rule === rule)?.message ?? ''
/** The alert of a condition that has to last. */
function lasting(given: PatroniCase): Picture {
  let picture = pictureOf(given)
  for (let at = NOW + 2_000; at <= NOW + 20_000; at += 2_000) picture = pictureOf(given, picture, at)
  return picture
}

const tagged = (report: ManagerReport): ManagerReport => ({
  ...report,
  members: report.members.map((member) =>
    member.facts?.tags
      ? { ...member, facts: { ...member.facts, tags: { ...member.facts.tags, noFailover: true } } }
      : member,
  ),
})

describe('next in line under Patroni', () => {
  test('is a member that its rules allow', () => {
    const picture = pictureOf({})
    assert.equal(picture.failover.candidate, 'n1')
    assert.deepEqual(memberWords(picture.manager, 'n3'), ['nofailover'])
    assert.deepEqual(alertsOf(picture), [])
    assert.deepEqual(managerContradictions(picture.manager, picture.databases), [])
  })

  test('is nobody where all are tagged, and says why', () => {
    const picture = lasting({ change: tagged })
    assert.equal(picture.failover.candidate, null)
    assert.deepEqual(picture.failover.blockers, [
      'Patroni promotes nobody: n1 is tagged nofailover and n3 is tagged nofailover',
    ])
    assert.deepEqual(alertsOf(picture), ['manager-no-candidate warning'])
  })

  test('is the synchronous standby in synchronous mode, whichever has more', () => {
    const picture = pictureOf({ state: recordedPatroni.scheduled })
    assert.equal(picture.failover.candidate, 'n1')
    assert.deepEqual(memberWords(picture.manager, 'n1'), ['pending restart', 'sync'])
    const none = pictureOf({
      state: recordedPatroni.scheduled,
      change: (report) => ({
        ...report,
        members: report.members.map((each) =>
          each.facts?.role === 'sync' ? { ...each, facts: { ...each.facts, role: 'replica' } } : each,
        ),
      }),
    })
    assert.match(none.failover.blockers.join(), /n1 is no synchronous standby of Patroni/)
  })

  test('is none that lags too far, is not ready, or has no agent', () => {
    const with1 = (change: (member: ManagerReport['members'][number]) => object) => (report: ManagerReport) => ({
      ...report,
      members: report.members.map((each) => (each.name === 'n1' ? { ...each, ...change(each) } : each)),
    })
    const late = with1(({ facts }) => ({ facts: { ...facts, lagBytes: 2_000_000 } }))
    assert.match(
      pictureOf({ change: late }).failover.blockers.join(),
      /n1 is 1.9 MB behind, more than maximum_lag_on_failover \(1 MB\)/,
    )
    const copied = with1(() => ({ state: 'creating replica' }))
    assert.match(
      pictureOf({ change: copied }).failover.blockers.join(),
      /n1 is not ready: Patroni calls it “creating replica”/,
    )
    const unknown = with1(({ facts }) => ({ facts: { ...facts, lagBytes: null } }))
    assert.equal(pictureOf({ change: unknown }).failover.candidate, 'n1')
  })
})

describe('the configuration store of Patroni', () => {
  test('lost: nobody is promoted, and the primary goes', () => {
    const lost = pictureOf({ state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 39_000 })
    assert.equal(lost.manager?.details?.dcs?.state, 'lost')
    assert.deepEqual(alertsOf(lost), ['dcs-lost critical'])
    assert.match(
      textOf(lost, 'dcs-lost'),
      /^Patroni \(test\) has lost its configuration store \(DCS\), last reached 39 s ago: no database is made/,
    )
    assert.equal(lost.failover.candidate, null)
    assert.match(
      pictureOf({ state: recordedPatroni.dcsLost, seenAgoMs: 39_000 }).failover.blockers.join(),
      /promotes nobody: it has lost its DCS/,
    )
  })

  test('lost: patronictl can’t be the remedy, and a standby beside a primary has reasons of its own', () => {
    const lost = pictureOf({ state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 39_000 })
    const block = managerBlockFor(lost, 'promote', 'n1')
    assert.deepEqual([block?.result, block?.command], ['fail', null])
    assert.match(block?.effect ?? '', /^patronictl can’t work without the configuration store/)
    assert.match(
      whyThereIsNoPrimary(lost.manager, lost.databases) ?? '',
      /^Patroni promotes nobody: it has lost its DCS/,
    )
    const up = pictureOf({ state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 })
    assert.equal(whyThereIsNoPrimary(up.manager, up.databases), null)
    assert.equal(managerBlockFor(pictureOf({}), 'promote', 'n1')?.command, 'patronictl switchover test --candidate n1')
  })

  test('lost, with failsafe mode: the primary stays, and nobody can take over', () => {
    const failsafe = pictureOf({ state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 })
    assert.deepEqual(alertsOf(failsafe), ['dcs-lost warning', 'failsafe warning'])
    // Replicas keep the flag for a moment after it.
    assert.deepEqual(alertsOf(pictureOf({ state: recordedPatroni.afterFailsafe, primary: 'n1' })), [])
  })

  /** The picture where the agents beside these members have lost it, and the others answer as `heard` says. */
  function lostBeside(members: readonly string[], isHeard = true): Picture {
    const databases = patroniDatabases({}).map((record): DatabaseRecord => {
      const answer = record.manager?.state === 'fresh' ? record.manager.value : null
      const lost = reportAt(recordedPatroni.dcsLost, record.spec.id)
      if (!answer || !lost.agent) return record
      if (!members.includes(record.spec.id)) return isHeard ? record : { ...record, manager: PENDING }
      const [before] = answer.reports
      const systemIdentifier = before?.systemIdentifier ?? null
      const report = { ...lost, systemIdentifier, agent: { ...lost.agent, dcsSeenAt: NOW - 39_000 } }
      const lastReport = before ? { report: before, at: NOW - 20_000 } : null
      return { ...record, manager: freshReading({ ...answer, reports: [report], lastReport }, NOW) }
    })
    return derivePicture(aCluster({ databases }), null, NOW)
  }

  test('lost by one agent alone is told of that one', () => {
    const picture = lostBeside(['n3'])
    assert.deepEqual(picture.manager?.details?.dcs?.lostBy, ['n3'])
    assert.match(textOf(picture, 'dcs-lost'), /beside n3 has lost its configuration store/)
    assert.deepEqual([picture.manager?.leader, picture.failover.candidate], ['n2', 'n1'])
  })

  test('lost by the agent of the only candidate: it is none', () => {
    const { failover } = lostBeside(['n1'])
    assert.equal(failover.candidate, null)
    assert.match(failover.blockers.join(), /n1 has an agent that has lost its configuration store \(DCS\)/)
  })

  test('lost by the agent of the primary: it gives way', () => {
    assert.match(
      textOf(lostBeside(['n2']), 'dcs-lost'),
      /beside n2 has lost .*: n2 becomes a standby, and another one may/,
    )
  })

  test('lost by the only agent of three that answers, beside a primary: nothing is known of the others', () => {
    const picture = lostBeside(['n3'], false)
    assert.equal(picture.manager?.details?.dcs?.state, 'partly')
    assert.equal(lostBeside(['n1', 'n3'], false).manager?.details?.dcs?.state, 'lost')
  })

  test('that answers with old news is found by what PostgreSQL says', () => {
    const picture = lasting({ primary: null })
    assert.match(
      textOf(picture, 'dcs-lost'),
      /^Patroni names n2 as the primary, and it is in recovery.*may have no quorum$/,
    )
  })
})

describe('plans and pauses', () => {
  test('a scheduled switchover counts down', () => {
    const change = (report: ManagerReport) => ({
      ...report,
      scheduledSwitchover: { at: NOW + 300_000, from: 'n2', to: 'n1' },
    })
    assert.match(
      textOf(pictureOf({ change }), 'switchover-scheduled'),
      /^Patroni \(test\) switches over from n2 to n1 in 5 min, at 2026-11-22 14:37 UTC$/,
    )
  })

  test('a pause warns after ten minutes, and at once where there is one reading only', () => {
    const given = { state: recordedPatroni.paused }
    const first = pictureOf(given)
    assert.deepEqual(
      alertsOf(first).filter((each) => each.startsWith('manager-paused')),
      ['manager-paused warning'],
    )
    assert.match(first.failover.warnings.join(), /Patroni is paused: it promotes nobody by itself/)
    assert.equal(pictureOf(given, first, NOW + 60_000).manager?.details?.pausedSince, NOW)
  })
})

function contradictionsIn(databases: readonly DatabaseRecord[]): readonly string[] {
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  return managerContradictions(picture.manager, picture.databases)
}

describe('contradictions', () => {
  test('two agents with two leaders, a member that is not watched, a database that is no member', () => {
    const databases = patroniDatabases({})
    const apart = databases.map((record, index): DatabaseRecord => {
      const answer = record.manager?.state === 'fresh' ? record.manager.value : null
      const [report] = answer?.reports ?? []
      if (index !== 0 || !answer || !report) return record
      const members = report.members.map((each) => ({ ...each, isLeader: each.name === 'n3' }))
      return { ...record, manager: freshReading({ ...answer, reports: [{ ...report, members }] }, NOW) }
    })
    const told = contradictionsIn(apart)
    assert.match(told.join('\n'), /Patroni names 2 members as the primary: n3 and n2/)
    const fewer = contradictionsIn(databases.slice(0, 2))
    assert.deepEqual(fewer, ['n3 (127.0.0.1:23133) is a member of Patroni, and not watched: add to "databases"'])
  })
})
