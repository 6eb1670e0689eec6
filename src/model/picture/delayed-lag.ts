// The lag of a standby that counts: what it keeps back on purpose (recovery_min_apply_delay) is none, nor what no archive can have yet.

import type { DatabaseView, Lag, LinkView } from './picture.ts'

/**
 * The lag that limits are for: of a standby with a delay what it has not received, and the time beyond the delay; of one that is
 * fed by an archive what lies in finished WAL files. `most` is the limit of seconds beyond the delay: from then on all bytes count.
 * The last commit that was replayed is always a little older than the delay.
 */
export function lagBeyondDelay(
  { lag, pulse }: Pick<DatabaseView, 'lag' | 'pulse'>,
  most: number,
): Pick<Lag, 'bytes' | 'seconds'> {
  const { bytes, seconds } = lag ? beyondUnfinishedFile(lag) : { bytes: null, seconds: null }
  const delaySeconds = (pulse?.applyDelayMs ?? 0) / 1000
  if (delaySeconds <= 0 || !lag) return { bytes, seconds }
  const isLate = seconds !== null && seconds >= delaySeconds + most
  return {
    bytes: isLate ? bytes : lag.flushedBytes,
    seconds: seconds === null ? null : Math.max(0, seconds - delaySeconds),
  }
}

/**
 * Whether the standby of a link has WAL left only because it replays late on purpose. `most` is the limit of seconds beyond its delay: the
 * last commit that was replayed may be older than the delay by the pause between two commits. False if its lag is unknown.
 */
export function isLateOnPurpose({ lag, delaySeconds }: Pick<LinkView, 'lag' | 'delaySeconds'>, most: number): boolean {
  if (!delaySeconds || !lag.bytes || lag.seconds === null) return false
  return lag.seconds < delaySeconds + most
}

function beyondUnfinishedFile({ bytes, seconds, inUnfinishedFile }: Lag): Pick<Lag, 'bytes' | 'seconds'> {
  if (inUnfinishedFile === undefined || bytes === null) return { bytes, seconds }
  const finished = Math.max(0, bytes - inUnfinishedFile)
  return { bytes: finished, seconds: finished === 0 ? 0 : seconds }
}
