// One direction between two mirrored databases whose changes a configured query counts: does the other one take them over?

import type { ExchangeBacklog } from '../../measured/exchange/exchange-backlog.ts'
import { HISTORY_LENGTH } from '../../measured/snapshot.ts'
import type { Mirroring, MirroringSample } from '../../picture/picture.ts'
import { faultOf, lastGood, lastReadAt, PENDING } from '../../values/reading.ts'
import type { Member } from '../member.ts'

interface QueryMoment {
  readonly now: number
  /** The exchange is cut when changes wait and none was taken over for so long. */
  readonly cutAfterMs: number
}

/** The backlog by the clock of this host. */
interface Backlog extends ExchangeBacklog {
  readonly readAt: number
}

/**
 * Returns the direction from `from` to `to`. A backlog that moves is an exchange that works, however long it is: its oldest change is a
 * later one, or there are fewer. An answer that can't be used makes the state unknown.
 */
export function queriedDirection(
  from: Member,
  to: Member,
  remembered: Mirroring | null,
  moment: QueryMoment,
): Mirroring {
  const { now, cutAfterMs } = moment
  const before = remembered?.readBy === 'query' ? remembered : null
  const backlog = backlogOf(from)
  const apart = before && (before.state === 'cut' || before.state === 'merging') ? before : null
  const base = baseOf(from, to, backlog, before)
  const down = [from, to].find(isDownMirror)
  if (down && backlog) {
    const since = apart ? apart.since : (down.problem?.since ?? now)
    return cut(base, since, `${down.name} is down`)
  }
  if (!backlog || !from.isFresh || faultOf(from.record.exchange ?? PENDING)) return unread(from, base, before, moment)
  const stuckSince = lastProgress(backlog, base)
  if (backlog.changes > 0 && backlog.readAt - stuckSince >= cutAfterMs)
    return cut(base, apart?.since ?? stuckSince, null)
  return apart ? merging(base, apart, backlog) : flowing(base, before, backlog)
}

/**
 * An answer that can't be used says nothing of the exchange. Without an answer the state stays, but it flows no longer than an
 * exchange may stand still.
 */
function unread(from: Member, base: Base, before: Mirroring | null, { now, cutAfterMs }: QueryMoment): Mirroring {
  const fault = faultOf(from.record.exchange ?? PENDING)
  const isLong = fault !== null && before?.state === 'flowing' && now - fault.since >= cutAfterMs
  const isTold = from.isFresh && (isLong || fault?.code === 'protocol' || before?.state === 'unknown')
  if (fault && isTold) return unknown(base, fault.message)
  return before ?? unknown(base, fault?.message ?? `${from.name} has not answered the query of the exchange`)
}

/** What waits is what it has written since. */
function cut(base: Base, since: number | null, reason: string | null): Mirroring {
  const { behindBytes: divergedBytes, behindChanges: divergedChanges } = base
  return { ...base, ...NOT_MERGING, state: 'cut', since, reason, divergedBytes, divergedChanges }
}

/** Whether a mirrored database is down, so that nothing is exchanged. */
export function isDownMirror({ state }: Member): boolean {
  return state === 'down' || state === 'starting'
}

/** The trend with one more reading; the same reading is not added twice. */
export function withSample(before: Mirroring | null, sample: MirroringSample): readonly MirroringSample[] {
  const past = before?.trend ?? []
  const last = past.at(-1)
  if (last && last.at >= sample.at) return past
  return [...past.slice(1 - HISTORY_LENGTH), sample]
}

const NOT_MERGING = { mergeAt: null } as const

type Base = Omit<Mirroring, 'state' | 'since' | 'reason' | 'divergedBytes' | 'divergedChanges' | 'mergeAt'>

function baseOf(from: Member, to: Member, backlog: Backlog | null, before: Mirroring | null): Base {
  return {
    from: from.id,
    to: to.id,
    readBy: 'query',
    slot: null,
    cutLsn: null,
    mergeLsn: null,
    behindBytes: backlog?.bytes ?? null,
    behindChanges: backlog?.changes ?? null,
    oldestAt: backlog?.oldestAt ?? null,
    progressAt: backlog ? progressOf(backlog, before) : (before?.progressAt ?? null),
    trend: backlog
      ? withSample(before, { at: backlog.readAt, bytes: backlog.bytes, changes: backlog.changes })
      : (before?.trend ?? []),
  }
}

/** The last answer. Its instants are by the clock of the database. */
function backlogOf({ record, pulse }: Member): Backlog | null {
  const reading = record.exchange ?? PENDING
  const value = lastGood(reading)
  const readAt = lastReadAt(reading)
  if (!value || readAt === null) return null
  const oldestAt = value.oldestAt === null ? null : Math.min(readAt, value.oldestAt - (pulse?.clockOffsetMs ?? 0))
  return { ...value, oldestAt, readAt }
}

/** When the other one last took something over, as far as the readings show. Of the first reading the oldest change tells. */
function progressOf(backlog: Backlog, before: Mirroring | null): number {
  const last = before?.trend.at(-1)
  if (!before || !last || before.progressAt === null) return backlog.oldestAt ?? backlog.readAt
  if (last.at >= backlog.readAt) return before.progressAt
  const isLater =
    backlog.oldestAt !== null && before.oldestAt !== null && backlog.oldestAt - before.oldestAt > CLOCK_NOISE_MS
  const isLess = last.changes !== null && backlog.changes < last.changes
  return backlog.changes === 0 || isLater || isLess ? backlog.readAt : before.progressAt
}

/** The offset of a clock is measured anew at each poll. */
const CLOCK_NOISE_MS = 500

/** Changes can't have waited longer than the oldest of them is old. */
function lastProgress({ oldestAt }: Backlog, { progressAt }: Base): number {
  return Math.max(oldestAt ?? 0, progressAt ?? 0)
}

function flowing(base: Base, before: Mirroring | null, { readAt }: Backlog): Mirroring {
  const since = before?.state === 'flowing' ? before.since : readAt
  return { ...base, ...NOT_MERGING, state: 'flowing', since, reason: null, divergedBytes: null, divergedChanges: null }
}

/** Merged when everything has been taken over that was changed before it began again. */
function merging(base: Base, apart: Mirroring, backlog: Backlog): Mirroring {
  const mergeAt = apart.mergeAt ?? backlog.readAt
  const isMerged = backlog.changes === 0 || (backlog.oldestAt !== null && backlog.oldestAt > mergeAt)
  if (isMerged) return flowing(base, null, backlog)
  const divergedChanges = Math.max(apart.divergedChanges ?? 0, backlog.changes)
  const divergedBytes = backlog.bytes === null ? apart.divergedBytes : Math.max(apart.divergedBytes ?? 0, backlog.bytes)
  return { ...base, state: 'merging', since: apart.since, reason: null, mergeAt, divergedBytes, divergedChanges }
}

function unknown(base: Base, reason: string): Mirroring {
  return { ...base, ...NOT_MERGING, state: 'unknown', since: null, reason, divergedBytes: null, divergedChanges: null }
}
