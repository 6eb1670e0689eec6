// Why replay of a standby is paused: on request, at its recovery target, or because its settings are too low.

import type { ReplicationPosition } from '../measured/pulse.ts'
import { settingsTooLow } from '../measured/required-settings.ts'
import type { ReplayPause } from '../picture/picture.ts'
import { isWritable, standbyPositionOf } from '../picture/roles.ts'
import { parseLsn } from '../values/lsn.ts'
import type { RecoveryTarget } from '../values/recovery-settings.ts'
import { type Member, mayBeSameSystem, requiredSettingsOf, systemIdentifierOf, wasPrimary } from './member.ts'

type Standby = Extract<ReplicationPosition, { kind: 'standby' }>

/** Returns why replay is paused; null if it is not, or if the server does not tell. */
export function replayPauseOf(node: Member, nodes: readonly Member[]): ReplayPause | null {
  const standby = standbyPositionOf(node)
  if (!standby || standby.pause === null || standby.pause === 'not paused') return null
  const primary = primaryOfSystem(node, nodes)
  const required = primary && requiredSettingsOf(primary)
  const low = settingsTooLow(node.pulse?.settings ?? null, required)
  if (low.length > 0) return { reason: 'settings', text: TOO_LOW }
  const { recoveryTarget } = standby
  if (recoveryTarget && isTargetReached(recoveryTarget, standby) !== false)
    return { reason: 'target', text: targetWords(recoveryTarget, standby) }
  if (required === null || !primary?.isFresh) {
    const words =
      'by pg_wal_replay_pause, or because its settings are too low: what its primary requires is unknown now'
    return { reason: 'unknown', text: words }
  }
  return { reason: 'asked', text: 'by pg_wal_replay_pause' }
}

const TOO_LOW = 'by itself, as settings are too low: on resume the server would shut down'

function targetWords(target: RecoveryTarget, standby: Standby): string {
  const where = `its recovery target, ${recoveryTargetText(target)}`
  return isTargetReached(target, standby) === true
    ? `it has reached ${where}: resuming would make it a primary`
    : `it may have reached ${where}: resuming would make it a primary then`
}

/** `recovery_target_time = '2026-11-29 12:00:00+00'`. */
export function recoveryTargetText({ setting, value }: Pick<RecoveryTarget, 'setting' | 'value'>): string {
  return `${setting} = '${value}'`
}

/**
 * Whether replay has reached the target: true or false if positions decide, null if nothing does. PostgreSQL shows a
 * pause there like any other.
 */
function isTargetReached(
  { setting, value }: RecoveryTarget,
  { replayedLsn }: Pick<Standby, 'replayedLsn'>,
): boolean | null {
  // A server in recovery that answers is consistent, and this target waits for nothing else.
  if (setting === 'recovery_target') return true
  if (setting !== 'recovery_target_lsn') return null
  const target = parseLsn(value)
  return target === null || replayedLsn === null ? null : replayedLsn >= target
}

/** Whether resuming replay ends recovery or may end it: at a target, or before one that does not pause. */
export function resumeEndsRecovery(standby: Standby): boolean {
  const { recoveryTarget } = standby
  if (!recoveryTarget) return false
  return recoveryTarget.action !== 'pause' || isTargetReached(recoveryTarget, standby) !== false
}

/** The primary of its system: one that is writable now, else the last known one. */
export function primaryOfSystem(node: Member, nodes: readonly Member[]): Member | null {
  const related = nodes.filter(
    (other) => other !== node && systemIdentifierOf(other) !== null && mayBeSameSystem(other, node),
  )
  return related.find(isWritable) ?? related.find(wasPrimary) ?? null
}
