// The exchange between two mirrored databases: whether changes flow, and what each wrote while they did not.

import type { ReplicationSlot } from '../../measured/pulse.ts'
import { SILENT_SECONDS } from '../../measured/silence.ts'
import type { ClusterSnapshot } from '../../measured/snapshot.ts'
import type { Mirroring, Picture } from '../../picture/picture.ts'
import { endOfWal } from '../../picture/roles.ts'
import { bytesBetween, type Lsn } from '../../values/lsn.ts'
import { formatSeconds } from '../../values/units.ts'
import type { Member } from '../member.ts'
import { mirroredIds } from '../mirrored-pair.ts'
import { isDownMirror, queriedDirection, withSample } from './queried-mirroring.ts'

/** What one poll shows of one direction, without the memory. */
type Seen =
  | { readonly kind: 'connected' }
  | { readonly kind: 'broken'; readonly reason: string | null; readonly since: number | null }
  /** It can't be read now: the previous state stays. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Returns both directions of the model `mirrored`, from the primary server's database first; empty in every other
 * model. If changes are transferred by other means than logical replication, a configured query tells what is not exchanged; without
 * one the state is unknown.
 */
export function deriveMirroring(
  snapshot: ClusterSnapshot,
  nodes: readonly Member[],
  previous: Picture | null,
  now: number,
): readonly Mirroring[] {
  const ids = mirroredIds(snapshot.spec)
  const [one, other] = (ids ?? []).map((id) => nodes.find((node) => node.id === id))
  if (!one || !other) return []
  // Stored positions of a server do not apply to one of another system in its place.
  const before = (from: Member, to: Member) =>
    from.previousView && to.previousView
      ? (previous?.mirroring.find((each) => each.from === from.id && each.to === to.id) ?? null)
      : null
  const { exchange } = snapshot.spec
  const of = (from: Member, to: Member) =>
    exchange
      ? queriedDirection(from, to, before(from, to), { now, ...exchange })
      : direction(from, to, before(from, to), now)
  return [of(one, other), of(other, one)]
}

function direction(from: Member, to: Member, before: Mirroring | null, now: number): Mirroring {
  const slot = slotOf(from, to, before)
  const seen = observe(from, to, slot, before)
  const behindBytes = behind(from, slot)
  const base = {
    ...BY_WAL,
    from: from.id,
    to: to.id,
    slot: slot?.name ?? before?.slot ?? null,
    behindBytes,
    trend: withSample(before, { at: from.readAt ?? 0, bytes: from.isFresh ? behindBytes : null, changes: null }),
  }
  const apart = before && (before.state === 'cut' || before.state === 'merging') ? before : null
  switch (seen.kind) {
    case 'none':
      return { ...base, ...TOGETHER, state: 'unknown', since: null, reason: seen.reason }
    case 'unseen':
      return (
        before ?? {
          ...base,
          ...TOGETHER,
          state: 'unknown',
          since: null,
          reason: `pgdeck has no fresh reading of ${from.name}`,
        }
      )
    case 'broken': {
      const cutLsn = apart?.cutLsn ?? slot?.confirmedFlushLsn ?? lastSample(from) ?? endOfWal(from)
      // A slot that was inactive before pgdeck started reports since when itself; otherwise that is unknown.
      const since = apart ? apart.since : (seen.since ?? (before === null ? null : (from.readAt ?? now)))
      const divergedBytes = written(from, cutLsn)
      return { ...base, state: 'cut', since, reason: seen.reason, cutLsn, mergeLsn: null, divergedBytes }
    }
    case 'connected':
      return apart ? merging(from, slot, base, apart, now) : flowing(from, base, before, now)
  }
}

type Base = Omit<Mirroring, 'state' | 'since' | 'reason' | keyof typeof TOGETHER>

const TOGETHER = { cutLsn: null, mergeLsn: null, divergedBytes: null } as const

const BY_WAL = {
  readBy: 'wal',
  behindChanges: null,
  divergedChanges: null,
  oldestAt: null,
  progressAt: null,
  mergeAt: null,
} as const

function flowing(from: Member, base: Base, before: Mirroring | null, now: number): Mirroring {
  const since = before?.state === 'flowing' ? before.since : (from.readAt ?? now)
  return { ...base, ...TOGETHER, state: 'flowing', since, reason: null }
}

/** Merged after everything has arrived that was written before the reconnection. */
function merging(from: Member, slot: ReplicationSlot | null, base: Base, apart: Mirroring, now: number): Mirroring {
  const mergeLsn = apart.mergeLsn ?? endOfWal(from)
  const taken = slot?.confirmedFlushLsn ?? null
  if (mergeLsn === null || taken === null || taken >= mergeLsn) return flowing(from, base, null, now)
  const { since, cutLsn } = apart
  const divergedBytes = cutLsn === null ? null : bytesBetween(mergeLsn, cutLsn)
  return { ...base, state: 'merging', since, reason: null, cutLsn, mergeLsn, divergedBytes }
}

function observe(from: Member, to: Member, slot: ReplicationSlot | null, before: Mirroring | null): Seen {
  const known = slot !== null || (before !== null && before.slot !== null)
  if (from.pulse === null) return { kind: 'unseen' }
  if (!known) return { kind: 'none', reason: 'not by logical replication, and the config has no "exchange"' }
  for (const end of [from, to]) {
    if (isDownMirror(end)) return { kind: 'broken', reason: `${end.name} is down`, since: end.problem?.since ?? null }
  }
  if (!from.isFresh) return { kind: 'unseen' }
  if (slot === null) return { kind: 'broken', reason: `its slot on ${from.name} is gone`, since: null }
  const silence = silenceOf(from, slot)
  if (slot.active && silence < SILENT_SECONDS) return { kind: 'connected' }
  if (slot.active) {
    const since = (from.readAt ?? 0) - silence * 1000
    return { kind: 'broken', reason: `${to.name} has sent nothing for ${formatSeconds(silence)}`, since }
  }
  return { kind: 'broken', reason: whyIdle(from, to, slot), since: idleSince(from, slot) }
}

/** Seconds since the subscriber's last message; 0 if hidden from this role. */
function silenceOf(from: Member, slot: ReplicationSlot): number {
  const sender = from.pulse?.senders.find((each) => each.slot === slot.name || each.pid === slot.activePid)
  return sender?.replyAgeSeconds ?? 0
}

function whyIdle(from: Member, to: Member, slot: ReplicationSlot): string | null {
  if (slot.walStatus === 'lost' || slot.invalidationReason !== null) return `its slot on ${from.name} is lost`
  const subscription = to.isFresh ? subscriptionTo(to, slot.name) : null
  return subscription?.enabled === false ? `its subscription on ${to.name} is disabled` : null
}

/** By this host's clock. */
function idleSince({ pulse }: Member, { inactiveSince }: ReplicationSlot): number | null {
  return inactiveSince === null ? null : inactiveSince - (pulse?.clockOffsetMs ?? 0)
}

/** The slot through which `to` receives changes: the one of its subscription, else the only one. */
function slotOf(from: Member, to: Member, before: Mirroring | null): ReplicationSlot | null {
  const slots = (from.pulse?.slots ?? []).filter((slot) => slot.type === 'logical' && !slot.temporary)
  const named = slots.find(({ name }) => subscriptionTo(to, name) !== null)
  if (named) return named
  const remembered = slots.find(({ name }) => name === before?.slot)
  // A database whose subscriptions were read and lack this slot receives nothing from here.
  const isRead = to.pulse !== null
  return remembered ?? (isRead ? null : slots.length === 1 ? (slots[0] ?? null) : null)
}

function subscriptionTo({ pulse }: Member, slot: string) {
  return pulse?.subscriptions.find((subscription) => subscription.slot === slot) ?? null
}

function behind(from: Member, slot: ReplicationSlot | null): number | null {
  return written(from, slot?.confirmedFlushLsn ?? null)
}

/** Bytes that a database has written since a position, by its last reading; null if either is unknown. */
function written(from: Member, since: Lsn | null): number | null {
  const end = endOfWal(from)
  return end === null || since === null ? null : bytesBetween(end, since)
}

/** Its position at the reading before the latest, when changes last flowed. */
function lastSample({ record }: Member): Lsn | null {
  return record.history.at(-2)?.lsn ?? null
}
