// Whether a standby that is fed by an archive lacks a file that its upstream has archived for long: then its restore_command fails.

import type { DatabaseSample } from '../measured/snapshot.ts'
import { endOfWalFile, restoresFromArchive } from '../picture/archive-source.ts'
import type { ReplayStall } from '../picture/picture.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import type { Lsn } from '../values/lsn.ts'
import { clean } from '../values/text.ts'
import type { Member } from './member.ts'
import { crossedAt, secondsUnchanged } from './rates.ts'
import { runsRestoreCommand } from './replay-stall.ts'

/** What the startup process waits for when no source of WAL had the file that it needs. */
const NO_FILE = 'RecoveryRetrieveRetryInterval'

/** null: it has everything that was archived, is on its way to it, waits on purpose, or what was archived is not known. */
export function restoreStallOf(standby: Member, upstream: Member | null): ReplayStall | null {
  const { pulse, record, name } = standby
  const position = standbyPositionOf(standby)
  if (!pulse || !upstream?.isFresh || !position?.replayedLsn || !restoresFromArchive(standby)) return null
  if (position.pause !== 'not paused' || (pulse.applyDelayMs ?? 0) > 0) return null
  const file = newestArchived(upstream)
  if (file === null || file.end <= position.replayedLsn) return null
  const wait = pulse.startupProcess?.wait ?? null
  const available = secondsAvailable(upstream, position.replayedLsn)
  const unmoved = secondsUnmoved(record.history, position.replayedLsn)
  // That no source had the file is told by what it waits for now; else only a position that does not move tells it.
  const seconds = wait === NO_FILE ? available : unmoved === null ? 0 : Math.min(available, unmoved)
  if (seconds === 0) return null
  const delaysPromotion = runsRestoreCommand(pulse)
  const what = delaysPromotion ? 'its restore_command runs' : `restore_command of ${name} does not bring that`
  return {
    seconds,
    waitsForSessions: false,
    delaysPromotion,
    text: `${upstream.name} has archived ${file.name}, ${what}`,
  }
}

/** Of the timeline that it is on: another one is another history. */
function newestArchived({ pulse }: Member): { readonly name: string; readonly end: Lsn } | null {
  const name = pulse?.archiver?.lastArchivedWal ?? null
  if (!pulse || name === null || pulse.walSegmentBytes === undefined) return null
  const end = endOfWalFile(name, pulse.walSegmentBytes)
  return end === null || Number.parseInt(name.slice(0, 8), 16) !== pulse.timeline ? null : { name: clean(name), end }
}

/** For how long the file that is needed next has been complete, or the newest one archived: at least so long it could be had. */
function secondsAvailable({ pulse, record, readAt }: Member, replayed: Lsn): number {
  const size = BigInt(pulse?.walSegmentBytes ?? 1)
  const passing = crossedAt(record.history, (replayed / size + 1n) * size)
  const complete = passing === null || readAt === null ? 0 : (readAt - passing.at) / 1000
  return Math.max(0, complete, pulse?.archiver?.quietSeconds ?? 0)
}

/** null where it was read once only. */
function secondsUnmoved(history: readonly DatabaseSample[], replayed: Lsn): number | null {
  return history.length < 2 ? null : secondsUnchanged(history, ({ replayedLsn }) => replayedLsn === replayed)
}
