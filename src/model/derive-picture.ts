// Makes the picture of a cluster from its snapshot: the one place where all derived facts come together.

import { type AlertState, updateAlerts } from './alerts/rules/alert-hysteresis.ts'
import { backupConditions } from './alerts/rules/backup-conditions.ts'
import { commitConditions } from './alerts/rules/commit-conditions.ts'
import { type AlertCondition, type ConditionRule, immediate, type RuleInput } from './alerts/rules/condition.ts'
import { databaseConditions } from './alerts/rules/database-conditions.ts'
import { entryPointConditions } from './alerts/rules/entry-point-conditions.ts'
import { failoverConditions } from './alerts/rules/failover-conditions.ts'
import { hostConditions } from './alerts/rules/host-conditions.ts'
import { managerConditions } from './alerts/rules/manager-conditions.ts'
import { mirroringConditions } from './alerts/rules/mirroring-conditions.ts'
import { newConnectionConditions } from './alerts/rules/new-connection-conditions.ts'
import { replicationConditions } from './alerts/rules/replication-conditions.ts'
import { reportedOnce } from './alerts/rules/reported-once.ts'
import { serverConditions } from './alerts/rules/server-conditions.ts'
import { transactionConditions } from './alerts/rules/transaction-conditions.ts'
import { twoServersConditions } from './alerts/rules/two-servers.ts'
import { scheduleRunner } from './app-servers/schedules.ts'
import { serverViews } from './app-servers/server-view.ts'
import { entryPointViews } from './entry-points/derive-entry-points.ts'
import { failoverEstimate } from './failover/estimate.ts'
import { alsoServing, nextDatabases, nextServers, servingDatabase, servingServer } from './failover/serving.ts'
import { hostViews } from './hosts/host-view.ts'
import { detectManager } from './managers/detection/cluster-manager.ts'
import type { ClusterSnapshot } from './measured/snapshot.ts'
import type {
  Alert,
  DatabaseView,
  Health,
  Lag,
  PendingCondition,
  Picture,
  ServerView,
  Serving,
} from './picture/picture.ts'
import { countUp } from './picture/status.ts'
import { subjectOf } from './picture/subject.ts'
import { assessLocalReachability, type LocalReachability } from './reachability/local-reachability.ts'
import { databaseView } from './replication/database-view.ts'
import { UNKNOWN_LAG } from './replication/lag.ts'
import { lagsByLink, otherSenderViews, slotViews, toLinkView } from './replication/link-view.ts'
import { clusterMembers } from './replication/member.ts'
import { deriveMirroring } from './replication/mirroring/derive-mirroring.ts'
import { type ReplicationGraph, replicationGraph } from './replication/replication-graph.ts'
import type { ReplicationLink } from './replication/replication-link.ts'
import { treeOrder } from './replication/tree-order.ts'
import { markAlertsDuringRuns, observeRuns } from './runs/observed-runs.ts'
import { detectSplitBrains } from './split-brain/detection.ts'
import { deriveSplitBrains } from './split-brain/split-brain.ts'

const NONE: readonly ConditionRule[] = []

/**
 * Derives everything that is shown of a cluster. `previous` is its memory: start times, hysteresis, lost upstreams.
 * `rules` are those of src/profiles/conditions.ts; without them their alerts are missing.
 */
export function derivePicture(snapshot: ClusterSnapshot, previous: Picture | null, now: number, rules = NONE): Picture {
  // Ages are shown as they are, but readings that get old during a requested pause cause no alert.
  const judgedAt = Math.min(now, snapshot.pausedSince ?? now)
  const reachability = assessLocalReachability(snapshot, previous, judgedAt)
  const members = clusterMembers(snapshot, previous, reachability)
  const graph = replicationGraph(members)
  const { links: edges, senders } = graph
  const lags = lagsByLink(edges, judgedAt)
  const links = edges.map((edge) => toLinkView(edge, lags.get(edge) ?? UNKNOWN_LAG))
  const slots = slotViews(members, edges)
  const databases = databaseViews(snapshot, graph, lags, now)
  const servers = serverViews(snapshot, databases, previous, reachability, now)
  const groups = detectSplitBrains(members, previous, snapshot.spec.timeoutMs)
  const servedBy = servers.length > 0 ? servingServer(servers) : null
  const split = deriveSplitBrains(groups, { databases, servers, links, servingServer: servedBy })
  const serving = servers.length > 0 ? servedBy : servingDatabase(databases, split)
  const schedules = scheduleRunner(snapshot, servers, databases, previous)
  const mirroring = deriveMirroring(snapshot, members, previous, now)
  const known = { snapshot, members, databases, servers, schedules, mirroring, previous, now }
  const input = { ...known, replicationLinks: edges, splitBrains: split }
  const manager = detectManager(snapshot, previous?.manager ?? null, now)
  const failover = failoverEstimate({ ...input, manager, servingId: serving?.id ?? null })
  const next =
    servers.length > 0 ? nextServers(servers, databases, snapshot.spec.model, serving) : nextDatabases(failover)
  const hosts = hostViews(snapshot, now)
  const memberNames = manager?.names ?? {}
  const entryPoints = entryPointViews(snapshot, { databases, splitBrains: split, memberNames, previous, now })
  const runs = observeRuns(members, previous, now)
  const seen = { links, slots, serving, hosts, entryPoints, runs }
  const findings: RuleInput = { ...input, manager, now: judgedAt, reachability, ...seen }
  const { alerts: standing, pending } = alertsIn(findings, previous, rules)
  const alerts = markAlertsDuringRuns(standing, runs)
  return {
    at: now,
    health: clusterHealth(alerts, reachability, [...databases, ...servers], serving),
    model: snapshot.spec.model,
    serving,
    alsoServing: alsoServing(servers, mirroring, serving),
    next,
    servers,
    schedules,
    databases,
    counts: { servers: countUp(servers), databases: countUp(databases) },
    entryPoints,
    hosts,
    links,
    otherSenders: otherSenderViews(senders),
    slots,
    splitBrains: split,
    mirroring,
    failover,
    manager,
    ...(snapshot.portChecks ? { portChecks: snapshot.portChecks } : {}),
    runs,
    alerts,
    pending,
  }
}

function databaseViews(
  snapshot: ClusterSnapshot,
  { members, links: edges, otherHistories }: ReplicationGraph,
  lags: ReadonlyMap<ReplicationLink, Lag>,
  now: number,
): readonly DatabaseView[] {
  const edgeOf = new Map(edges.map((edge) => [edge.downstream?.id, edge]))
  const upstreamOf = new Map(
    edges.flatMap(({ upstream, downstream }) =>
      upstream && downstream ? [[downstream.id, upstream.id] as const] : [],
    ),
  )
  const byId = new Map(members.map((node) => [node.id, node]))
  return treeOrder([...byId.keys()], upstreamOf).flatMap((place) => {
    const node = byId.get(place.id)
    const edge = edgeOf.get(place.id) ?? null
    const lag = edge ? (lags.get(edge) ?? null) : null
    return node
      ? [
          databaseView(node, {
            snapshot,
            nodes: members,
            edge,
            below: edges.filter(({ upstream }) => upstream === node),
            lag,
            place,
            now,
            otherHistory: otherHistories.get(node),
          }),
        ]
      : []
  })
}

/** While this host can't reach anything, single targets get no new alerts, and active ones stay. */
function alertsIn(findings: RuleInput, previous: Picture | null, profileRules: readonly ConditionRule[]): AlertState {
  const { snapshot, reachability, now } = findings
  const blind = cutOff(findings)
  const memory = blindness(reachability, snapshot.spec.name)
  if (reachability.cutOff) {
    const standing = previous?.alerts.filter(({ rule }) => rule !== 'cut-off') ?? []
    const { alerts } = updateAlerts(blind, previous, true, snapshot.intervalMs, now)
    const pending = previous?.pending.filter(({ rule }) => rule !== 'cut-off') ?? []
    return { alerts: [...alerts, ...standing], pending: [...pending, ...memory] }
  }
  const conditions = [
    ...blind,
    ...serverConditions(findings),
    ...commitConditions(findings),
    ...databaseConditions(findings),
    ...newConnectionConditions(findings),
    ...transactionConditions(findings),
    ...twoServersConditions(findings),
    ...backupConditions(findings),
    ...replicationConditions(findings),
    ...mirroringConditions(findings),
    ...entryPointConditions(findings),
    ...hostConditions(findings),
    ...profileRules.flatMap((rule) => rule(findings)),
    ...managerConditions(findings),
    ...failoverConditions(findings),
  ]
  const reported = reportedOnce(conditions, findings.members)
  const { alerts, pending } = updateAlerts(reported, previous, isSettled(previous), snapshot.intervalMs, now)
  return { alerts, pending: [...pending, ...memory] }
}

function cutOff({ reachability, snapshot }: RuleInput): readonly AlertCondition[] {
  if (!reachability.cutOff && !reachability.failedTogether) return []
  const all = `all ${reachability.targets} targets failed at once`
  const message = reachability.cutOff
    ? `this host may be cut off: ${all}, none can be reached`
    : `${all}: they went down together, or this host is cut off`
  return [immediate('cut-off', subjectOf(snapshot.spec.name), 'warning', message, reachability.since)]
}

/** Remembers until when this host was cut off, so that the first answer does not make other targets look down. */
function blindness(reachability: LocalReachability, cluster: string): readonly PendingCondition[] {
  if (reachability.cutOffUntil === null) return []
  const lastHeld = reachability.cutOffUntil
  const subject = subjectOf(cluster)
  return [
    { rule: 'cut-off', subject, severity: 'warning', since: reachability.since ?? lastHeld, lastTrueAt: lastHeld },
  ]
}

/** False while some target had no reading. */
function isSettled(previous: Picture | null): boolean {
  if (!previous) return false
  return [...previous.databases, ...previous.servers].every((view) => view.readAt !== null || view.problem !== null)
}

/** The worst of the alerts; unknown if this host is cut off, and if there is no alert but something is unknown. */
function clusterHealth(
  alerts: readonly Alert[],
  reachability: LocalReachability,
  views: readonly (DatabaseView | ServerView)[],
  serving: Serving | null,
): Health {
  if (reachability.cutOff) return 'unknown'
  if (views.every((view) => view.status === 'unknown' && view.problem === null)) return 'unknown'
  if (alerts.some((alert) => alert.severity === 'critical')) return 'critical'
  if (alerts.length > 0) return 'warning'
  // "Nobody serves" would be an alert. Here it is unknown who serves.
  return serving === null || views.some((view) => view.status === 'unknown') ? 'unknown' : 'ok'
}
