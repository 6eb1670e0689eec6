// What it would cost to promote one standby, whichever would be the best: the estimate of the screen for a chosen one.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, Picture } from '../picture/picture.ts'
import { assessLocalReachability } from '../reachability/local-reachability.ts'
import { clusterMembers, mayBeSameSystem } from '../replication/member.ts'
import { replicationGraph } from '../replication/replication-graph.ts'
import { furthestLsn, type Lsn } from '../values/lsn.ts'
import { type FailoverCandidate, failoverCandidates } from './candidate.ts'
import { estimateTakeover, type FailoverInput, failingPrimary } from './estimate.ts'

/** A readable standby of the same primary, with how far it has come. */
interface OtherCandidate {
  readonly id: string
  readonly name: string
  readonly received: Lsn | null
  readonly timeline: number | null
}

export interface PromotionEstimate {
  /** Id of the primary that it would replace; null when none is known. */
  readonly primaryId: string | null
  /** null: nothing is known of what it replicates from. */
  readonly estimate: FailoverEstimate | null
  /** The furthest position that the chosen one is known to have. */
  readonly received: Lsn | null
  readonly otherCandidates: readonly OtherCandidate[]
}

/**
 * The prospect of promoting the database of that id, on what was last read. Only databases of its own system count: a
 * standby follows and replaces no other. One whose system is not known may be of it.
 */
export function estimatePromotion(
  snapshot: ClusterSnapshot,
  picture: Picture,
  targetId: string,
  now: number,
): PromotionEstimate {
  const all = clusterMembers(snapshot, picture, assessLocalReachability(snapshot, picture, now))
  const target = all.find(({ id }) => id === targetId)
  const nodes = all.filter((node) => !target || mayBeSameSystem(node, target))
  const edges = replicationGraph(nodes).links
  const input: FailoverInput = {
    snapshot,
    members: nodes,
    replicationLinks: edges,
    databases: picture.databases,
    servers: picture.servers,
    splitBrains: picture.splitBrains,
    mirroring: picture.mirroring,
    servingId: picture.serving?.id ?? null,
    previous: picture,
    now,
  }
  const primary = failingPrimary(input)
  const candidates = primary ? failoverCandidates(primary, edges) : []
  const chosen = candidates.find(({ member }) => member.id === targetId)
  return {
    primaryId: primary?.id ?? null,
    estimate: primary && chosen ? estimateTakeover(primary, chosen, input) : null,
    received: furthestLsn(chosen?.received),
    otherCandidates: candidates.filter((candidate) => candidate !== chosen).map(rivalOf),
  }
}

function rivalOf({ member, received }: FailoverCandidate): OtherCandidate {
  return { id: member.id, name: member.name, received, timeline: member.pulse?.timeline ?? null }
}
