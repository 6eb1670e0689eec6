// Whether replay of a standby makes no progress although it has received more and is not paused, since when, and why.

import type { DatabasePulse } from '../measured/pulse.ts'
import type { DatabaseSample } from '../measured/snapshot.ts'
import type { ReplayStall } from '../picture/picture.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import { formatSeconds } from '../values/units.ts'
import { secondsUnchanged } from './rates.ts'

/** The latest pulse of a standby and its history, oldest first. */
interface Reading {
  readonly pulse: DatabasePulse | null
  readonly history: readonly DatabaseSample[]
}

/**
 * null: it makes progress, has nothing to do, or waits on purpose. `unknown`: a single reading with few rights does not
 * show it.
 */
export function replayStallOf({ pulse, history }: Reading): ReplayStall | 'unknown' | null {
  const standby = standbyPositionOf({ pulse })
  if (!pulse || standby?.pause !== 'not paused') return null
  const { receivedLsn, replayedLsn } = standby
  const restoring = secondsRestoring(history, replayedLsn)
  if (pulse.startupProcess && runsRestoreCommand(pulse) && restoring > 0) {
    const text = restoringText(pulse.startupProcess)
    return { seconds: restoring, waitsForSessions: false, delaysPromotion: true, text }
  }
  if (receivedLsn === null || replayedLsn === null || receivedLsn <= replayedLsn) return null
  const { startupProcess: startup = null, applyDelayMs } = pulse
  const waitsForSessions = startup !== null && isForSessions(startup)
  if (waitsForWal(pulse) || waitsForDelay(pulse)) return null
  if ((applyDelayMs ?? 0) > 0 && !waitsForSessions) return null
  const unmoved = secondsUnmoved(history, replayedLsn)
  if (startup === null && (unmoved === null || standby.receiver === null)) return 'unknown'
  const seconds = secondsStalled(pulse, unmoved, waitsForSessions)
  if (seconds === 0) return null
  return { seconds, waitsForSessions, delaysPromotion: waitsForSessions, text: reasonText(startup) }
}

/** By its positions (`unmoved`). For a wait that was read, a single reading has only the age of the last commit. */
function secondsStalled(pulse: DatabasePulse, unmoved: number | null, waitsForSessions: boolean): number {
  const lag = standbyPositionOf({ pulse })?.applyLagSeconds ?? 0
  const delay = (pulse.applyDelayMs ?? 0) / 1000
  if (delay === 0) return unmoved ?? (waitsForSessions ? lag : 0)
  // Only commits are delayed: what follows the last replayed one came at once.
  return Math.min(unmoved ?? Number.POSITIVE_INFINITY, Math.max(0, lag - delay))
}

/**
 * Whether the startup process waits for WAL. Then it has replayed all whole records: the end of what was received may be a
 * part of a record, as after the crash of the primary, and a promotion discards that.
 */
export function waitsForWal({ startupProcess: startup }: DatabasePulse): boolean {
  return startup?.wait === 'RecoveryWalStream' || startup?.wait === 'RecoveryRetrieveRetryInterval'
}

/** Whether the startup process holds back a commit on purpose (recovery_min_apply_delay): all before it is replayed. */
export function waitsForDelay({ startupProcess: startup }: DatabasePulse): boolean {
  return startup?.wait === 'RecoveryApplyDelay'
}

/** How long it stayed there with more to replay; null with a single reading. */
function secondsUnmoved(history: readonly DatabaseSample[], replayedLsn: bigint): number | null {
  if (history.length < 2) return null
  return secondsUnchanged(history, (sample) => sample.replayedLsn === replayedLsn && (sample.backlogBytes ?? 0) !== 0)
}

/**
 * Whether the startup process runs restore_command, or another command. Before PostgreSQL 15 it has no wait event then:
 * without a WAL receiver it otherwise always waits for something, or replays.
 */
export function runsRestoreCommand(pulse: DatabasePulse): boolean {
  const { startupProcess: startup, versionNumber } = pulse
  if (!startup) return false
  if (startup.wait === 'RestoreCommand') return true
  return versionNumber < 150_000 && startup.wait === null && standbyPositionOf({ pulse })?.receiver === null
}

/**
 * How long each reading found restore_command running and replay at this position. It also runs for an instant every few
 * seconds where a standby waits for the next file, so one reading says nothing.
 */
function secondsRestoring(history: readonly DatabaseSample[], replayedLsn: bigint | null): number {
  return secondsUnchanged(history, (sample) => sample.isRestoring === true && sample.replayedLsn === replayedLsn) ?? 0
}

type Startup = NonNullable<DatabasePulse['startupProcess']>

/** PostgreSQL 19 renamed BufferPin to Buffer. */
function isForSessions({ waitType, wait }: Startup): boolean {
  return waitType === 'Lock' || /^RecoveryConflict|^Buffer(?:Pin)?$/.test(wait ?? '')
}

function restoringText({ pid, wait }: Startup): string {
  return `its restore_command does not end (startup process ${pid}, ${wait ?? 'no wait event'})`
}

function reasonText(startup: Startup | null): string {
  if (startup === null) return 'what it waits for is hidden from this role'
  const { pid, waitType, wait, heldBy } = startup
  const process = `startup process ${pid}, ${wait ?? 'no wait event'}`
  if (heldBy) {
    const name = heldBy.application === '' ? '' : ` (${heldBy.application})`
    if (waitType === 'Lock')
      return `it waits for a lock that process ${heldBy.pid}${name} on the standby holds (${process})`
    return `it waits for a query on the standby, the oldest is of process ${heldBy.pid}${name} (${process})`
  }
  if (waitType === 'Lock') return `it waits for a lock that a session on the standby holds (${process})`
  if (isForSessions(startup)) return `it waits for a query on the standby (${process})`
  if (wait === 'RestoreCommand') return restoringText(startup)
  return `its ${process}`
}

/** `replay stands still for 15 s: it waits …`. */
export function replayStallText({ seconds, text }: ReplayStall): string {
  return `replay stands still for ${formatSeconds(Math.round(seconds))}: ${text}`
}
