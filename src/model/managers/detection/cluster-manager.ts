// Who is in charge of a cluster beside its people, by evidence that can be shown: alive, silent, or only hinted at.

import type { LastSeenManager, ManagerMember, ManagerReport } from '../../measured/managers/manager-report.ts'
import { MANAGER_KINDS, type ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood, lastReadAt } from '../../values/reading.ts'
import { type ManagerEvidence, managerEvidenceOn } from './evidence.ts'

/** The manager of a cluster as pgdeck sees it. */
export interface ClusterManager {
  readonly kind: ManagerKind
  readonly scope: string | null
  /**
   * `live`: it runs, by its own answer or by a session that only it can have. `silent`: it is configured, was seen before or
   * has left traces, and nothing shows that it runs; it may come back. `hint`: only what any user of the database can fake.
   */
  readonly activity: 'live' | 'silent' | 'hint'
  /** Sentences: what was seen, where. Never empty. */
  readonly evidence: readonly string[]
  /** Id of the database that the manager holds for the primary; null when it did not say, or it is none of ours. */
  readonly leader: string | null
  /** What the manager calls the databases, by their id. */
  readonly names: Readonly<Record<string, string>>
  readonly paused: boolean | null
  /** Its commands are run in pods of Kubernetes. */
  readonly runsInPods: boolean
  /** Whether its agent beside a database runs, by the database's id; absent where that is not known. */
  readonly agents: Readonly<Record<string, 'runs' | 'silent'>>
  /** False: what answered there manages another cluster, and nothing of what it said counts. null: it did not say. */
  readonly systemIdentifierMatches: boolean | null
  /** When the manager itself last answered; null when only its signs were seen. */
  readonly readAt: number | null
  /** When it was last known to run, and on which system; null when that was never seen. */
  readonly lastSeenRunning: Pick<LastSeenManager, 'at' | 'systemIdentifier'> | null
}

/**
 * Whether it would show itself if it ran, and does not. repmgr may be used without its daemon; of all others but Patroni no
 * sign tells whether they run.
 */
export function isManagerMissing({ kind, activity }: Pick<ClusterManager, 'kind' | 'activity'>): boolean {
  return kind === 'patroni' && activity === 'silent'
}

/** A manager's own view is asked for this often, in milliseconds. */
export const MANAGER_INTERVAL_MS = 15_000

/** What a manager said counts so long after it was heard: then its names may have changed. */
const HEARD_FOR_MS = 120_000
/** One that was there so recently is not taken for gone because nothing is seen of it: it may be down with its host. */
const REMEMBERED_FOR_MS = 7 * 24 * 3600_000
/** An agent opens its session again within its loop (10 s by default) when its server was started anew. */
const SETTLED_AFTER_MS = 30_000
const STANDINGS = ['live', 'silent', 'hint'] as const

type Known = Pick<ClusterSnapshot, 'databases' | 'lastSeenManager'>

/** The manager in charge, by the latest good readings and by memory; null when nothing speaks of one. */
export function detectManager(known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const managers = MANAGER_KINDS.flatMap((kind) => ofKind(kind, known, previous, now) ?? [])
  const seen = STANDINGS.flatMap((standing) => managers.filter((manager) => manager.activity === standing))[0] ?? null
  return seen === null || seen.activity === 'hint' ? (remembered(known, previous, now) ?? seen) : seen
}

interface Heard {
  readonly report: ManagerReport
  readonly at: number
  /** It answered when it was asked last. */
  readonly isNow: boolean
  /** Whether it speaks of the system of the database that it was asked about; null when either is not known. */
  readonly matches: boolean | null
}

interface Seen extends ManagerEvidence {
  readonly where: string
}

function ofKind(kind: ManagerKind, known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const { databases } = known
  const heard = databases.flatMap((record) => heardOf(record, databases, kind, now))
  const ours = heard.filter((each) => isOurs(each, databases))
  const seen = databases.flatMap((record) => seenOn(record, kind))
  const silent = kind === 'patroni' ? silences(databases) : []
  if (seen.length === 0 && ours.length === 0 && silent.length === 0) return null
  const newest = ours.reduce<Heard | null>((best, each) => (best && best.at >= each.at ? best : each), null)
  const report = newest?.report ?? null
  const names = report ? namesOf(report, databases) : {}
  const leader = report?.members.find(({ isLeader }) => isLeader)?.name
  const activity = activityOf(kind, ours, seen, silent)
  return {
    kind,
    scope: report ? report.scope : nameOfCluster(kind, databases),
    activity,
    evidence: [...together(seen), ...new Set(heard.map(said)), ...silent],
    leader: Object.keys(names).find((id) => names[id] === leader) ?? null,
    names,
    paused: pausedBy(ours),
    runsInPods: seen.some(({ inPods }) => inPods),
    agents: agentsOf(kind, databases, now),
    systemIdentifierMatches: matchOf(heard, ours),
    readAt: newest?.at ?? null,
    lastSeenRunning:
      activity === 'live' ? aliveNow(databases, now) : previous?.kind === kind ? previous.lastSeenRunning : null,
  }
}

function activityOf(
  kind: ManagerKind,
  ours: readonly Heard[],
  seen: readonly Seen[],
  silent: readonly string[],
): ClusterManager['activity'] {
  // A table stays when its manager is gone.
  const answers = kind !== 'repmgr' && ours.some(({ isNow }) => isNow)
  if (answers || has(seen, 'live')) return 'live'
  return silent.length > 0 || ours.length > 0 || has(seen, 'trace') ? 'silent' : 'hint'
}

/** False: only managers of other systems answered; null: no system identifier is known. */
function matchOf(heard: readonly Heard[], ours: readonly Heard[]): boolean | null {
  if (ours.some(({ matches }) => matches)) return true
  return heard.length > ours.length ? false : null
}

function has(seen: readonly Seen[], weight: ManagerEvidence['weight']): boolean {
  return seen.some((each) => each.weight === weight)
}

function seenOn({ pulse, manager, displayName }: DatabaseRecord, kind: ManagerKind): readonly Seen[] {
  const last = lastGood(pulse)
  const traces = (manager && lastGood(manager)?.traces) ?? null
  // What ran when a server was read last may have ended with it.
  const isOld = pulse.state !== 'fresh'
  return (last ? managerEvidenceOn(last, traces, kind) : []).map((each) => {
    return { ...each, weight: isOld && each.weight === 'live' ? 'trace' : each.weight, where: displayName }
  })
}

/** One sentence for what several databases show; the weightiest first. */
function together(seen: readonly Seen[]): readonly string[] {
  const weights = ['live', 'trace', 'hint']
  const ranked = seen.toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight))
  const groups = Map.groupBy(ranked, ({ what }) => what)
  return [...groups].map(([what, all]) => `${all.map(({ where }) => where).join(', ')}: ${what}`)
}

function heardOf(
  { manager }: DatabaseRecord,
  databases: readonly DatabaseRecord[],
  kind: ManagerKind,
  now: number,
): readonly Heard[] {
  const at = manager ? lastReadAt(manager) : null
  const answer = manager ? lastGood(manager) : null
  if (!manager || at === null || answer === null) return []
  const isNow = manager.state === 'fresh'
  const all = [
    ...answer.reports.map((report) => ({ report, at, isNow })),
    ...(answer.lastReport ? [{ ...answer.lastReport, isNow: false }] : []),
  ]
  return all
    .filter(({ report, at }) => report.kind === kind && now - at <= HEARD_FOR_MS)
    .map((each) => ({ ...each, matches: matchesOf(each.report, databases) }))
}

function matchesOf({ systemIdentifier }: ManagerReport, databases: readonly DatabaseRecord[]): boolean | null {
  const known = databases.flatMap(({ pulse }) => lastGood(pulse)?.systemIdentifier ?? [])
  return systemIdentifier === null || known.length === 0 ? null : known.includes(systemIdentifier)
}

/** A table is in the database itself; a REST that names no system must at least have one of ours among its members. */
function isOurs({ report, matches }: Heard, databases: readonly DatabaseRecord[]): boolean {
  if (matches !== null) return matches
  return report.kind !== 'patroni' || Object.keys(namesOf(report, databases)).length > 0
}

function said({ report: { source, systemIdentifier }, matches, isNow }: Heard): string {
  if (matches === false) return `${source} manages another cluster (system identifier ${systemIdentifier})`
  if (!isNow) return `${source} answered until a moment ago`
  return matches ? `${source} names this cluster's system identifier` : `${source} answers`
}

/** Where the configuration names a Patroni that does not answer, or was not heard yet: that is no sign that there is none. */
function silences(databases: readonly DatabaseRecord[]): readonly string[] {
  return databases.flatMap((record) => {
    const { spec, displayName, manager } = record
    if (spec.patroni === undefined || answers(record, 'patroni', databases)) return []
    const answer = manager ? lastGood(manager) : null
    const why =
      answer?.unresponsiveAgent?.problem.message ??
      (manager?.state === 'failed' || manager?.state === 'stale' ? manager.fault.message : null) ??
      (answer ? 'the Patroni there manages another cluster' : 'it has not answered yet')
    return [`${displayName}: Patroni is configured at ${spec.patroni} and does not answer: ${why}`]
  })
}

function isCurrent({ manager }: DatabaseRecord, now: number): boolean {
  return manager?.state === 'fresh' && now - manager.at <= 2 * MANAGER_INTERVAL_MS
}

/** Whether the manager of that kind answered at this database when it was asked last, and not for another cluster. */
function answers({ manager }: DatabaseRecord, kind: ManagerKind, databases: readonly DatabaseRecord[]): boolean {
  const answer = manager?.state === 'fresh' ? manager.value : null
  return answer?.reports.some((report) => report.kind === kind && matchesOf(report, databases) !== false) ?? false
}

/** Paused only where all that say so agree: repmgr's daemons are paused one by one. */
function pausedBy(heard: readonly Heard[]): boolean | null {
  const answers = heard.flatMap(({ report, isNow }) => (isNow && report.paused !== null ? [report.paused] : []))
  return answers.length === 0 ? null : answers.every((paused) => paused)
}

/**
 * An agent keeps a session of its own at all times, but for a moment after its server was started. One that leaves none
 * where there are traces of it, or that is configured and does not answer, does not run or can't be reached.
 */
function agentsOf(kind: ManagerKind, databases: readonly DatabaseRecord[], now: number): ClusterManager['agents'] {
  const states = databases.flatMap((record): readonly (readonly [string, 'runs' | 'silent'])[] => {
    const { spec, pulse, manager } = record
    const answer = manager?.state === 'fresh' ? manager.value : null
    const seen = seenOn(record, kind)
    const isHeard = isCurrent(record, now) && answers(record, kind, databases)
    if (has(seen, 'live') || (spec.patroni !== undefined && isHeard)) return [[spec.id, 'runs']]
    if (kind !== 'patroni') return []
    const isSettled =
      pulse.state === 'fresh' &&
      pulse.at - pulse.value.startedAt > SETTLED_AFTER_MS &&
      now - pulse.at < SETTLED_AFTER_MS
    const isLeft = spec.patroni === undefined && isSettled && has(seen, 'trace')
    return isLeft || (spec.patroni !== undefined && answer?.unresponsiveAgent != null) ? [[spec.id, 'silent']] : []
  })
  return Object.fromEntries(states)
}

function aliveNow(databases: readonly DatabaseRecord[], now: number): ClusterManager['lastSeenRunning'] {
  const system = databases.flatMap(({ pulse }) => lastGood(pulse)?.systemIdentifier ?? [])[0]
  return system === undefined ? null : { at: now, systemIdentifier: system }
}

/** One that nothing is seen of now, but that was in charge of this system a short while ago. */
function remembered(
  { databases, lastSeenManager }: Known,
  previous: ClusterManager | null,
  now: number,
): ClusterManager | null {
  const last = previous?.lastSeenRunning
    ? { kind: previous.kind, scope: previous.scope, ...previous.lastSeenRunning }
    : null
  const memory = [last, lastSeenManager ?? null].filter((each) => each !== null).toSorted((a, b) => b.at - a.at)[0]
  if (!memory || now - memory.at > REMEMBERED_FOR_MS) return null
  const systems = databases.flatMap(({ pulse }) => lastGood(pulse)?.systemIdentifier ?? [])
  if (!systems.includes(memory.systemIdentifier)) return null
  const { kind, scope, at, systemIdentifier } = memory
  return {
    kind,
    scope,
    activity: 'silent',
    evidence: [`it was in charge when last seen, at ${new Date(at).toISOString()}`],
    leader: null,
    names: {},
    paused: null,
    runsInPods: false,
    agents: {},
    systemIdentifierMatches: null,
    readAt: null,
    lastSeenRunning: { at, systemIdentifier },
  }
}

/** Patroni and CloudNativePG give all their servers one cluster_name: the scope, and the name of the cluster. */
function nameOfCluster(kind: ManagerKind, databases: readonly DatabaseRecord[]): string | null {
  if (kind !== 'patroni' && kind !== 'cloudnativepg') return null
  const names = databases.flatMap((record) => {
    const pulse = lastGood(record.pulse)
    const isSign = seenOn(record, kind).some(({ weight }) => weight !== 'hint')
    return pulse && isSign ? [pulse.clusterName] : []
  })
  const [first = null] = names
  return names.every((name) => name === first) ? first : null
}

/** Members are matched by port and host: as configured, as the server sees itself, or else by a port that is unique. */
function namesOf(
  { members }: { readonly members: readonly ManagerMember[] },
  databases: readonly DatabaseRecord[],
): Readonly<Record<string, string>> {
  const pairs = databases.flatMap(({ spec, pulse }) => {
    const seen = lastGood(pulse)
    const hosts = [spec.host, seen?.serverAddress ?? null]
    const samePort = members.filter(({ port }) => port === spec.port || port === (seen?.serverPort ?? null))
    const exact = samePort.find(({ host }) => host !== null && hosts.includes(host))
    const onlyOne = samePort.length === 1 && databases.filter(({ spec: { port } }) => port === spec.port).length === 1
    const member = exact ?? (onlyOne ? samePort[0] : undefined)
    return member ? [[spec.id, member.name] as const] : []
  })
  return Object.fromEntries(pairs)
}
