// States of the screen for golden frames and sessions: clusters in every condition a user may meet.

import { derivePicture } from '../../src/model/derive-picture.ts'
import type { ClusterSnapshot, DatabaseRecord, ServerRecord } from '../../src/model/measured/snapshot.ts'
import type { ClusterEvent, Picture } from '../../src/model/picture/picture.ts'
import { subjectOf } from '../../src/model/picture/subject.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import type { Controller, DemoFault } from '../../src/state/controller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { START_NAVIGATION } from '../../src/state/navigation.ts'
import type { ClusterState, State } from '../../src/state/state.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimary,
  aPrimaryPulse,
  aReceiver,
  aSender,
  aServer,
  aServerPulse,
  aSlot,
  aStale,
  aStandby,
  aStandbyPulse,
  lsn,
  NOW,
} from './snapshot.ts'

/** A state that shows these clusters, looked at every two seconds for two minutes so that conditions have lasted. */
export function stateOf(snapshots: readonly ClusterSnapshot[], over: Partial<State> = {}): State {
  const specs = snapshots.map(({ spec }) => spec)
  return {
    ...initialState({ clusters: specs, now: NOW, intervalMs: 2_000, records: true }),
    startedAt: NOW - 600_000,
    clusters: snapshots.map(clusterState),
    ...over,
  }
}

function clusterState(snapshot: ClusterSnapshot): ClusterState {
  let picture: Picture | null = null
  for (let at = NOW - 120_000; at <= NOW; at += 2_000) picture = derivePicture(snapshot, picture, at)
  return {
    spec: snapshot.spec,
    databases: snapshot.databases,
    servers: snapshot.servers,
    hosts: snapshot.hosts,
    ...(snapshot.entryPoints ? { entryPoints: snapshot.entryPoints } : {}),
    picture: picture && aged(picture),
    complete: true,
    events: HAPPENINGS,
    silences: [],
    pollDurationMs: 41,
  }
}

/** A picture in which what began with the test began three hours ago. */
function aged(picture: Picture): Picture {
  const since = (each: { readonly since: number | null }) => (each.since === NOW ? NOW - 3 * 3_600_000 : each.since)
  return {
    ...picture,
    servers: picture.servers.map((server) => ({ ...server, since: since(server) })),
    entryPoints: picture.entryPoints.map((each) => ({ ...each, since: NOW - 3 * 3_600_000 })),
    databases: picture.databases.map((database) => ({ ...database, since: since(database) })),
  }
}

export const HAPPENINGS: readonly ClusterEvent[] = [
  {
    at: NOW - 12_000,
    severity: 'warning',
    subject: subjectOf('db-ro'),
    subjectName: 'db-ro',
    text: 'replication lag 12.4 MB, above 8 MB',
  },
  {
    at: NOW - 1_204_000,
    severity: 'ok',
    subject: subjectOf('pmp-b'),
    subjectName: 'pmp-b',
    text: 'active again after 42 s',
  },
  {
    at: NOW - 1_246_000,
    severity: 'critical',
    subject: subjectOf('pmp-b'),
    subjectName: 'pmp-b',
    text: 'inactive: connection refused',
  },
  { at: NOW - 90_000_000, severity: 'info', subject: subjectOf('db-1'), subjectName: 'db-1', text: 'timeline 3 → 4' },
]

const trend = (...values: readonly (number | null)[]) => values

function servers(): readonly ServerRecord[] {
  const parts = [
    { id: 'pmp-a', type: 'primary', databaseId: 'db-1', sessions: 41, pulse: aServerPulse({ latencyMs: 3.1 }) },
    { id: 'pmp-b', type: 'secondary', databaseId: 'db-1', sessions: 7, pulse: aServerPulse({ latencyMs: 4.2 }) },
    {
      id: 'pmp-ro',
      type: 'read-only',
      databaseId: 'db-ro',
      sessions: 0,
      pulse: aServerPulse({ latencyMs: 9, httpStatus: 302, location: 'https://pmp-a.example.net:7272/' }),
    },
  ] as const
  return parts.map(({ id, type, databaseId, sessions, pulse }) => ({
    ...aServer({ id, type, databaseId, pulse, sessions: freshReading(sessions, NOW), applicationName: id }),
    latencies: trend(3, 3, 4, 3, null, 6, 18, 9, pulse.latencyMs),
  }))
}

const clients = [
  { applicationName: 'pmp-a', address: '10.0.0.11', count: 24 },
  { applicationName: 'pmp-b', address: '10.0.0.12', count: 20 },
  { applicationName: 'psql', address: null, count: 1 },
]

function primary(over: Parameters<typeof aPrimaryPulse>[0] = {}): DatabaseRecord {
  return aPrimary(
    {
      timeline: 4,
      clients,
      sessions: {
        total: 48,
        max: 200,
        reserved: 3,
        active: 3,
        idleInTransaction: 1,
        waiting: 0,
        longestIdleInTransactionSeconds: 12,
      },
      slots: [aSlot()],
      senders: [aSender({ applicationName: 'db-ro', slot: 'ro_slot' })],
      ...over,
    },
    { port: 5432 },
  )
}

function standby(over: Parameters<typeof aStandbyPulse>[0] = {}): DatabaseRecord {
  return aStandby(
    {
      timeline: 4,
      clients: [{ applicationName: 'pmp-ro', address: '10.0.0.13', count: 2 }],
      standby: { receiver: aReceiver({ slot: 'ro_slot', receivedTimeline: 4 }) },
      ...over,
    },
    { port: 5433, slot: 'ro_slot' },
  )
}

/** All well. */
export function healthy(): State {
  return stateOf([aCluster({ databases: [primary(), standby()], servers: servers() })])
}

const BEHIND = lsn('0/593A0010')

/** The replica has received everything and replays 12 MB behind. */
export function lagging(): State {
  const behind = aSender({ applicationName: 'db-ro', slot: 'ro_slot', replayedLsn: BEHIND, replayLagSeconds: 3.1 })
  const position = {
    replayedLsn: BEHIND,
    applyLagSeconds: 3.1,
    receiver: aReceiver({ slot: 'ro_slot', receivedTimeline: 4 }),
  }
  return stateOf([
    aCluster({ databases: [primary({ senders: [behind] }), standby({ standby: position })], servers: servers() }),
  ])
}

/** The primary database refuses connections; its server answers 500; the replica has lost its source. */
export function primaryDown(): State {
  return stateOf([primaryDownSnapshot()])
}

const LONG_NAMES = new Map([
  ['db-1', 'vault-database-east'],
  ['db-ro', 'vault-database-west'],
  ['pmp-a', 'password-manager-a'],
  ['pmp-b', 'password-manager-b'],
  ['pmp-ro', 'password-manager-ro'],
])

/** The same with names of more than 14 letters. */
export function longNames(): State {
  const snapshot = primaryDownSnapshot()
  const named = <Node extends { readonly spec: { readonly id: string } }>(node: Node) => ({
    ...node,
    displayName: LONG_NAMES.get(node.spec.id) ?? node.spec.id,
  })
  return stateOf([{ ...snapshot, databases: snapshot.databases.map(named), servers: snapshot.servers.map(named) }])
}

function primaryDownSnapshot(): ClusterSnapshot {
  const seen = NOW - 42_000
  const gone = primary()
  const { pulse } = gone
  const value = pulse.state === 'fresh' ? pulse.value : aPrimaryPulse()
  const fault = {
    ...aFault('refused', 'db-1 (127.0.0.1:5432): connection refused'),
    hint: 'nothing listens there: is the server running? Start it, or promote a standby',
  }
  const failing = servers().map((server) =>
    server.spec.databaseId === 'db-1'
      ? { ...server, pulse: freshReading(aServerPulse({ httpStatus: 500 }), NOW) }
      : { ...server, pulse: freshReading(aServerPulse(), NOW) },
  )
  return aCluster({
    databases: [
      {
        ...gone,
        pulse: aStale(value, seen, fault),
        lastSeenAsPrimary: {
          at: seen,
          lsn: lsn('0/5A001F20'),
          timeline: 4,
          systemIdentifier: value.systemIdentifier ?? '',
          settings: value.settings,
        },
      },
      standby({ standby: { receiver: null } }),
    ],
    servers: failing,
  })
}

/** Two writable databases with one system identifier. */
export function splitBrain(): State {
  const second = aDatabase({
    id: 'db-ro',
    port: 5433,
    pulse: aPrimaryPulse({ lsn: lsn('0/5A100000'), timeline: 5, serverPort: 5433 }),
  })
  return stateOf([aCluster({ databases: [primary({ senders: [], slots: [] }), second], servers: servers() })])
}

/** Nothing has answered yet. */
export function firstSeconds(): State {
  const waiting = servers().map((server) => aServer({ id: server.spec.id, type: server.spec.type }))
  const snapshot = aCluster({
    databases: [aDatabase({ id: 'db-1' }), aDatabase({ id: 'db-ro', port: 5433 })],
    servers: waiting,
  })
  const state = stateOf([snapshot])
  return {
    ...state,
    clusters: state.clusters.map((each) => ({
      ...each,
      picture: null,
      complete: false,
      events: [],
      pollDurationMs: null,
    })),
  }
}

/** Six databases in three generations, one of them found, and a standby that is not watched. */
export function cascade(): State {
  const source = (port: number) => ({ receiver: aReceiver({ senderPort: port }) })
  const sender = (applicationName: string, port: number) => aSender({ applicationName, port: 50_000 + port, pid: port })
  const below = (id: string, port: number, from: number, names: readonly string[] = [], configured = true) =>
    aDatabase({
      id,
      port,
      configured,
      pulse: aStandbyPulse({
        serverPort: port,
        standby: source(from),
        senders: names.map((name, index) => sender(name, port + index + 1)),
      }),
    })
  const root = aPrimary({ senders: [sender('west-1', 5433), sender('east-1', 5436), sender('reporting', 5999)] })
  return stateOf([
    aCluster({
      name: 'orders',
      databases: [
        root,
        below('west-1', 5433, 5432, ['west-2', 'west-3']),
        below('west-2', 5434, 5433),
        below('west-3', 5435, 5433, [], false),
        below('east-1', 5436, 5432, ['east-2']),
        below('east-2', 5437, 5436),
      ],
    }),
  ])
}

/** Names, messages and addresses that try to break the screen. */
export function hostileNames(): State {
  const red = '\x1b[31mred\x1b[0m\x1b]0;title\x07'
  const wide = '日本語のサーバー名前がとても長い場合の表示'
  const rightToLeft = 'abc\u202Efdp.exe'
  const fault = {
    ...aFault('protocol', `answered with ${red}\n\nand\t${'x'.repeat(4000)}`),
    hint: `look at ${rightToLeft}\u0007`,
  }
  return stateOf([
    aCluster({
      name: `vault ${red} \u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}`,
      databases: [
        { ...primary(), displayName: wide },
        aDatabase({ id: 'db-ro', displayName: red, port: 5433, pulse: { state: 'failed', fault, since: NOW - 4_000 } }),
      ],
      servers: servers().map((server, index) => ({
        ...server,
        displayName: [rightToLeft, `${wide}${wide}`, 'e\u0301'.repeat(40)][index] ?? '',
      })),
    }),
  ])
}

/** Sixty databases: more than any of the screens has rows for. */
export function manyDatabases(): State {
  const replicas = Array.from({ length: 59 }, (_, index) => {
    const port = 6000 + index
    return aDatabase({
      id: `replica-${String(index + 1).padStart(2, '0')}`,
      port,
      pulse: aStandbyPulse({ serverPort: port }),
    })
  })
  const senders = replicas.map(({ spec }, index) => aSender({ applicationName: spec.id, pid: 100 + index }))
  const state = stateOf([aCluster({ databases: [aPrimary({ senders }), ...replicas], servers: servers() })])
  return {
    ...state,
    navigation: {
      ...START_NAVIGATION,
      pane: 'databases',
      selected: { ...START_NAVIGATION.selected, databases: 'replica-30' },
    },
  }
}

/** Demo faults that note what was made. */
export function demoFaults(made: string[] = []): readonly DemoFault[] {
  const fault = (id: string, title: string, explains: string): DemoFault => ({
    id,
    title,
    explains,
    make: async () => {
      made.push(id)
    },
  })
  return [
    fault('kill-primary', 'kill the primary database', 'stops db-1 at once; the replica loses its source'),
    fault('pause-replay', 'pause replay on the replica', 'lag grows while the flood goes on'),
    fault('heal', 'heal everything', 'starts what was stopped, removes what was added'),
  ]
}

export interface FakeController extends Controller {
  readonly calls: string[]
  readonly saved: readonly { readonly name: string; readonly text: string }[]
}

/** An engine that notes what it is asked. */
export function fakeController(over: Partial<Controller> = {}): FakeController {
  const calls: string[] = []
  const saved: { name: string; text: string }[] = []
  let following = false
  return {
    calls,
    actions: {
      plan: ({ action, target }) => void calls.push(`propose ${action} ${target}`),
      start: (run, _, answer) => void calls.push(`start ${run.id} ${answer.kind}`),
      resume: (cluster, run) => void calls.push(`resume ${cluster} ${run}`),
      decide: (decision) => void calls.push(`decide ${decision.choice}`),
      confirmManualStep: () => void calls.push('by hand'),
      skipManualStep: (step, reason) => void calls.push(`skip ${step}: ${reason}`),
      stop: () => void calls.push('stop'),
    },
    pollNow: () => void calls.push('pollNow'),
    setActiveQueries: (cluster, ids) => void calls.push(`look ${cluster} ${ids.join(' ')}`),
    setInterval: (ms) => void calls.push(`setInterval ${ms}`),
    showRecorded: (step) => void calls.push(`showRecorded ${JSON.stringify(step)}`),
    setPaused: (paused) => void calls.push(`setPaused ${paused}`),
    rename: async (cluster, id, name) => void calls.push(`rename ${cluster} ${id} ${name}`),
    silence: async ({ kind, rule, subject, reason }) => void calls.push(`${kind} ${rule} ${subject} ${reason}`),
    unsilence: async (id) => void calls.push(`unsilence ${id}`),
    followTrail(on) {
      if (on !== following) calls.push(on ? 'follow the trail' : 'leave the trail')
      following = on
    },
    async collectLogs(cluster, id, told) {
      calls.push(`logs ${cluster} ${id}`)
      told('1 MB of 2 MB')
      return `logs-${id}.tar.gz (1 MB)`
    },
    diagnose: (cluster, id) => void calls.push(`diagnose ${cluster} ${id}`),
    psql: (cluster, id) => ({
      title: `psql on ${id}`,
      returnHint: '\\q returns to pgdeck',
      run: async () => {
        calls.push(`psql ${cluster} ${id}`)
        return null
      },
    }),
    edit: () => ({ reason: 'there is no configuration file' }),
    save: (name, text) => {
      calls.push(`save ${name}`)
      saved.push({ name, text })
      return `/here/${name}`
    },
    saved,
    faults: [],
    quit: () => void calls.push('quit'),
    interrupt: () => void calls.push('interrupt'),
    ...over,
  }
}

/** Several clusters in every state of health. */
export function severalClusters(): State {
  const named = (state: State, name: string): ClusterState[] =>
    state.clusters.map((cluster) => ({ ...cluster, spec: { ...cluster.spec, name } }))
  return {
    ...healthy(),
    clusters: [
      ...named(healthy(), 'vault'),
      ...named(lagging(), 'ledger'),
      ...named(primaryDown(), 'payroll'),
      ...named(firstSeconds(), 'archive'),
    ],
  }
}
