// The scenes of the golden frames of clusters under a manager, by recorded answers of real ones.

import type { ManagerReport } from '../../src/model/measured/managers/manager-report.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import type { DatabaseRecord } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import { cloudNativePgReport } from '../../src/probes/database/managers/cloudnativepg.ts'
import { registeredMember } from '../../src/probes/database/managers/registered-member.ts'
import type { State } from '../../src/state/state.ts'
import { type PatroniCase, patroniDatabases } from '../builders/patroni-cluster.ts'
import { stateOf } from '../builders/screens.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aSender,
  aStale,
  aStandbyPulse,
  NO_MANAGER,
  NOW,
  PRIMARY_LSN,
  SYSTEM,
} from '../builders/snapshot.ts'
import { clusterResource } from '../recorded/cloudnativepg.ts'
import { recordedPatroni } from '../recorded/patroni.ts'

const underPatroni = (given: PatroniCase): State => stateOf([aCluster({ databases: patroniDatabases(given) })])

function detailsOf(state: State, id: string): State {
  const details = { view: 'topology', pane: 'databases', id, scroll: 13 } as const
  return { ...state, navigation: { ...state.navigation, details } }
}

/** A replica that is tagged, a pending restart, a switchover in twelve minutes. */
function planned(): State {
  const change = (report: ManagerReport): ManagerReport => ({
    ...report,
    scheduledSwitchover: { at: NOW + 720_000, from: 'n2', to: 'n1' },
  })
  return underPatroni({ state: recordedPatroni.scheduled, change })
}

const dcsLost = (): State => underPatroni({ state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 39_000 })
const failsafe = (): State => underPatroni({ state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 })

/** The agent beside this member does not answer. */
function agentDown(member: string): State {
  const databases = patroniDatabases({}).map((record): DatabaseRecord => {
    if (record.spec.id !== member) return record
    const { patroni: address = '' } = record.spec
    const unresponsiveAgent = { address, problem: aFault('refused', 'it refuses connections'), failures: 3 }
    const reading = { reports: [], unresponsiveAgent, lastReport: null, traces: null }
    return { ...record, manager: freshReading(reading, NOW - 500) }
  })
  return stateOf([aCluster({ databases })])
}

const NO_ANSWER = { reports: [], unresponsiveAgent: null, lastReport: null, traces: null }

/** The host of the leader is gone: neither its agent nor its database answers. */
function leaderGone(): State {
  const seen = NOW - 8_000
  const databases = patroniDatabases({ isCutOff: true }).map((record): DatabaseRecord => {
    const { pulse, spec } = record
    if (spec.id !== 'n2' || pulse.state !== 'fresh') return record
    const { systemIdentifier, settings, timeline } = pulse.value
    const fault = aFault('unreachable', 'n2: no route to host')
    return {
      ...record,
      pulse: aStale(pulse.value, seen, fault),
      manager: aStale(NO_ANSWER, seen, fault),
      lastSeenAsPrimary: { at: seen, lsn: PRIMARY_LSN, timeline, systemIdentifier: systemIdentifier ?? '', settings },
    }
  })
  return stateOf([aCluster({ databases })])
}

/** Of three nodes of pg_auto_failover, one is in maintenance. */
function maintenance(): State {
  const row = (name: string, port: number, state: string, facts: object) =>
    registeredMember({
      scope: null,
      name,
      host: '127.0.0.1',
      port,
      leads: state === 'primary',
      state,
      system: null,
      facts,
    })
  const common = { priority: 50, isInQuorum: true, health: 1, lsn: '0/5A001F20', timeline: 4, ago: 0.4 }
  const report: ManagerReport = {
    kind: 'pg_auto_failover',
    source: 'pgautofailover.node',
    scope: 'default',
    systemIdentifier: SYSTEM,
    paused: null,
    members: [
      row('node_1', 5432, 'primary', { ...common, assigned: 'primary' }),
      row('node_2', 5433, 'secondary', { ...common, assigned: 'secondary' }),
      row('node_3', 5434, 'maintenance', { ...common, assigned: 'maintenance', health: -1 }),
    ],
  }
  const reading = freshReading({ reports: [report], unresponsiveAgent: null, lastReport: null, traces: null }, NOW)
  const senders = ['db-2', 'db-3'].map((applicationName) => aSender({ applicationName }))
  const databases = [
    aDatabase({ id: 'db-1', port: 5432, pulse: aPrimaryPulse({ senders, serverPort: 5432 }) }),
    aDatabase({ id: 'db-2', port: 5433, pulse: aStandbyPulse() }),
    aDatabase({ id: 'db-3', port: 5434, pulse: aStandbyPulse({ serverPort: 5434 }) }),
  ]
  const sources = [{ kind: 'pg_auto_failover' as const, address: '10.0.0.10:5432', reading }]
  return stateOf([{ ...aCluster({ databases }), managerSources: sources }])
}

/** repmgr: one standby must not take over, and the daemon beside the other one does not run. */
function underRepmgr(): State {
  const row = (name: string, port: number, role: string, facts: object) =>
    registeredMember({
      scope: null,
      name,
      host: '127.0.0.1',
      port,
      leads: role === 'primary',
      state: role,
      system: null,
      facts: { role, priority: 100, isHealthy: true, ...facts },
    })
  const common = {
    kind: 'repmgr',
    source: 'repmgr.nodes',
    scope: null,
    systemIdentifier: SYSTEM,
    paused: false,
  } as const
  const members = [
    row('node1', 5432, 'primary', {}),
    row('node2', 5433, 'standby', { priority: 0, upstream: 'node1' }),
    row('node3', 5434, 'standby', { upstream: 'node1' }),
  ]
  const senders = ['node2', 'node3'].map((applicationName) => aSender({ applicationName }))
  const place = (id: string, port: number, runs: boolean, pulse: DatabasePulse) => {
    const report: ManagerReport = { ...common, members, isDaemonRunning: runs }
    const sessions = runs ? [{ name: 'repmgrd', isPrivileged: true, count: 1 }] : []
    const manager = freshReading(
      { reports: [report], unresponsiveAgent: null, lastReport: null, traces: null },
      NOW - 500,
    )
    const managerSigns = { ...NO_MANAGER, sessions }
    return { ...aDatabase({ id, port, pulse: { ...pulse, managerSigns } }), manager }
  }
  const standby = (applicationName: string, serverPort: number) =>
    aStandbyPulse({ serverPort, clusterName: applicationName })
  return stateOf([
    aCluster({
      databases: [
        place('node1', 5432, true, aPrimaryPulse({ senders, serverPort: 5432 })),
        place('node2', 5433, true, standby('node2', 5433)),
        place('node3', 5434, false, standby('node3', 5434)),
      ],
    }),
  ])
}

/** CloudNativePG, whose operator moves the primary: pods behind forwarded ports, named as its instances. */
function underCloudNativePg(): State {
  const resource = clusterResource(({ status }) => {
    Object.assign(status, { targetPrimary: 'web-2', phase: 'Switchover in progress' })
  })
  const reading = freshReading(
    {
      reports: [cloudNativePgReport(JSON.stringify(resource), 'web')],
      unresponsiveAgent: null,
      lastReport: null,
      traces: null,
    },
    NOW - 3_000,
  )
  const systemIdentifier = '7710875730091603779'
  const senders = ['web-2', 'web-3'].map((applicationName) => aSender({ applicationName }))
  const databases = [
    aDatabase({ id: 'web-1', port: 15_432, pulse: aPrimaryPulse({ senders, systemIdentifier }) }),
    aDatabase({ id: 'web-2', port: 15_433, pulse: aStandbyPulse({ systemIdentifier, serverPort: 5433 }) }),
    aDatabase({ id: 'web-3', port: 15_434, pulse: aStandbyPulse({ systemIdentifier, serverPort: 5434 }) }),
  ]
  const sources = [{ kind: 'cloudnativepg' as const, address: 'web in shop', reading }]
  return stateOf([{ ...aCluster({ databases }), managerSources: sources }])
}

export const MANAGER_SCENES: Readonly<Record<string, () => State>> = {
  'patroni-planned': planned,
  'patroni-planned-details': () => detailsOf(planned(), 'n3'),
  'patroni-paused': () => underPatroni({ state: recordedPatroni.paused }),
  'patroni-dcs-lost': dcsLost,
  'patroni-dcs-lost-details': () => detailsOf(dcsLost(), 'n1'),
  'patroni-failsafe': failsafe,
  'patroni-leader-gone': leaderGone,
  'patroni-agent-down': () => agentDown('n2'),
  'patroni-standby-agent-down': () => agentDown('n1'),
  repmgr: underRepmgr,
  cloudnativepg: underCloudNativePg,
  'pg-auto-failover-maintenance': maintenance,
  'pg-auto-failover-maintenance-details': () => detailsOf(maintenance(), 'db-3'),
}
