// Which manager is in charge of a cluster, with the evidence: it runs, it is silent, or there is only a hint.

import type { LastSeenManager } from '../../measured/managers/manager-report.ts'
import { MANAGER_KINDS, type ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'
import { type AgentState, agentsOf, silences } from './agents.ts'
import { auroraNames, auroraWriterAmong, managesAll } from './aurora-instances.ts'
import { type Heard, heardIn, heardText, isOurs } from './heard.ts'
import { type ManagerDetails, managerDetails } from './manager-details.ts'
import { memberNames } from './member-names.ts'
import { hasWeight, type Seen, seenOn, seenTexts } from './seen.ts'

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
  /** Names of the databases beside which its daemon is paused, while that of another is not. Absent: none. */
  readonly pausedAt?: readonly string[]
  /** Its commands are run in pods of Kubernetes. */
  readonly runsInPods: boolean
  /** Whether its agent beside a database runs, by the id of the database; absent if unknown. */
  readonly agents: Readonly<Record<string, AgentState>>
  /** False: the manager that answered there manages another cluster, so its answers do not count. null: unknown. */
  readonly systemIdentifierMatches: boolean | null
  /** When the manager itself last answered; null if only its signs were seen. */
  readonly readAt: number | null
  /** When it last ran, and on which system; null if it was never seen to run. */
  readonly lastSeenRunning: Pick<LastSeenManager, 'at' | 'systemIdentifier'> | null
  /** What it tells of its cluster; null or absent: it tells nothing. */
  readonly details?: ManagerDetails | null
  /** Its configuration file on the hosts, as configured here: of repmgr only. Absent: it is not configured. */
  readonly configFile?: string
}

/**
 * Whether a running manager would show itself, and this one does not. repmgr may be used without its daemon. Of all
 * others but Patroni, no sign proves whether they run.
 */
export function isManagerMissing({ kind, activity }: Pick<ClusterManager, 'kind' | 'activity'>): boolean {
  return kind === 'patroni' && activity === 'silent'
}

/** A manager that ran this recently is not taken for gone if nothing is seen of it: it may be down with its host. */
const REMEMBERED_FOR_MS = 7 * 24 * 3600_000
const STANDINGS = ['live', 'silent', 'hint'] as const

type Known = Pick<ClusterSnapshot, 'databases' | 'managerSources' | 'lastSeenManager'>

/** Returns the manager in charge, by the latest good readings and by memory; null if nothing indicates one. */
export function detectManager(known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const managers = MANAGER_KINDS.flatMap((kind) => ofKind(kind, known, previous, now) ?? [])
  const seen = STANDINGS.flatMap((standing) => managers.filter((manager) => manager.activity === standing))[0] ?? null
  return seen === null || seen.activity === 'hint' ? (remembered(known, previous, now) ?? seen) : seen
}

function ofKind(kind: ManagerKind, known: Known, previous: ClusterManager | null, now: number): ClusterManager | null {
  const { databases } = known
  const heard = heardIn(known, kind, now)
  const ours = heard.filter((each) => isOurs(each, databases))
  const seen = managesAll(kind, databases) ? databases.flatMap((record) => seenOn(record, kind)) : []
  const silent = silences(known, kind)
  if (seen.length === 0 && ours.length === 0 && silent.length === 0) return null
  const newest = newestOf(ours)
  const before = previous?.kind === kind ? previous : null
  const names = namesBy(kind, ours, databases, before)
  const paused = pausedBy(ours)
  const pausedAt = paused === false ? pausedBeside(ours, databases) : []
  const details = managerDetails({
    kind,
    heard: ours,
    names,
    paused: paused === true || pausedAt.length > 0,
    databases,
    previous: before?.details ?? null,
    now,
  })
  const activity = activityOf(kind, ours, seen, silent)
  return {
    kind,
    scope: newest ? newest.report.scope : nameOfCluster(kind, databases),
    activity,
    evidence: [...seenTexts(seen), ...new Set(heard.map(heardText)), ...silent],
    leader: leaderBy(kind, ours, databases, names),
    names,
    paused,
    ...(pausedAt.length === 0 ? {} : { pausedAt }),
    runsInPods: seen.some(({ inPods }) => inPods),
    agents: agentsOf({ kind, known, members: details?.members ?? [], now }),
    systemIdentifierMatches: matchOf(heard, ours),
    readAt: newest?.at ?? null,
    lastSeenRunning: activity === 'live' ? aliveNow(databases, now) : (before?.lastSeenRunning ?? null),
    details,
    ...configured(known, kind),
  }
}

function configured({ managerSources = [] }: Known, of: ManagerKind): Pick<ClusterManager, 'configFile'> {
  const file = managerSources.find(({ kind, configFile }) => kind === of && configFile !== undefined)?.configFile
  return file === undefined ? {} : { configFile: file }
}

function activityOf(
  kind: ManagerKind,
  ours: readonly Heard[],
  seen: readonly Seen[],
  silent: readonly string[],
): ClusterManager['activity'] {
  // A table remains when its manager is gone.
  const answers = kind !== 'repmgr' && ours.some(({ isNow }) => isNow)
  if (answers || hasWeight(seen, 'live')) return 'live'
  return silent.length > 0 || ours.length > 0 || hasWeight(seen, 'trace') ? 'silent' : 'hint'
}

function newestOf(heard: readonly Heard[]): Heard | null {
  return heard.reduce<Heard | null>((best, each) => (best && best.at >= each.at ? best : each), null)
}

/** An agent without its configuration store tells no members: then its names of before count. */
function namesBy(
  kind: ManagerKind,
  ours: readonly Heard[],
  databases: readonly DatabaseRecord[],
  before: ClusterManager | null,
): Readonly<Record<string, string>> {
  if (kind === 'aurora') return auroraNames(databases)
  const told = newestOf(ours.filter(({ report }) => report.members.length > 0))
  if (told) return memberNames(told.report, databases)
  return ours.length > 0 ? (before?.names ?? {}) : {}
}

/** Of agents that answer now, only those that know the members count. */
function leaderBy(
  kind: ManagerKind,
  ours: readonly Heard[],
  databases: readonly DatabaseRecord[],
  names: Readonly<Record<string, string>>,
): string | null {
  const current = ours.filter(({ isNow }) => isNow)
  const told = newestOf((current.length > 0 ? current : ours).filter(({ report }) => report.members.length > 0))
  const leader =
    kind === 'aurora' ? auroraWriterAmong(databases) : told?.report.members.find(({ isLeader }) => isLeader)?.name
  return Object.keys(names).find((id) => names[id] === leader) ?? null
}

/** False: only managers of other systems answered. null: no system identifier is known. */
function matchOf(heard: readonly Heard[], ours: readonly Heard[]): boolean | null {
  if (ours.some(({ matches }) => matches)) return true
  return heard.length > ours.length ? false : null
}

/** Paused only if all that answer agree: repmgr's daemons are paused one by one. */
function pausedBy(heard: readonly Heard[]): boolean | null {
  const answers = heard.flatMap(({ report, isNow }) => (isNow && report.paused !== null ? [report.paused] : []))
  return answers.length === 0 ? null : answers.every((paused) => paused)
}

function pausedBeside(heard: readonly Heard[], databases: readonly DatabaseRecord[]): readonly string[] {
  const ids = heard.flatMap(({ report, isNow, databaseId }) => (isNow && report.paused ? [databaseId] : []))
  return databases.flatMap(({ spec, displayName }) => (ids.includes(spec.id) ? [displayName] : []))
}

/** Whether a part of it is paused at least. */
export function isPausedAnywhere({ paused, pausedAt = [] }: Pick<ClusterManager, 'paused' | 'pausedAt'>): boolean {
  return paused === true || pausedAt.length > 0
}

/** `paused`, or `partly paused`; null: it is not, or that is unknown. */
export function pauseWords(manager: Pick<ClusterManager, 'paused' | 'pausedAt'>): string | null {
  if (manager.paused) return 'paused'
  return isPausedAnywhere(manager) ? 'partly paused' : null
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
