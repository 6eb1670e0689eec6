// States of the screen with alerts of many kinds, some of them muted, and a past that explains them.

import type { Silence } from '../../src/model/alerts/silence.ts'
import type { ClusterEvent } from '../../src/model/picture/picture.ts'
import { subjectOf } from '../../src/model/picture/subject.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { State } from '../../src/state/state.ts'
import { healthy, stateOf } from './screens.ts'
import { aClient, aCluster, aPrimary, aSender, aSlot, aStandby, lsn, NOW } from './snapshot.ts'

const BEHIND = lsn('0/50000000')

/** Replay is paused as settings are too low, an unused slot keeps WAL, sessions are nearly full; one alert is muted. */
export function manyAlerts(over: Partial<State> = {}): State {
  const behind = aSender({ applicationName: 'db-ro', slot: 'ro_slot', replayedLsn: BEHIND })
  const standby = aStandby({ standby: { pause: 'paused', replayedLsn: BEHIND, applyLagSeconds: 95 } })
  const pulse = standby.pulse
  const settings = pulse.state === 'fresh' ? { ...pulse.value.settings, max_connections: 30 } : null
  const primary = aPrimary({
    senders: [behind],
    slots: [aSlot(), aSlot({ name: 'old_report', active: false, activePid: null, retainedBytes: 3 * 1024 ** 3 })],
    clients: [aClient('pmp-a', '10.0.0.11', 61), aClient('pmp-b', '10.0.0.12', 20)],
    sessions: {
      total: 84,
      max: 100,
      reserved: 3,
      active: 3,
      idleInTransaction: 0,
      waiting: 0,
      longestIdleInTransactionSeconds: null,
    },
  })
  const low = pulse.state === 'fresh' && settings ? { ...pulse, value: { ...pulse.value, settings } } : pulse
  const state = stateOf([aCluster({ databases: [primary, { ...standby, pulse: low }] })], over)
  return {
    ...state,
    clusters: state.clusters.map((cluster) => ({ ...cluster, events: PAST, silences: SILENCES })),
    navigation: { ...START_NAVIGATION, view: 'alerts' },
    ...over,
  }
}

const event = (
  secondsAgo: number,
  subject: string,
  severity: ClusterEvent['severity'],
  text: string,
): ClusterEvent => ({
  at: NOW - secondsAgo * 1000,
  severity,
  subject: subjectOf(subject),
  subjectName: subject,
  text,
})

const PAST: readonly ClusterEvent[] = [
  // What began an alert that still stands: it is told once.
  { ...event(120, 'db-ro', 'warning', 'replay is paused: by itself, as settings are too low'), rule: 'replay-paused' },
  event(180, 'db-1', 'info', 'timeline 3 → 4'),
  { ...event(900, 'pmp-a', 'critical', 'degraded: HTTP 500'), cause: 'its database db-1 is inactive' },
  event(860, 'pmp-a', 'ok', 'active again after 40 s'),
  event(90_000, 'db-ro', 'warning', 'disconnected from db-1'),
]

export const SILENCES: readonly Silence[] = [
  {
    id: 'silence-1',
    cluster: 'vault',
    rule: 'slot-inactive',
    subject: 'db-1/old_report',
    reason: 'the report server is being moved',
    by: 'ann',
    kind: 'silenced',
    at: NOW - 1_800_000,
    until: NOW + 3 * 3_600_000,
  },
  {
    id: 'silence-2',
    cluster: 'vault',
    rule: null,
    subject: 'db-west',
    reason: 'taken out of service',
    by: 'bob',
    kind: 'acknowledged',
    at: NOW - 600_000,
    until: null,
  },
]

/** Nothing is wrong and nothing has happened. */
export function noAlerts(): State {
  const state = healthy()
  return {
    ...state,
    clusters: state.clusters.map((cluster) => ({ ...cluster, events: [] })),
    navigation: { ...START_NAVIGATION, view: 'alerts' },
  }
}

/** 51 sessions wait behind one that is idle in a transaction. */
export function pileUp(): State {
  const behind = {
    pid: 24960,
    others: 0,
    application: 'legacy-cron',
    role: 'billing',
    database: 'shop',
    kind: 'client backend',
    state: 'idle in transaction',
    waits: false,
    startedAt: NOW - 600_000,
  }
  const primary = aPrimary({
    lockWaits: { count: 51, longest: { seconds: 180, behind } },
    senders: [aSender({ applicationName: 'db-ro', slot: 'ro_slot' })],
  })
  return stateOf([aCluster({ databases: [primary, aStandby()] })])
}
