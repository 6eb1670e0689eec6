// What it would cost to promote one standby, whichever would be the best: the estimate of the screen for a chosen one.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { FailoverEstimate, Picture } from '../picture/picture.ts'
import { sightOf } from '../reachability/local-reachability.ts'
import { mayBeOneSystem, nodesOf } from '../replication/member.ts'
import { edgesOf } from '../replication/topology.ts'
import { furthest, type Lsn } from '../values/lsn.ts'
import { type Candidate, candidatesOf } from './candidate.ts'
import { estimateOf, type FailoverInput, failingPrimary } from './estimate.ts'

/** A readable standby of the same primary, with how far it has come. */
export interface Rival {
  readonly id: string
  readonly name: string
  readonly received: Lsn | null
  readonly timeline: number | null
}

export interface Prospect {
  /** Id of the primary that it would replace; null when none is known. */
  readonly primaryId: string | null
  /** null: nothing is known of what it replicates from. */
  readonly estimate: FailoverEstimate | null
  /** The furthest position that the chosen one is known to have. */
  readonly received: Lsn | null
  readonly rivals: readonly Rival[]
}

/**
 * The prospect of promoting the database of that id, on what was last read. Only databases of its own system count: a
 * standby follows and replaces no other. One whose system is not known may be of it.
 */
export function prospectOf(snapshot: ClusterSnapshot, picture: Picture, targetId: string, now: number): Prospect {
  const all = nodesOf(snapshot, picture, sightOf(snapshot, picture, now))
  const target = all.find(({ id }) => id === targetId)
  const nodes = all.filter((node) => !target || mayBeOneSystem(node, target))
  const edges = edgesOf(nodes)
  const input: FailoverInput = {
    snapshot,
    nodes,
    edges,
    databases: picture.databases,
    servers: picture.servers,
    splitBrains: picture.splitBrains,
    exchange: picture.exchange,
    servingId: picture.serving?.id ?? null,
    previous: picture,
    now,
  }
  const primary = failingPrimary(input)
  const candidates = primary ? candidatesOf(primary, edges) : []
  const chosen = candidates.find(({ node }) => node.id === targetId)
  return {
    primaryId: primary?.id ?? null,
    estimate: primary && chosen ? estimateOf(primary, chosen, input) : null,
    received: furthest(chosen?.received),
    rivals: candidates.filter((candidate) => candidate !== chosen).map(rivalOf),
  }
}

function rivalOf({ node, received }: Candidate): Rival {
  return { id: node.id, name: node.name, received, timeline: node.pulse?.timeline ?? null }
}
