// Judges whether the WAL of a database reaches its archive.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { Thresholds } from '../measured/spec.ts'
import {
  ARCHIVE_KEEPS_NOTHING,
  archiverStallOf,
  archiverStallSeconds,
  archiverStallText,
  archiverUnknownText,
  workingArchiver,
} from '../storage/archiver-stall.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

const MEND =
  'see what its archiver does (ps: "archiver archiving …", the log): end a command that hangs, set one that is missing; pg_wal grows until then'

const STANDBY_KEEPS_NONE = 'a standby archives only with archive_mode = always'

/** Decides by the waiting files and the last failure. */
export function judgeArchive(
  reply: Reply<DatabasePulse>,
  { archiverStalledSeconds: limits }: Pick<Thresholds, 'archiverStalledSeconds'>,
): DiagnosisOutcome {
  if ('fault' in reply) return skipped('no session opened')
  const { at, value: pulse } = reply
  const archiver = workingArchiver(pulse)
  if (!archiver) return skipped(pulse.archiver?.mode === 'on' ? STANDBY_KEEPS_NONE : 'archive_mode is off')
  const stall = archiverStallOf(pulse)
  if (stall === 'unknown') {
    const { why, grant } = archiverUnknownText(pulse)
    return unknownOutcome(why, grant, at)
  }
  const seconds = stall ? archiverStallSeconds(stall, limits) : 0
  if (stall && seconds >= limits.warning) {
    return (seconds >= limits.critical ? fail : warn)('archiver-stalled', archiverStallText(stall), { next: MEND, at })
  }
  if (archiver.failing) {
    const text = `archiving fails at ${archiver.lastFailedWal ?? 'a segment'}, ${archiver.failedCount} times by now`
    return warn('archiver-stalled', text, { next: MEND, at })
  }
  if (archiver.keepsNothing) return ok(ARCHIVE_KEEPS_NOTHING, at)
  return ok(stall ? archiverStallText(stall) : 'no WAL waits to be archived', at)
}
