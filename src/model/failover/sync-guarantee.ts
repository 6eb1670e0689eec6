// Whether a standby has every commit that its primary confirmed: the only case in which no loss is certain.

import type { DatabasePulse, WalSender } from '../measured/pulse.ts'
import { isReadAsPrimary, isWritable } from '../picture/roles.ts'
import { isFlowing } from '../picture/status.ts'
import type { Member } from '../replication/member.ts'
import { senderMatchScore } from '../replication/sender-score.ts'
import { parseSyncStandbys, syncPriorityOf } from '../replication/sync/sync-standbys.ts'
import { bytesBetween } from '../values/lsn.ts'
import type { FailoverCandidate } from './candidate.ts'

/** With these values a commit is confirmed only after the standbys have flushed it. */
const WAITING: ReadonlySet<string> = new Set(['on', 'remote_apply'])

/**
 * True if every commit confirmed by `primary` is on `standby`, as far as was read: commits wait for standbys, enough of
 * them were in sync, and it has the most WAL of those that may have confirmed one. A session that switched
 * synchronous_commit off, and a setting changed after the last reading, are not seen.
 */
export function hasAllConfirmedCommits(
  primary: Member,
  standby: Member,
  candidates: readonly FailoverCandidate[],
): boolean {
  const { pulse } = primary
  const wanted = pulse && isReadAsPrimary({ pulse }) ? parseSyncStandbys(pulse.synchronousStandbyNames) : null
  if (!pulse || !wanted || wanted.count < 1 || !WAITING.has(pulse.synchronousCommit ?? '')) return false
  const best = candidates.find(({ member }) => member === standby)
  if (!best || standby.pulse?.timeline !== pulse.timeline) return false
  const members = membersOf(pulse)
  const inSync = members.filter(({ sync }) => sync === 'sync' || sync === 'quorum')
  if (inSync.length < wanted.count) return false
  const readable = readableOf(primary, members, candidates)
  const own = readable.get(best)
  if (!own) return false
  const isAlive = isWritable(primary)
  if (isAlive && !(best.link && isFlowing(best.link.state))) return false
  if (isAlive && own.sync === 'sync') return true
  // Another standby may have replaced it since. A standby that can't be read and may have confirmed a commit rules it
  // out.
  const absent = wanted.names.filter(
    (name) =>
      name !== '*' && !members.some((each) => syncPriorityOf({ ...wanted, names: [name] }, each.applicationName)),
  )
  if (members.length - readable.size + absent.length >= wanted.count) return false
  return isAlive || [...readable.keys()].every((other) => hasNoLess(best, other))
}

/** The walsenders that may confirm a commit. */
function membersOf({ senders }: DatabasePulse): readonly WalSender[] {
  return senders.filter(({ sync, state }) => sync !== null && sync !== 'async' && state !== 'backup')
}

function hasNoLess(one: FailoverCandidate, other: FailoverCandidate): boolean {
  return one.received !== null && other.received !== null && bytesBetween(other.received, one.received) === 0
}

/** The standbys that are candidates and can be read. One that matches several walsenders equally well does not count. */
function readableOf(
  primary: Member,
  members: readonly WalSender[],
  candidates: readonly FailoverCandidate[],
): ReadonlyMap<FailoverCandidate, WalSender> {
  const senders = new Map<FailoverCandidate, WalSender>()
  for (const candidate of candidates) {
    const joined = candidate.link?.sender
    const sender = joined && members.includes(joined) ? joined : onlyFit(primary, members, candidate, candidates)
    if (sender && candidate.direct && ![...senders.values()].includes(sender)) senders.set(candidate, sender)
  }
  return senders
}

function onlyFit(
  primary: Member,
  members: readonly WalSender[],
  candidate: FailoverCandidate,
  candidates: readonly FailoverCandidate[],
): WalSender | null {
  const score = (sender: WalSender, { member }: FailoverCandidate) => senderMatchScore(primary, sender, member)
  const [best, next] = [...members].sort((a, b) => score(b, candidate) - score(a, candidate))
  if (!best) return null
  const fit = score(best, candidate)
  if (fit === 0 || (next && score(next, candidate) === fit)) return null
  return candidates.some((other) => other !== candidate && score(best, other) >= fit) ? null : best
}
