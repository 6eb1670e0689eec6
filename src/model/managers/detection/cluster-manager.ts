// Which manager is in charge of a cluster, with the evidence: it runs, it is silent, or there is only a hint.

import type { LastSeenManager, ManagerMember, ManagerReport } from '../../measured/managers/manager-report.ts'
import { MANAGER_KINDS, type ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood, lastReadAt } from '../../values/reading.ts'
import { auroraNames, auroraWriterAmong, managesAll } from './aurora-instances.ts'
import { type ManagerEvidence, managerEvidenceOn } from './evidence.ts'

/** The manager of a cluster as pgdeck sees it. */
export interface ClusterManager {
  readonly kind: ManagerKind
  readonly scope: string | null
  /**
   * `live`: it runs, as its answer or a session that only it can have proves. `silent`: it is configured or ran
   * before, and nothing proves that it runs. `hint`: every user of the database can fake the evidence.
   */
  readonly activity: 'live' | 'silent' | 'hint'
  /** Sentences: what was seen, where. Never empty. */
  readonly evidence: readonly string[]
  /** Id of the database that the manager takes for the primary; null if it did not tell, or names an unwatched one. */
  readonly leader: string | null
  /** The manager's names of the databases, by id. */
  readonly names: Readonly<Record<string, string>>
  readonly paused: boolean | null
  /** Its commands are run in pods of Kubernetes. */
  readonly runsInPods: boolean
  /** Whether its agent beside a database runs, by the id of the database; absent if unknown. */
  readonly agents: Readonly<Record<string, 'runs' | 'silent'>>
  /** False: the manager that answered there manages another cluster, so its answers do not count. null: unknown. */
  readonly systemIdentifierMatches: boolean | null
  /** When the manager itself last answered; null if only its signs were seen. */
  readonly readAt: number | null
  /** When it last ran, and on which system; null if it was never seen to run. */
  readonly lastSeenRunning: Pick<LastSeenManager, 'at' | 'systemIdentifier'> | null
}

/**
 * Whether a running manager would show itself, and this one does not. repmgr may be used without its daemon. Of all
 * others but Patroni, no sign proves whether they run.
 */
export function isManagerMissing({ kind, activity }: Pick<ClusterManager, 'kind' | 'activity'>): boolean {
  return kind === 'patroni' && activity === 'silent'
}

/** The interval of questions to a manager, in milliseconds. */
export const MANAGER_INTERVAL_MS = 15_000

/** How long an answer of a manager counts: its names may change. */
const HEARD_FOR_MS = 120_000
/** A manager that ran this recently is not taken for gone if nothing is seen of it: it may be down with its host. */
const REMEMBERED_FOR_MS = 7 * 24 * 3600_000
/** An agent opens its session again within its loop (10 s by default) after a restart of its server. */
const SETTLED_AFTER_MS = 30_000
const STANDINGS = ['live', 'silent', 'hint'] as const

type Known = Pick<ClusterSnapshot, 'databases' | 'lastSeenManager'>

/** Returns the manager in charge, by the latest good readings and by memory; null if nothing indicates one. */
export function detectManager(known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const managers = MANAGER_KINDS.flatMap((kind) => ofKind(kind, known, previous, now) ?? [])
  const seen = STANDINGS.flatMap((standing) => managers.filter((manager) => manager.activity === standing))[0] ?? null
  return seen === null || seen.activity === 'hint' ? (remembered(known, previous, now) ?? seen) : seen
}

interface Heard {
  readonly report: ManagerReport
  readonly at: number
  /** It answered the last question. */
  readonly isNow: boolean
  /** Whether it is about the system of the database that was asked; null if either is unknown. */
  readonly matches: boolean | null
}

interface Seen extends ManagerEvidence {
  readonly where: string
}

function ofKind(kind: ManagerKind, known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const { databases } = known
  const heard = databases.flatMap((record) => heardOf(record, databases, kind, now))
  const ours = heard.filter((each) => isOurs(each, databases))
  const seen = managesAll(kind, databases) ? databases.flatMap((record) => seenOn(record, kind)) : []
  const silent = kind === 'patroni' ? silences(databases) : []
  if (seen.length === 0 && ours.length === 0 && silent.length === 0) return null
  const newest = ours.reduce<Heard | null>((best, each) => (best && best.at >= each.at ? best : each), null)
  const report = newest?.report ?? null
  const names = report ? namesOf(report, databases) : kind === 'aurora' ? auroraNames(databases) : {}
  const leader =
    kind === 'aurora' ? auroraWriterAmong(databases) : report?.members.find(({ isLeader }) => isLeader)?.name
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
  // A table remains when its manager is gone.
  const answers = kind !== 'repmgr' && ours.some(({ isNow }) => isNow)
  if (answers || has(seen, 'live')) return 'live'
  return silent.length > 0 || ours.length > 0 || has(seen, 'trace') ? 'silent' : 'hint'
}

/** False: only managers of other systems answered. null: no system identifier is known. */
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
  // A manager that ran at the last reading of a server may have ended with the server.
  const isOld = pulse.state !== 'fresh'
  return (last ? managerEvidenceOn(last, traces, kind) : []).map((each) => {
    return { ...each, weight: isOld && each.weight === 'live' ? 'trace' : each.weight, where: displayName }
  })
}

/** One sentence for a sign that several databases show; the strongest first. */
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

/** A table is in the database itself. A REST API without a system identifier must have one of the databases as a member. */
function isOurs({ report, matches }: Heard, databases: readonly DatabaseRecord[]): boolean {
  if (matches !== null) return matches
  return report.kind !== 'patroni' || Object.keys(namesOf(report, databases)).length > 0
}

function said({ report: { source, systemIdentifier }, matches, isNow }: Heard): string {
  if (matches === false) return `${source} manages another cluster (system identifier ${systemIdentifier})`
  if (!isNow) return `${source} answered until a moment ago`
  return matches ? `${source} names this cluster's system identifier` : `${source} answers`
}

/** A configured Patroni that does not answer, or has not answered yet, does not prove that there is none. */
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

/** Whether the manager of that kind answered the last question at this database, for this cluster. */
function answers({ manager }: DatabaseRecord, kind: ManagerKind, databases: readonly DatabaseRecord[]): boolean {
  const answer = manager?.state === 'fresh' ? manager.value : null
  return answer?.reports.some((report) => report.kind === kind && matchesOf(report, databases) !== false) ?? false
}

/** Paused only if all that answer agree: repmgr's daemons are paused one by one. */
function pausedBy(heard: readonly Heard[]): boolean | null {
  const answers = heard.flatMap(({ report, isNow }) => (isNow && report.paused !== null ? [report.paused] : []))
  return answers.length === 0 ? null : answers.every((paused) => paused)
}

/**
 * An agent always holds a session of its own, except for a moment after a restart of its server. An agent without one
 * does not run or can't be reached, if it left traces, or is configured and does not answer.
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
      pulse.value.startedAt !== null &&
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

/** A manager without a present sign that was in charge of this system a short while ago. */
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

/** Patroni and CloudNativePG give all their servers one cluster_name: the scope, or the name of the cluster. */
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

/** Matches members by port and host: as configured, as the server reports them, or by a unique port. */
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
