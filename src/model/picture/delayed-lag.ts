// The lag of a standby that counts: what it keeps back on purpose (recovery_min_apply_delay) is none.

import type { DatabaseView, Lag } from './picture.ts'

/** The lag that limits are for: of a standby with a delay what it has not received, and the time beyond the delay. */
export function lagBeyondDelay({ lag, pulse }: Pick<DatabaseView, 'lag' | 'pulse'>): Pick<Lag, 'bytes' | 'seconds'> {
  const { bytes, seconds } = lag ?? { bytes: null, seconds: null }
  const delaySeconds = (pulse?.applyDelayMs ?? 0) / 1000
  if (delaySeconds <= 0 || !lag) return { bytes, seconds }
  const isLate = seconds !== null && seconds > delaySeconds
  return {
    bytes: isLate ? bytes : lag.flushedBytes,
    seconds: seconds === null ? null : Math.max(0, seconds - delaySeconds),
  }
}
