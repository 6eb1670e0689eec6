// The manager of a cluster in the status document: what it tells of its members, its plans and its settings.

import { managerContradictions } from '../../model/managers/contradictions.ts'
import type { ClusterManager } from '../../model/managers/detection/cluster-manager.ts'
import type { DcsState } from '../../model/managers/detection/dcs-state.ts'
import type { ManagedMember } from '../../model/managers/detection/manager-details.ts'
import { whyItPromotesNobody, whyNotPromoted } from '../../model/managers/takeover.ts'
import type { ManagedRole } from '../../model/measured/managers/manager-member.ts'
import type { ManagerKind } from '../../model/measured/managers/manager-signs.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { formatLsn } from '../../model/values/lsn.ts'

/** The manager of the cluster, and the evidence for it. */
export interface ManagerDocument {
  readonly kind: ManagerKind
  /** Patroni's scope or pg_auto_failover's formation. */
  readonly scope: string | null
  /**
   * `live`: it runs. `silent`: it may manage the cluster, but nothing shows that it runs. `hint`: any user could fake
   * the signs.
   */
  readonly standing: ClusterManager['activity']
  /** Id of the database that it regards as the primary. */
  readonly leader: string | null
  readonly paused: boolean | null
  /** Its names of the databases, by their id. */
  readonly names: Readonly<Record<string, string>>
  /** Whether its agents run, by the id of the database; absent if unknown. */
  readonly agents: ClusterManager['agents']
  readonly systemIdentifierMatches: boolean | null
  readonly evidence: readonly string[]
  /** When it last reported that itself; null if only its signs were read. */
  readonly readAt: string | null
  readonly pausedSince: string | null
  readonly members: readonly ManagerMemberDocument[]
  readonly dcs: {
    readonly state: DcsState['state']
    readonly seenAt: string | null
    readonly failsafe: boolean
    readonly lostBy: readonly string[]
  } | null
  readonly scheduledSwitchover: { readonly at: string; readonly from: string | null; readonly to: string | null } | null
  readonly settings: {
    readonly ttlSeconds: number
    readonly loopWaitSeconds: number
    readonly maximumLagBytes: number | null
    readonly synchronousMode: 'off' | 'on' | 'quorum'
    readonly synchronousModeStrict: boolean
    readonly failsafeMode: boolean
    readonly standbyCluster: boolean
  } | null
  readonly lastEvent: { readonly at: string | null; readonly text: string } | null
  readonly operator: {
    readonly namespace: string | null
    readonly phase: string | null
    readonly phaseReason: string | null
    readonly currentPrimary: string | null
    readonly targetPrimary: string | null
    readonly primaryFailingSince: string | null
    readonly instances: number | null
    readonly readyInstances: number | null
    readonly hibernated: boolean
    readonly nodeMaintenance: boolean
    readonly certificates: readonly { readonly name: string; readonly expiresAt: string }[]
    readonly firstRecoverableAt: string | null
    readonly lastBackupAt: string | null
    readonly lastFailedBackupAt: string | null
  } | null
  readonly contradictions: readonly string[]
  readonly promotesNobody: string | null
}

interface ManagerMemberDocument {
  readonly name: string
  /** Id of the database; null: it is none of the watched ones. */
  readonly database: string | null
  readonly host: string | null
  readonly port: number | null
  readonly leads: boolean
  readonly role: ManagedRole | null
  readonly state: string | null
  readonly assignedState: string | null
  readonly timeline: number | null
  readonly lagBytes: number | null
  readonly reportedLsn: string | null
  readonly tags: readonly string[]
  readonly priority: number | null
  readonly maintenance: boolean
  readonly healthy: boolean | null
  readonly inQuorum: boolean | null
  readonly pendingRestart: readonly string[] | null
  readonly restartAt: string | null
  readonly upstream: string | null
  readonly notPromoted: string | null
}

/** `at`: when the document is made. */
export function managerDocument(picture: Picture | null, at: number): ManagerDocument | null {
  if (!picture?.manager) return null
  const { manager, databases } = picture
  const { kind, scope, activity, leader, paused, names, agents, systemIdentifierMatches, evidence, readAt } = manager
  const { details } = manager
  return {
    ...{ kind, scope, standing: activity, leader, paused, names, agents, systemIdentifierMatches, evidence },
    readAt: timeOf(readAt),
    pausedSince: timeOf(details?.pausedSince ?? null),
    members: (details?.members ?? []).map((member) => memberDocument(member, manager, at)),
    dcs: details?.dcs
      ? {
          state: details.dcs.state,
          seenAt: timeOf(details.dcs.seenAt),
          failsafe: details.dcs.isFailsafe,
          lostBy: details.dcs.lostBy,
        }
      : null,
    scheduledSwitchover: details?.scheduledSwitchover
      ? { ...details.scheduledSwitchover, at: new Date(details.scheduledSwitchover.at).toISOString() }
      : null,
    settings: settingsDocument(manager),
    lastEvent: details?.lastEvent ? { at: timeOf(details.lastEvent.at), text: details.lastEvent.text } : null,
    operator: operatorDocument(manager),
    contradictions: managerContradictions(manager, databases),
    promotesNobody: whyItPromotesNobody(manager),
  }
}

function operatorDocument({ details }: ClusterManager): ManagerDocument['operator'] {
  const operator = details?.operator
  if (!operator) return null
  const { namespace, phase, phaseReason, currentPrimary, targetPrimary, readyInstances } = operator
  return {
    ...{ namespace, phase, phaseReason, currentPrimary, targetPrimary },
    primaryFailingSince: timeOf(operator.failingSince),
    instances: operator.wantedInstances,
    readyInstances,
    hibernated: operator.isHibernated,
    nodeMaintenance: operator.inNodeMaintenance,
    certificates: operator.certificates.map(({ name, expiresAt }) => {
      return { name, expiresAt: new Date(expiresAt).toISOString() }
    }),
    firstRecoverableAt: timeOf(operator.firstRecoverableAt),
    lastBackupAt: timeOf(operator.lastBackupAt),
    lastFailedBackupAt: timeOf(operator.lastFailedBackupAt),
  }
}

function settingsDocument({ details }: ClusterManager): ManagerDocument['settings'] {
  const settings = details?.settings
  if (!settings) return null
  return {
    ttlSeconds: settings.ttlSeconds,
    loopWaitSeconds: settings.loopWaitSeconds,
    maximumLagBytes: settings.mostLagBytes,
    synchronousMode: settings.synchronousMode,
    synchronousModeStrict: settings.isStrict,
    failsafeMode: settings.isFailsafeMode,
    standbyCluster: settings.isStandbyCluster,
  }
}

function memberDocument(member: ManagedMember, manager: ClusterManager, at: number): ManagerMemberDocument {
  const { name, databaseId, host, port, isLeader, state, facts } = member
  const tags = facts?.tags
  return {
    ...{ name, database: databaseId, host, port, leads: isLeader, state },
    role: facts?.role ?? null,
    assignedState: facts?.assignedState ?? null,
    timeline: facts?.timeline ?? null,
    lagBytes: facts?.lagBytes ?? null,
    reportedLsn: facts?.reportedLsn == null ? null : formatLsn(facts.reportedLsn),
    tags: [
      ...(tags?.noFailover ? ['nofailover'] : []),
      ...(tags?.noLoadBalance ? ['noloadbalance'] : []),
      ...(tags?.noSync ? ['nosync'] : []),
    ],
    priority: facts?.priority ?? null,
    maintenance: facts?.inMaintenance ?? false,
    healthy: facts?.isHealthy ?? null,
    inQuorum: facts?.isInQuorum ?? null,
    pendingRestart: facts?.pendingRestart ?? null,
    restartAt: timeOf(facts?.restartAt ?? null),
    upstream: facts?.upstream ?? null,
    notPromoted: databaseId === null || isLeader ? null : whyNotPromoted(manager, { id: databaseId, name }, at),
  }
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
