// What a manager tells of its cluster: members, settings, and what is planned.

import type {
  ManagerEvent,
  ManagerMember,
  ManagerReport,
  ManagerSettings,
  OperatorReport,
  ScheduledSwitchover,
} from '../../measured/managers/manager-report.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { type DcsState, dcsStateOf } from './dcs-state.ts'
import type { Heard } from './heard.ts'

/** A member as the manager has it. */
export interface ManagedMember extends ManagerMember {
  /** null: it is none of the watched databases. */
  readonly databaseId: string | null
}

export interface ManagerDetails {
  readonly members: readonly ManagedMember[]
  /** When the members were read; null: they are unknown. */
  readonly membersReadAt: number | null
  /** Of Patroni; null: unknown. */
  readonly dcs: DcsState | null
  /** Since when it, or a part of it, was seen paused, without a break; null: it is not. */
  readonly pausedSince: number | null
  readonly scheduledSwitchover: ScheduledSwitchover | null
  readonly settings: ManagerSettings | null
  readonly lastEvent: ManagerEvent | null
  /** How many standbys must confirm a commit: of pg_auto_failover only. null: unknown. */
  readonly syncStandbys?: number | null
  /** Of CloudNativePG; null: nothing is told now. */
  readonly operator?: OperatorReport | null
  /** Names of the members that its agents take for the primary now: two where one has old news. */
  readonly leaders: readonly string[]
  /** False: the members are of before, because nobody tells them now. */
  readonly areMembersCurrent: boolean
  /** Databases whose agent tells that its watchdog failed, by id. */
  readonly failedWatchdogs: readonly string[]
}

interface Input {
  readonly kind: ManagerKind
  readonly heard: readonly Heard[]
  /** The manager's names of the databases, by id. */
  readonly names: Readonly<Record<string, string>>
  /** Of a part of it, too. */
  readonly paused: boolean | null
  readonly databases: readonly DatabaseRecord[]
  readonly previous: ManagerDetails | null
  readonly now: number
}

/** Reports beyond this age say nothing of the present. */
const CURRENT_MS = 45_000

/** null: only signs of the manager are known, and nothing that it tells. */
export function managerDetails(input: Input): ManagerDetails | null {
  const { kind, heard, names, paused, databases, previous, now } = input
  if (heard.length === 0) return null
  const newestFirst = heard.toSorted((one, other) => other.at - one.at)
  const withMembers = newestFirst.find(({ report }) => report.members.length > 0)
  const current = newestFirst.filter(({ at, isNow }) => isNow && now - at <= CURRENT_MS)
  const settings = firstOf(newestFirst, ({ settings }) => settings ?? null)
  const idOf = new Map(Object.entries(names).map(([id, name]) => [name, id]))
  const members = (withMembers?.report.members ?? []).map((each) => ({
    ...each,
    databaseId: idOf.get(each.name) ?? null,
  }))
  const dcs = kind === 'patroni' ? dcsStateOf(current, settings, databases, members.length) : null
  return {
    members,
    membersReadAt: withMembers?.at ?? null,
    dcs,
    pausedSince: paused ? (previous?.pausedSince ?? now) : null,
    scheduledSwitchover: firstOf(current, ({ scheduledSwitchover }) => scheduledSwitchover ?? null),
    settings,
    lastEvent: firstOf(newestFirst, ({ lastEvent }) => lastEvent ?? null),
    operator: firstOf(current, ({ operator }) => operator ?? null),
    syncStandbys: firstOf(newestFirst, ({ syncStandbys }) => syncStandbys ?? null),
    leaders: [...new Set(current.flatMap(({ report }) => leadersIn(report)))],
    areMembersCurrent: current.some(({ report }) => report.members.length > 0),
    failedWatchdogs: current.flatMap(({ report, databaseId }) =>
      report.agent?.hasWatchdogFailed && databaseId !== null ? [databaseId] : [],
    ),
  }
}

function leadersIn({ members }: ManagerReport): readonly string[] {
  return members.filter(({ isLeader }) => isLeader).map(({ name }) => name)
}

function firstOf<Value>(heard: readonly Heard[], of: (report: ManagerReport) => Value | null): Value | null {
  return heard.reduce<Value | null>((found, { report }) => found ?? of(report), null)
}
