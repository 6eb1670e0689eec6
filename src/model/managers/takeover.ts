// Whom a manager would promote if the primary failed, by its own rules.

import type { ManagerSettings } from '../measured/managers/manager-report.ts'
import { MANAGER_TITLES } from '../measured/managers/manager-signs.ts'
import type { DatabaseView } from '../picture/picture.ts'
import { isActivePrimary, isReadableStandby, isReplica } from '../picture/roles.ts'
import { listText } from '../values/text.ts'
import { formatBytes } from '../values/units.ts'
import type { ClusterManager } from './detection/cluster-manager.ts'
import type { ManagedMember, ManagerDetails } from './detection/manager-details.ts'

/** A standby as a candidate. */
export interface TakeoverCandidate {
  readonly id: string
  readonly name: string
}

/** Members that were read longer ago say nothing of the present. */
const CURRENT_MS = 60_000

/** Why the manager promotes nobody at all now; null: it may, or nothing is known of it. */
export function whyItPromotesNobody({ kind, activity, details }: ClusterManager): string | null {
  if (activity !== 'live') return null
  if (kind === 'cloudnativepg') return whyOperatorPromotesNobody(details ?? null)
  if (details?.dcs?.state !== 'lost') return null
  const failsafe = details.dcs.isFailsafe ? ', and runs in failsafe mode' : ''
  return `${promotesNobodyPrefix({ kind })}it has lost its DCS (configuration store)${failsafe}`
}

function whyOperatorPromotesNobody(details: ManagerDetails | null): string | null {
  const prefix = promotesNobodyPrefix({ kind: 'cloudnativepg' })
  if (details?.operator?.isHibernated) return `${prefix}its cluster is hibernated`
  const leader = details?.members.find(({ isLeader }) => isLeader)
  return leader?.facts?.inMaintenance ? `${prefix}its primary ${leader.name} is fenced` : null
}

/** The same, where that is why no database is writable. A standby of a primary that is up has reasons of its own. */
export function whyThereIsNoPrimary(manager: ClusterManager | null, databases: readonly DatabaseView[]): string | null {
  return manager === null || databases.some(isActivePrimary) ? null : whyItPromotesNobody(manager)
}

/** The beginning of a reason why a manager promotes nobody. */
export function promotesNobodyPrefix({ kind }: Pick<ClusterManager, 'kind'>): string {
  return `${MANAGER_TITLES[kind]} promotes nobody: `
}

/** The warning beside an estimate, while the manager is paused. */
export function pauseWarning({ kind }: Pick<ClusterManager, 'kind'>): string {
  return `${MANAGER_TITLES[kind]} is paused: it promotes nobody by itself`
}

/**
 * Why the manager would not promote this standby, without its name: `is tagged nofailover`. null: it may, or nothing
 * is known. `now`: milliseconds since the epoch.
 */
export function whyNotPromoted(manager: ClusterManager, { id }: TakeoverCandidate, now: number): string | null {
  const { kind, activity, details, agents } = manager
  if (activity === 'hint' || !details || details.membersReadAt === null) return null
  if (details.members.length === 0 || now - details.membersReadAt > CURRENT_MS) return null
  const title = MANAGER_TITLES[kind]
  const member = details.members.find(({ databaseId }) => databaseId === id)
  if (!member) return details.members.some(({ databaseId }) => databaseId !== null) ? `is no member of ${title}` : null
  if (member.isLeader) return null
  if (agents[id] === 'silent')
    return kind === 'repmgr' ? 'has no repmgrd that runs' : `has no agent of ${title} that answers`
  if (kind === 'patroni') return whyNotByPatroni(member, manager, details.settings)
  if (kind === 'cloudnativepg') return whyNotByOperator(member)
  return kind === 'pg_auto_failover' ? whyNotByMonitor(member) : whyNotByRepmgr(member)
}

/**
 * The standbys that the manager would promote, as far as is known. One that pgdeck can't read counts by the word of an
 * agent beside it.
 */
export function standbysThatTakeOver(
  manager: ClusterManager,
  databases: readonly DatabaseView[],
  now: number,
): readonly DatabaseView[] {
  const able = databases.filter(
    (view) =>
      manager.names[view.id] !== undefined &&
      (isReadableStandby(view) || (isReplica(view) && manager.agents[view.id] === 'runs')),
  )
  return able.filter((view) => whyNotPromoted(manager, view, now) === null)
}

const PATRONI_STATES: ReadonlySet<string> = new Set(['running', 'streaming', 'in archive recovery'])

function whyNotByPatroni(
  { facts, state, databaseId }: ManagedMember,
  { details }: ClusterManager,
  settings: ManagerSettings | null,
): string | null {
  if (facts?.tags?.noFailover) return 'is tagged nofailover'
  if (databaseId !== null && details?.dcs?.lostBeside.includes(databaseId))
    return 'has an agent that has lost its configuration store (DCS)'
  if (databaseId !== null && details?.failedWatchdogs.includes(databaseId)) return 'has a watchdog that failed'
  if (state !== null && !PATRONI_STATES.has(state)) return `is not ready: Patroni calls it “${state}”`
  const isSync = facts?.role === 'sync' || facts?.role === 'quorum'
  if (settings && settings.synchronousMode !== 'off' && !isSync)
    return 'is no synchronous standby of Patroni (synchronous_mode)'
  const most = settings?.mostLagBytes ?? null
  const lag = facts?.lagBytes ?? null
  if (most !== null && lag !== null && lag > most)
    return `is ${formatBytes(lag)} behind, more than maximum_lag_on_failover (${formatBytes(most)})`
  return null
}

/** States in which a member has the data, also during a failover. */
const MONITOR_STATES: ReadonlySet<string> = new Set([
  'secondary',
  'report_lsn',
  'fast_forward',
  'join_secondary',
  'prepare_promotion',
  'stop_replication',
  'wait_primary',
  'wait_forward',
  'wait_cascade',
])

function whyNotByMonitor({ facts, state }: ManagedMember): string | null {
  if (facts?.inMaintenance) return 'is in maintenance'
  if (facts?.priority === 0) return 'has candidate priority 0'
  if (facts?.isHealthy === false) return 'is unhealthy by the health checks of the monitor'
  return state === null || MONITOR_STATES.has(state) ? null : `is not ready: the monitor calls it “${state}”`
}

function whyNotByOperator({ facts, state }: ManagedMember): string | null {
  if (facts?.inMaintenance) return 'is fenced'
  return facts?.isHealthy === false ? `is not ready: CloudNativePG calls it “${state ?? '?'}”` : null
}

function whyNotByRepmgr({ facts }: ManagedMember): string | null {
  if (facts?.role === 'witness') return 'is a witness'
  if (facts?.priority === 0) return 'has priority 0'
  return facts?.isHealthy === false ? 'is not active in repmgr.nodes' : null
}

/** Why none of these standbys would be promoted; null: one may, or there is none. */
export function whyNoneIsPromoted(
  manager: ClusterManager,
  candidates: readonly TakeoverCandidate[],
  now: number,
): string | null {
  const reasons = candidates.map((candidate) => {
    const why = whyNotPromoted(manager, candidate, now)
    return why === null ? null : `${candidate.name} ${why}`
  })
  if (reasons.length === 0 || reasons.includes(null)) return null
  return `${promotesNobodyPrefix(manager)}${listText(reasons.filter((why) => why !== null))}`
}
