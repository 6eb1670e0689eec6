// A split brain in words: what is so, which one to keep, and what it comes to to keep each.

import type { SplitBrain, SplitBrainMember } from '../picture/split-brain.ts'
import { listText } from '../values/text.ts'

/** One way to end it. */
export interface SplitBrainAdvice {
  /** Id and name of the one that is kept. */
  readonly keep: string
  readonly name: string
  /** Why that one, or what speaks for it; null where nothing does. */
  readonly reason: string | null
  /** What is lost by it, in words. */
  readonly cost: string
  readonly remedies: readonly SplitBrainRemedy[]
}

interface SplitBrainRemedy {
  readonly label: 'to fence it' | 'to rewind it' | 'to rebuild it'
  readonly text: string
}

/** `a (timeline 1) and b (timeline 2) are both writable`. */
export function splitBrainText({ members }: SplitBrain): string {
  const named = members.map(({ name, timeline }) => `${name} (timeline ${timeline ?? '?'})`)
  return `${listText(named)} are ${members.length > 2 ? 'all' : 'both'} writable`
}

/** Which one is to be kept, with the reasons; both sides where users and timeline differ. */
export function keepAdviceText(split: SplitBrain): string {
  const { byUsers, byTimeline, keep } = split
  const nameOf = (id: string | null) => split.members.find((member) => member.id === id)?.name ?? '?'
  if (keep !== null) return `keep ${nameOf(keep)}: ${reasons(split).join('; ')}`
  if (byUsers.keep === null) return 'pgdeck can’t tell which of them to keep'
  return `the users are on ${nameOf(byUsers.keep)} (${byUsers.why}), ${nameOf(byTimeline.keep)} is newer (${byTimeline.why})`
}

function reasons({ byUsers, byTimeline }: SplitBrain): readonly string[] {
  return [byUsers.why, byTimeline.why].filter((why) => why !== null)
}

/** The one that is newer than the one that is shown to serve the users, by name; null where there is none. */
export function newerThanServing(splits: readonly SplitBrain[], served: string): string | null {
  const split = splits.find(({ byUsers }) => byUsers.keep === served)
  if (!split || split.byTimeline.keep === null || split.byTimeline.keep === served) return null
  return split.members.find(({ id }) => id === split.byTimeline.keep)?.name ?? null
}

/** The ways to end it: one where it is clear which to keep, one for each member that something speaks for where it is not. */
export function splitBrainAdvice(split: SplitBrain): readonly SplitBrainAdvice[] {
  const { members, byUsers, byTimeline, keep } = split
  const wanted = keep !== null ? [keep] : [byUsers.keep, byTimeline.keep].filter((id) => id !== null)
  const kept = members.filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  return kept.map((member) => ({
    keep: member.id,
    name: member.name,
    reason: reasonToKeep(member, split),
    cost: costOfKeeping(member, split),
    remedies: goingBeside(member, split).flatMap((other) => waysOf(other, member, split)),
  }))
}

function goingBeside(kept: SplitBrainMember, { members }: SplitBrain): readonly SplitBrainMember[] {
  return members.filter((other) => other !== kept && !other.isMirrored)
}

/** What speaks for one of them. */
export function reasonToKeep({ id }: Pick<SplitBrainMember, 'id'>, { byUsers, byTimeline }: SplitBrain): string | null {
  const own = [byUsers, byTimeline].flatMap(({ keep, why }) => (keep === id && why !== null ? [why] : []))
  return own.length === 0 ? null : own.join('; ')
}

/** What is lost by keeping that one. */
function costOfKeeping(member: SplitBrainMember, split: SplitBrain): string {
  const { byUsers } = split
  const others = goingBeside(member, split)
  const list = listText(others.map(({ name }) => name))
  const lost = `what ${list} wrote since the split is not on ${member.name}`
  const left = others.filter(({ id }) => id === byUsers.keep).map((other) => affectedUsersText(other))
  return left.length === 0 ? lost : `${lost}; the users are on ${list}: ${left.join('; ')}`
}

/** Who notices when it is stopped; empty-handed words where nobody is known to. */
export function affectedUsersText({ servers, clients, standbys }: SplitBrainMember): string {
  const parts = [
    ...(servers.length > 0 ? [`${listText(servers)} lose${servers.length === 1 ? 's' : ''} the database`] : []),
    ...(clients ? [`${clients} ${clients === 1 ? 'session of a client is' : 'sessions of clients are'} cut`] : []),
    ...(standbys.length > 0 ? [`${listText(standbys)} must be rewound or rebuilt`] : []),
  ]
  return parts.length === 0 ? 'nobody is known to be on it' : parts.join(', ')
}

function waysOf(other: SplitBrainMember, kept: SplitBrainMember, { byUsers }: SplitBrain): readonly SplitBrainRemedy[] {
  const serves = other.id === byUsers.keep ? ` (the users are on it: ${affectedUsersText(other)})` : ''
  return [
    {
      label: 'to fence it',
      text: `pgdeck do fence ${other.id}: stops ${other.name}${serves}; what it wrote since the split is not on ${kept.name}`,
    },
    { label: 'to rewind it', text: rewindText(other, kept) },
    {
      label: 'to rebuild it',
      text: `pgdeck do rebuild-replica ${other.id}: works in any case, and takes as long as a base backup`,
    },
  ]
}

/** Whether pg_rewind can take one back to where it parted from the other, and why not. */
function rewindText(other: SplitBrainMember, kept: SplitBrainMember): string {
  if (other.timeline !== null && other.timeline === kept.timeline) {
    return `can’t work: both are on timeline ${kept.timeline}, so that pg_rewind sees no difference`
  }
  if (other.rewindable === false) return `can’t work: wal_log_hints and checksums are off on ${other.name}`
  const command = `pg_rewind on the host of ${other.name}, after it was stopped cleanly`
  return other.rewindable === true
    ? `can work: ${command}; needs the WAL from before the split`
    : `may work: ${command}, if wal_log_hints or checksums are on`
}
