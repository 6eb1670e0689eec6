// Whether the archiver of a server has stopped making progress, by the files that wait. A command that hangs reports
// no failure.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { Limits } from '../measured/spec.ts'
import { isReadAsStandby } from '../picture/roles.ts'
import { formatSeconds } from '../values/units.ts'

export interface ArchiverStall {
  /** WAL files that wait. */
  readonly files: number
  /** How long ago they were counted: a long queue is not counted by each poll. */
  readonly ageSeconds: number
  /** Since when the oldest of them waits and nothing was archived. */
  readonly seconds: number
  /** The cause, if it shows. */
  readonly reason: string
}

/** This many consecutive files without an archived one are a queue, however short the time. */
const QUEUE_FILES = 8

/** The text for archiving that succeeds and keeps nothing. */
export const ARCHIVE_KEEPS_NOTHING = 'archive_command keeps nothing: it succeeds without copying a file'

/**
 * What a poll read of archiving on a server that archives now; null: it does not. Its counters outlast `archive_mode =
 * off` and the change of a primary into a standby, which archives only with `always`.
 */
export function workingArchiver(pulse: DatabasePulse): DatabasePulse['archiver'] {
  const { archiver } = pulse
  if (!archiver || archiver.mode === 'off') return null
  return archiver.mode === 'on' && isReadAsStandby({ pulse }) ? null : archiver
}

/** null: nothing waits, or this server archives nothing; `unknown`: see archiverUnknownText(). */
export function archiverStallOf(pulse: DatabasePulse): ArchiverStall | 'unknown' | null {
  const archiver = workingArchiver(pulse)
  if (archiver?.waiting === undefined) return null
  if (archiver.waiting === null) return 'unknown'
  const { files, seconds, ageSeconds = 0 } = archiver.waiting
  if (files === null) return 'unknown'
  if (files === 0) return null
  const reason = archiver.commandless
    ? 'no archive_command is set'
    : archiver.failing
      ? `archiving fails at ${archiver.lastFailedWal ?? 'a segment'}`
      : 'archive_command or archive_library hangs or is slow, or the archiver does not run'
  // An archiver that is slow for each file still archives some: then the oldest file waits longer than nothing was
  // archived.
  const since = Math.min(seconds ?? 0, archiver.quietSeconds ?? Number.POSITIVE_INFINITY)
  return { files, ageSeconds, seconds: since, reason }
}

/** Why what waits is unknown. `grant` is a statement that lets the role see it; null if its rights are not the reason. */
export function archiverUnknownText({ archiver, missing }: DatabasePulse): { why: string; grant: string | null } {
  if (archiver?.waiting) {
    return { why: 'what waits to be archived is unknown: there are too many files to count in time', grant: null }
  }
  return { why: 'this role may not see what waits to be archived', grant: missing[0]?.grant ?? null }
}

/** For how long it has made no progress. A queue counts as the warning limit at least. */
export function archiverStallSeconds({ files, seconds }: ArchiverStall, { warning }: Limits): number {
  return files >= QUEUE_FILES ? Math.max(seconds, warning) : seconds
}

/** `nothing was archived for 4 min while 12 files wait: archive_command hangs, …`. */
export function archiverStallText({ files, ageSeconds, seconds, reason }: ArchiverStall): string {
  const waiting = files === 1 ? '1 file waits' : `${files} files wait`
  return `nothing was archived for ${formatSeconds(Math.round(seconds))} while ${waiting}${countedText(ageSeconds)}: ${reason}`
}

/** ` (counted 40 s ago)`: told where a directory has too many files to list it at each reading. Empty if it was listed now. */
export function countedText(ageSeconds: number | undefined): string {
  return ageSeconds === undefined || ageSeconds < 1 ? '' : ` (counted ${formatSeconds(Math.round(ageSeconds))} ago)`
}
