// Alert conditions of what a manager tells: whether it can fail over, what prevents it, and what it has planned.

import { leaderInRecovery } from '../../managers/contradictions.ts'
import type { ClusterManager } from '../../managers/detection/cluster-manager.ts'
import type { ManagerDetails } from '../../managers/detection/manager-details.ts'
import { managerTitle } from '../../managers/manager-guard.ts'
import { whyNoneIsPromoted } from '../../managers/takeover.ts'
import { MANAGER_TITLES } from '../../measured/managers/manager-signs.ts'
import { isActivePrimary, isReadableStandby } from '../../picture/roles.ts'
import { subjectOf } from '../../picture/subject.ts'
import { listText } from '../../values/text.ts'
import { formatSeconds } from '../../values/units.ts'
import { type AlertCondition, afterInterval, conflicting, immediate, type RuleInput } from './condition.ts'

/** A pause is for work that somebody does. This long, it was probably forgotten. */
const PAUSED_FOR_MS = 600_000

/** None where no manager runs that tells of its cluster. */
export function failoverConditions(input: RuleInput): readonly AlertCondition[] {
  const { manager } = input
  if (manager?.activity !== 'live' || !manager.details) return []
  const of = { ...input, manager, details: manager.details }
  const lost = dcsLost(of)
  return [...lost, ...(lost.length > 0 ? [] : noCandidate(of)), ...failsafe(of), ...paused(of), ...scheduled(of)]
}

type Managed = RuleInput & { readonly manager: ClusterManager; readonly details: ManagerDetails }

function dcsLost({ manager, details, databases, snapshot, now }: Managed): readonly AlertCondition[] {
  const { dcs } = details
  const title = managerTitle(manager)
  const subject = subjectOf(snapshot.spec.name)
  const primary = databases.find(isActivePrimary)
  if (dcs?.state === 'lost') {
    const age = dcs.seenAt === null ? '' : `, last reached ${formatSeconds(Math.max(0, now - dcs.seenAt) / 1000)} ago`
    const then = dcs.isFailsafe
      ? 'nobody can take over'
      : primary
        ? `nobody can take over, and ${primary.name} becomes a standby`
        : 'no database is made the primary before it is back'
    const message = `${title} has lost its configuration store (DCS)${age}: ${then}`
    return [immediate('dcs-lost', subject, dcs.isFailsafe ? 'warning' : 'critical', message)]
  }
  if (dcs?.state === 'partly') {
    const then =
      primary && dcs.lostBeside.includes(primary.id)
        ? `${primary.name} becomes a standby, and another one may take over`
        : 'it can’t take over there'
    const message = `${title} beside ${dcs.lostBy.join(', ')} has lost its configuration store (DCS): ${then}`
    return [immediate('dcs-lost', subject, 'warning', message)]
  }
  // Without a quorum, a store such as raft goes on answering with what it knew last.
  const isOldNews = manager.kind === 'patroni' && !primary && details.areMembersCurrent
  const [contradiction] = isOldNews ? leaderInRecovery({ title: MANAGER_TITLES.patroni, details, databases }) : []
  if (contradiction === undefined) return []
  const message = `${contradiction}. Its configuration store (DCS) may have no quorum`
  return [conflicting('dcs-lost', subject, 'critical', message)]
}

function failsafe({ manager, details: { dcs }, databases, snapshot }: Managed): readonly AlertCondition[] {
  if (!dcs?.isFailsafe) return []
  const name = databases.find(isActivePrimary)?.name ?? 'the primary'
  const message = `${managerTitle(manager)} runs in failsafe mode: ${name} stays the primary as long as it reaches all members`
  return [immediate('failsafe', subjectOf(snapshot.spec.name), 'warning', message)]
}

function noCandidate({ manager, databases, snapshot, now }: Managed): readonly AlertCondition[] {
  // A standby that does not answer has its own alert.
  const why = manager.paused ? null : whyNoneIsPromoted(manager, databases.filter(isReadableStandby), now)
  if (why === null) return []
  const severity = databases.some(isActivePrimary) ? 'warning' : 'critical'
  return [afterInterval('manager-no-candidate', subjectOf(snapshot.spec.name), severity, why)]
}

function paused({ manager, details: { pausedSince }, databases, snapshot, now }: Managed): readonly AlertCondition[] {
  if (pausedSince === null) return []
  const subject = subjectOf(snapshot.spec.name)
  const { pausedAt = [] } = manager
  const text =
    pausedAt.length === 0
      ? `${managerTitle(manager)} is paused: nothing fails over by itself`
      : `${managerTitle(manager)} is paused beside ${listText(pausedAt)} only: its daemon there promotes nothing`
  // A single poll must report everything: it can’t tell since when.
  const isFirst = databases.every(({ id }) => historyLengthOf(snapshot, id) <= 1)
  if (isFirst) return [immediate('manager-paused', subject, 'warning', text)]
  if (now - pausedSince < PAUSED_FOR_MS) return []
  const since = `${text}, for ${formatSeconds((now - pausedSince) / 1000)} at least`
  return [immediate('manager-paused', subject, 'warning', since, pausedSince)]
}

function historyLengthOf({ databases }: RuleInput['snapshot'], id: string): number {
  return databases.find(({ spec }) => spec.id === id)?.history.length ?? 0
}

function scheduled({ manager, details, snapshot, now }: Managed): readonly AlertCondition[] {
  const plan = details.scheduledSwitchover
  if (plan === null || plan.at < now) return []
  const from = plan.from === null ? '' : ` from ${plan.from}`
  const to = plan.to === null ? ' to a member of its choice' : ` to ${plan.to}`
  const at = `${new Date(plan.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const message = `${managerTitle(manager)} switches over${from}${to} in ${formatSeconds((plan.at - now) / 1000)}, at ${at}`
  return [immediate('switchover-scheduled', subjectOf(snapshot.spec.name), 'warning', message)]
}
