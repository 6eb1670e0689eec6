// Judges whether a standby replays what it receives: what holds replay up, and its lag.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { DatabaseSample } from '../measured/snapshot.ts'
import type { Thresholds } from '../measured/spec.ts'
import type { Lag, ReplayStall } from '../picture/picture.ts'
import { isReadAsStandby } from '../picture/roles.ts'
import { replayStallOf, replayStallText, runsRestoreCommand } from '../replication/replay-stall.ts'
import { formatBytes, formatSeconds } from '../values/units.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

const END_QUERY =
  'view 3 on the standby: end that query, or wait for it; max_standby_streaming_delay says how long replay waits for queries'

const STARTUP = 'l: its log tells what the startup process does'
const RESTORE =
  'l: its log has what restore_command answered; run that command by hand as the user of the server, for the file that is missing'

/** `past`: its earlier readings, and the displayed lag. */
export function judgeReplay(
  reply: Reply<DatabasePulse>,
  past: {
    readonly history: readonly DatabaseSample[]
    readonly lag: Pick<Lag, 'bytes' | 'seconds'> | null
    /** By the archive that feeds it, which its own reading does not show. */
    readonly restoreStall: ReplayStall | null
  },
  limits: Thresholds,
): DiagnosisOutcome {
  if ('fault' in reply) return skipped('no session opened')
  const { at, value: pulse } = reply
  if (!isReadAsStandby({ pulse })) return skipped('it is not a standby')
  const stall = past.restoreStall ?? replayStallOf({ pulse, history: past.history })
  if (stall === 'unknown')
    return unknownOutcome('this role may not see what replay waits for', pulse.missing[0]?.grant ?? null, at)
  if (stall && stall.seconds >= limits.replayStalledSeconds.warning) {
    const isCritical = stall.seconds >= limits.replayStalledSeconds.critical
    const next = stall.waitsForSessions ? END_QUERY : past.restoreStall ? RESTORE : STARTUP
    return (isCritical ? fail : warn)('replay-stalled', replayStallText(stall), { next, at })
  }
  return (
    behind(past.lag, limits, at) ??
    ok(restoringText(pulse) ?? (stall ? replayStallText(stall) : 'it applies what it receives'), at)
  )
}

/** One reading does not tell whether restore_command ends. */
function restoringText(pulse: DatabasePulse): string | null {
  return runsRestoreCommand(pulse)
    ? `its restore_command runs now (startup process ${pulse.startupProcess?.pid})`
    : null
}

function behind(lag: Pick<Lag, 'bytes' | 'seconds'> | null, limits: Thresholds, at: number): DiagnosisOutcome | null {
  const { bytes = null, seconds = null } = lag ?? {}
  const isTooMuch = (bytes ?? 0) >= limits.replicationLagBytes.warning
  const isTooOld = (seconds ?? 0) >= limits.replicationLagSeconds.warning
  if (!isTooMuch && !isTooOld) return null
  const parts = [bytes === null ? '' : formatBytes(bytes), seconds === null ? '' : formatSeconds(seconds)]
  const text = `it is ${parts.filter((part) => part !== '').join(' and ')} behind its upstream`
  return warn('replay-behind', text, { certainty: 'likely', next: '2: the link from both ends, stage by stage', at })
}
