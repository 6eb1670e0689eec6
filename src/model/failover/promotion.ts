// The cost of promoting a chosen standby, whichever would be best.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, Picture } from '../picture/picture.ts'
import { assessLocalReachability } from '../reachability/local-reachability.ts'
import { clusterMembers, mayBeSameSystem } from '../replication/member.ts'
import { replicationGraph } from '../replication/replication-graph.ts'
import { furthestLsn, type Lsn } from '../values/lsn.ts'
import { type FailoverCandidate, failoverCandidates } from './candidate.ts'
import { estimateTakeover, type FailoverInput, failingPrimary } from './estimate.ts'

/** A readable standby of the same primary, with its position. */
interface OtherCandidate {
  readonly id: string
  readonly name: string
  readonly received: Lsn | null
  readonly timeline: number | null
  /** Why it has another history than the chosen standby; null: nothing shows that. */
  readonly apart: string | null
}

export interface PromotionEstimate {
  /** Id of the primary that it would replace; null if unknown. */
  readonly primaryId: string | null
  /** null: its upstream is unknown. */
  readonly estimate: FailoverEstimate | null
  /** The furthest position that the chosen standby has, as far as known. */
  readonly received: Lsn | null
  readonly otherCandidates: readonly OtherCandidate[]
}

/**
 * Returns the prospect of promoting the database with that id, on the last readings. Only databases of its own system
 * count, because a standby follows and replaces no other. A database with an unknown system identifier may be one of
 * them.
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
    otherCandidates: candidates.flatMap((candidate) => (candidate === chosen ? [] : [rivalOf(candidate, chosen)])),
  }
}

function rivalOf({ member, received }: FailoverCandidate, chosen: FailoverCandidate | undefined): OtherCandidate {
  const apart = chosen?.apart.find(({ id }) => id === member.id)?.why ?? null
  return { id: member.id, name: member.name, received, timeline: member.pulse?.timeline ?? null, apart }
}
