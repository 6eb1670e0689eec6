// Whether the agents of a manager run, beside which database, and which declared addresses do not answer.

import type { ManagerReading } from '../../measured/managers/manager-report.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { ClusterSnapshot, DatabaseRecord, ManagerSource } from '../../measured/snapshot.ts'
import { lastGood, type Reading } from '../../values/reading.ts'
import { matchesOf } from './heard.ts'
import { MANAGER_INTERVAL_MS, SETTLED_AFTER_MS, SILENT_KEEPER_SECONDS } from './intervals.ts'
import type { ManagedMember } from './manager-details.ts'
import { hasWeight, seenOn } from './seen.ts'

export type AgentState = 'runs' | 'silent'

type Known = Pick<ClusterSnapshot, 'databases' | 'managerSources'>

/** A configured manager that does not answer, or has not answered yet, does not prove that there is none. Sentences. */
export function silences({ databases, managerSources = [] }: Known, kind: ManagerKind): readonly string[] {
  const ofDatabases =
    kind !== 'patroni'
      ? []
      : databases.flatMap((record) => {
          const { spec, displayName, manager } = record
          if (spec.patroni === undefined || answers(manager, 'patroni', databases)) return []
          return [`${displayName}: Patroni is configured at ${spec.patroni} and does not answer: ${whyOf(manager)}`]
        })
  const ofCluster = managerSources.flatMap((source) => {
    if (source.kind !== kind || answers(source.reading, kind, databases)) return []
    const what = SOURCE_WORDS[source.kind]
    return [`${what} is configured at ${source.address} and does not answer: ${whyOf(source.reading)}`]
  })
  return [...ofDatabases, ...ofCluster]
}

const SOURCE_WORDS: Readonly<Record<ManagerSource['kind'], string>> = {
  patroni: 'Patroni',
  repmgr: 'repmgr’s table',
  pg_auto_failover: 'the monitor',
  cloudnativepg: 'the cluster of CloudNativePG',
}

function whyOf(reading: Reading<ManagerReading> | undefined): string {
  const answer = reading ? lastGood(reading) : null
  return (
    answer?.unresponsiveAgent?.problem.message ??
    (reading?.state === 'failed' || reading?.state === 'stale' ? reading.fault.message : null) ??
    (answer ? 'the manager there manages another cluster' : 'it has not answered yet')
  )
}

/** Whether the manager of that kind answered the last question there, for this cluster. */
function answers(
  reading: Reading<ManagerReading> | undefined,
  kind: ManagerKind,
  databases: readonly DatabaseRecord[],
): boolean {
  const answer = reading?.state === 'fresh' ? reading.value : null
  return answer?.reports.some((report) => report.kind === kind && matchesOf(report, databases) !== false) ?? false
}

interface Input {
  readonly kind: ManagerKind
  readonly known: Known
  readonly members: readonly ManagedMember[]
  readonly now: number
}

/** By the id of the database; absent if unknown. */
export function agentsOf({ kind, known, members, now }: Input): Readonly<Record<string, AgentState>> {
  const { databases } = known
  const states = databases.flatMap((record): readonly (readonly [string, AgentState])[] => {
    const member = members.find(({ databaseId }) => databaseId === record.spec.id)
    const state =
      ownState(record, { kind, databases, now }) ?? (member ? stateByMember(member, { kind, known, now }) : null)
    return state === null ? [] : [[record.spec.id, state]]
  })
  // repmgr may be used without its daemon: none is missed where none runs.
  const isUsed = kind !== 'repmgr' || states.some(([, state]) => state === 'runs')
  return Object.fromEntries(isUsed ? states : [])
}

/**
 * An agent always holds a session of its own, except for a moment after a restart of its server. An agent without one
 * does not run or can't be reached, if it left traces, or is configured and does not answer.
 */
function ownState(
  record: DatabaseRecord,
  {
    kind,
    databases,
    now,
  }: { readonly kind: ManagerKind; readonly databases: readonly DatabaseRecord[]; readonly now: number },
): AgentState | null {
  const { spec, pulse, manager } = record
  const answer = manager?.state === 'fresh' ? manager.value : null
  const seen = seenOn(record, kind)
  const isHeard = isCurrent(manager, now) && answers(manager, kind, databases)
  if (hasWeight(seen, 'live') || (spec.patroni !== undefined && isHeard)) return 'runs'
  if (kind === 'repmgr') return daemonState(answer)
  if (kind !== 'patroni') return null
  const isSettled =
    pulse.state === 'fresh' &&
    pulse.value.startedAt !== null &&
    pulse.at - pulse.value.startedAt > SETTLED_AFTER_MS &&
    now - pulse.at < SETTLED_AFTER_MS
  const isLeft = spec.patroni === undefined && isSettled && hasWeight(seen, 'trace')
  return isLeft || (spec.patroni !== undefined && answer?.unresponsiveAgent != null) ? 'silent' : null
}

/** The server itself tells, through the functions of repmgr. */
function daemonState(answer: ManagerReading | null): AgentState | null {
  const told = answer?.reports.find(({ kind }) => kind === 'repmgr')?.isDaemonRunning ?? null
  return told === null ? null : told ? 'runs' : 'silent'
}

function stateByMember(
  { name, facts }: ManagedMember,
  {
    kind,
    known: { managerSources = [] },
    now,
  }: { readonly kind: ManagerKind; readonly known: Known; readonly now: number },
): AgentState | null {
  if (kind === 'pg_auto_failover') {
    const ago = facts?.reportedAgoSeconds ?? null
    return ago === null ? null : ago > SILENT_KEEPER_SECONDS ? 'silent' : 'runs'
  }
  if (kind !== 'patroni') return null
  const own = managerSources.find(({ reading }) => {
    const answer = lastGood(reading)
    const agent = (answer?.reports[0] ?? answer?.lastReport?.report)?.agent
    return agent !== undefined && (agent.name === null ? agent.address === facts?.api : agent.name === name)
  })
  const declared = own ?? managerSources.find(({ address }) => facts?.api != null && hostOf(address) === facts.api)
  if (!declared) return null
  if (isCurrent(declared.reading, now) && lastGood(declared.reading)?.unresponsiveAgent == null) return 'runs'
  return declared.reading.state === 'waiting' ? null : 'silent'
}

function hostOf(address: string): string | null {
  return URL.parse(address)?.host ?? null
}

function isCurrent(reading: Reading<ManagerReading> | undefined, now: number): boolean {
  return reading?.state === 'fresh' && now - reading.at <= 2 * MANAGER_INTERVAL_MS
}
