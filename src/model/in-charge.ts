// Who is in charge of a cluster beside its people: Patroni, repmgr or pg_auto_failover, by evidence that can be shown.

import { evidenceOn, MANAGER_KINDS, type ManagerKind } from './manager-signs.ts'
import { lastGood, readAt } from './reading.ts'
import type { DatabaseRecord } from './snapshot.ts'

export interface ManagerMember {
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  /** True for the one that the manager holds for the primary. */
  readonly isLeader: boolean
  /** Its state in the manager's own words. */
  readonly state: string | null
}

/** What a manager says of itself: Patroni's REST, or the tables of the other two. */
export interface ManagerReport {
  readonly kind: ManagerKind
  /** Where it said so, e.g. `http://db-1:8008` or `repmgr.nodes`. */
  readonly source: string
  /** Patroni's scope or pg_auto_failover's formation; null where there is none. */
  readonly scope: string | null
  /** null where it was not told. */
  readonly systemIdentifier: string | null
  readonly paused: boolean | null
  readonly members: readonly ManagerMember[]
}

/** The manager of a cluster as pgdeck sees it. */
export interface Manager {
  readonly kind: ManagerKind
  readonly scope: string | null
  /** Sentences: what was seen, where. Never empty. */
  readonly evidence: readonly string[]
  /** False where only traces were seen, which also stay behind when a manager is gone. */
  readonly isLive: boolean
  /** Id of the database that the manager holds for the primary; null when it did not say, or it is none of ours. */
  readonly leader: string | null
  /** What the manager calls the databases, by their id. */
  readonly names: Readonly<Record<string, string>>
  readonly paused: boolean | null
  /** False: what answered there manages another cluster, and nothing of what it said counts. null: it did not say. */
  readonly systemIdentifierMatches: boolean | null
  /** When the manager itself last answered; null when only its signs were seen. */
  readonly readAt: number | null
}

/** A manager's own view is asked for this often, in milliseconds, and only where there are signs of one. */
export const MANAGER_INTERVAL_MS = 15_000

/** What a manager said counts so long after its signs are gone: it may be on its way up again. */
const HEARD_FOR_MS = 120_000
/** The manager in charge, by the latest good readings; null when nothing speaks of one. */
export function managerOf(databases: readonly DatabaseRecord[], now: number): Manager | null {
  for (const kind of MANAGER_KINDS) {
    const manager = ofKind(kind, databases, now)
    if (manager) return manager
  }
  return null
}

interface Heard {
  readonly report: ManagerReport
  readonly at: number
  /** Whether it speaks of the system of the database that it was asked about; null when either is not known. */
  readonly matches: boolean | null
}

function ofKind(kind: ManagerKind, databases: readonly DatabaseRecord[], now: number): Manager | null {
  const heard = databases.flatMap((record) => heardOf(record, databases, kind, now))
  const ours = heard.filter(({ matches }) => matches !== false)
  const seen = databases.flatMap((record) => {
    const pulse = lastGood(record.pulse)
    return pulse ? evidenceOn(pulse, kind).map((each) => ({ ...each, where: record.displayName })) : []
  })
  if (seen.length === 0 && ours.length === 0) return null
  const newest = ours.reduce<Heard | null>((best, each) => (best && best.at >= each.at ? best : each), null)
  const report = newest?.report ?? null
  const names = report ? namesOf(report, databases) : {}
  const leader = report?.members.find(({ isLeader }) => isLeader)?.name
  return {
    kind,
    scope: report ? report.scope : kind === 'patroni' ? sharedName(databases) : null,
    evidence: [...together(seen), ...new Set(heard.map(said))],
    isLive: seen.some(({ isLive }) => isLive) || ours.some(({ report }) => report.kind !== 'repmgr'),
    leader: Object.keys(names).find((id) => names[id] === leader) ?? null,
    names,
    paused: report?.paused ?? null,
    systemIdentifierMatches: ours.some(({ matches }) => matches) ? true : heard.length > ours.length ? false : null,
    readAt: newest?.at ?? null,
  }
}

/** One sentence for what several databases show. */
function together(seen: readonly { readonly what: string; readonly where: string }[]): readonly string[] {
  const groups = Map.groupBy(seen, ({ what }) => what)
  return [...groups].map(([what, all]) => `${all.map(({ where }) => where).join(', ')}: ${what}`)
}

function heardOf(
  { manager }: DatabaseRecord,
  databases: readonly DatabaseRecord[],
  kind: ManagerKind,
  now: number,
): readonly Heard[] {
  const at = manager ? readAt(manager) : null
  if (!manager || at === null || now - at > HEARD_FOR_MS) return []
  const reports = lastGood(manager) ?? []
  return reports
    .filter((report) => report.kind === kind)
    .map((report) => ({ report, at, matches: matchesOf(report, databases) }))
}

function matchesOf({ systemIdentifier }: ManagerReport, databases: readonly DatabaseRecord[]): boolean | null {
  const known = databases.flatMap(({ pulse }) => lastGood(pulse)?.systemIdentifier ?? [])
  return systemIdentifier === null || known.length === 0 ? null : known.includes(systemIdentifier)
}

function said({ report: { source, systemIdentifier }, matches }: Heard): string {
  if (matches === false) return `${source} manages another cluster (system identifier ${systemIdentifier})`
  return matches ? `${source} names this cluster's system identifier` : `${source} answers`
}

/** Patroni gives all its nodes the scope for a cluster_name. */
function sharedName(databases: readonly DatabaseRecord[]): string | null {
  const pulses = databases.map(({ pulse }) => lastGood(pulse))
  const names = pulses.flatMap((pulse) => (pulse && pulse.managerSigns.patroniSessions > 0 ? [pulse.clusterName] : []))
  const [first = null] = names
  return names.every((name) => name === first) ? first : null
}

/** Members are matched by port and host: as configured, as the server sees itself, or else by a port that is unique. */
function namesOf({ members }: ManagerReport, databases: readonly DatabaseRecord[]): Readonly<Record<string, string>> {
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
