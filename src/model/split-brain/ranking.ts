// Ranks databases that take writes side by side: by the users, and by the timeline. Why first, then who.

import type { KeepChoice, SplitBrainMember } from '../picture/split-brain.ts'
import { listText } from '../values/text.ts'

interface Criterion {
  /** The higher, the nearer to the users; null: not known, and then it tells nothing of anybody. */
  readonly rank: (member: SplitBrainMember) => number | null
  readonly why: (best: SplitBrainMember, next: SplitBrainMember) => string
}

/** Fewer than this may be an administrator's, or a program's that looks after the server. */
const MANY_SESSIONS = 5

/**
 * The first that tells the best from the next decides. That an application is served comes before sessions, which may be
 * anybody's; many sessions where the others have few come before standbys, and one more or less after all else.
 */
const CRITERIA: readonly Criterion[] = [
  { rank: ({ serves }) => Number(serves), why: ({ servers }) => `${names(servers)} ${uses(servers)} it` },
  { rank: ({ servers }) => servers.length, why: ({ servers }) => `${names(servers)} ${uses(servers)} it` },
  {
    rank: ({ clients }) => (clients === null ? null : Number(clients >= MANY_SESSIONS)),
    why: ({ clients }, next) => `${sessions(clients)}, ${next.name} has ${next.clients}`,
  },
  { rank: ({ standbys }) => standbys.length, why: ({ standbys }) => `${names(standbys)} ${follows(standbys)} it` },
  {
    rank: ({ clients }) => clients,
    why: ({ clients }, next) => `${sessions(clients)}, ${next.name} has ${next.clients}`,
  },
]

/** The one that the users are on. */
export function chooseByUsers(members: readonly SplitBrainMember[]): KeepChoice {
  for (const { rank, why } of CRITERIA) {
    const choice = best(members, rank, why)
    if (choice.keep !== null) return choice
  }
  return NOTHING
}

/** The one that began a timeline later than all others: it was promoted last. */
export function chooseByTimeline(members: readonly SplitBrainMember[]): KeepChoice {
  return best(
    members,
    ({ timeline }) => timeline,
    ({ timeline }, next) => `it is on timeline ${timeline}, ${next.name} on ${next.timeline}`,
  )
}

const NOTHING: KeepChoice = { keep: null, why: null }

function best(members: readonly SplitBrainMember[], rank: Criterion['rank'], why: Criterion['why']): KeepChoice {
  const ranks = members.map((member) => ({ member, at: rank(member) }))
  if (ranks.some(({ at }) => at === null)) return NOTHING
  const [first, second] = ranks.toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))
  if (!first || !second || first.at === second.at) return NOTHING
  return { keep: first.member.id, why: why(first.member, second.member) }
}

function names(all: readonly string[]): string {
  return all.length > 3 ? `${all.slice(0, 2).join(', ')} and ${all.length - 2} more` : listText(all)
}

const uses = (all: readonly string[]) => (all.length === 1 ? 'uses' : 'use')
const follows = (all: readonly string[]) => (all.length === 1 ? 'follows' : 'follow')

function sessions(count: number | null): string {
  return count === 1 ? '1 session of a client' : `${count} sessions of clients`
}
