// What is known of databases of one system that take writes side by side: which of them the users are on, which is newer,
// and what it comes to to keep one. The only place where they are ranked.

import type { DatabaseView, LinkView, ServerView, Serving } from '../picture/picture.ts'
import type { SplitBrain, SplitBrainMember } from '../picture/split-brain.ts'
import { isFlowing } from '../picture/status.ts'
import type { Member } from '../replication/member.ts'
import { chooseByTimeline, chooseByUsers } from './ranking.ts'

export interface SplitBrainInput {
  readonly databases: readonly DatabaseView[]
  readonly servers: readonly ServerView[]
  readonly links: readonly LinkView[]
  /** The server that serves the users; null where there is none. */
  readonly servingServer: Serving | null
}

const MIRRORED = 'it is one of the two that mirror each other'

/** The fact of each group of databases that take writes at one time. */
export function deriveSplitBrains(
  groups: readonly (readonly Member[])[],
  input: SplitBrainInput,
): readonly SplitBrain[] {
  return groups.flatMap((group) => {
    const systemIdentifier = group[0]?.pulse?.systemIdentifier
    const members = group.map((node) => memberOf(node, input))
    const [configuredFirst] = members
    if (systemIdentifier == null || !configuredFirst) return []
    const mirrored = members.filter(({ isMirrored }) => isMirrored)
    const [inOrder] = mirrored
    const byUsers = inOrder ? { keep: inOrder.id, why: MIRRORED } : chooseByUsers(members)
    const byTimeline = inOrder ? { keep: null, why: null } : chooseByTimeline(members)
    const differ = byUsers.keep !== null && byTimeline.keep !== null && byUsers.keep !== byTimeline.keep
    const chosen = byUsers.keep ?? byTimeline.keep
    const keep = differ ? null : chosen
    return [{ systemIdentifier, members, byUsers, byTimeline, keep, shown: chosen ?? configuredFirst.id }]
  })
}

function memberOf(node: Member, { databases, servers, links, servingServer }: SplitBrainInput): SplitBrainMember {
  const using = servers.filter(
    ({ databaseId, access }) => databaseId === node.id && access !== null && access !== 'none',
  )
  // A read-only server uses a replica; where that was promoted it proves no users.
  const answering = using.filter(({ access }) => access !== 'redirects')
  return {
    id: node.id,
    name: node.name,
    timeline: node.pulse?.timeline ?? null,
    serves: servingServer !== null && using.some(({ id }) => id === servingServer.id),
    servers: answering.map(({ name }) => name),
    clients: clientsOf(node),
    standbys: connectedStandbyNames(node, databases, links),
    isMirrored: node.mirroredId !== null,
    rewindable: node.pulse?.rewindable ?? null,
  }
}

function connectedStandbyNames(
  node: Member,
  databases: readonly DatabaseView[],
  links: readonly LinkView[],
): readonly string[] {
  // Its state is hidden from a role without pg_monitor; that there is a connection is not.
  const connected = links.filter(
    ({ upstreamId, state, sender, kind }) =>
      upstreamId === node.id && kind !== 'archiver' && (isFlowing(state) || (state === 'unknown' && sender !== null)),
  )
  return connected.map(({ downstreamId, downstreamName }) => {
    return databases.find(({ id }) => id === downstreamId)?.name ?? downstreamName
  })
}

const OF_MANAGERS = /^(Patroni|repmgrd?$|pg_auto_failover)/

function clientsOf({ pulse }: Member): number | null {
  const groups = pulse?.clients ?? null
  if (groups === null) return null
  return groups.reduce((sum, { applicationName, count }) => sum + (OF_MANAGERS.test(applicationName) ? 0 : count), 0)
}
