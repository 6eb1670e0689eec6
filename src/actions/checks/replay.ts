// Checks of a standby's replay: it must apply what it has received before it can become writable.

import { replayBacklogBytes } from '../../model/failover/loss-basis.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { type StandbyPosition, standbyPositionOf } from '../../model/picture/roles.ts'
import { NEGLIGIBLE_BACKLOG_BYTES, replayCapacity } from '../../model/replication/rates.ts'
import { recoveryTargetText, resumeEndsRecovery } from '../../model/replication/replay-pause.ts'
import { refusalOf } from '../../model/values/refused-function.ts'
import { formatBytes, formatSeconds } from '../../model/values/units.ts'
import type { PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'

const LONG_SECONDS = 10

function positionOf(clusterView: PlanningView, id: string) {
  const view = findDatabase(clusterView, id)
  const position = view && standbyPositionOf(view)
  return position ? { view, position } : null
}

/** Fails while replay is paused, and warns where the server does not tell: received WAL is not applied, and a promotion would not end. */
export function replayPaused(target: string): PreflightCheck {
  return {
    id: 'replay-paused',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const standby = positionOf(clusterView, target)
      if (!standby) return null
      const { view, position } = standby
      if (position.pause === 'not paused') return goesOn(position)
      if (position.pause === null && position.recoveryTarget == null) return unknownPause(view)
      const why = view.replayPause === null ? '' : `: ${view.replayPause.text}`
      const message = `replay of ${view.name} ${PAUSED[position.pause ?? 'unknown']}${why}`
      return { result: 'fail', message, hint: wayOn(view) }
    },
  }
}

const PAUSED = {
  paused: 'is paused',
  'pause requested': 'is about to pause',
  unknown: 'may be paused at its recovery target',
}

/** A paused standby would only be late, where its settings are high enough: another check sees to these. */
function unknownPause({ name, pulse }: DatabaseView): PreflightResult {
  const grant = refusalOf(pulse, 'pg_get_wal_replay_pause_state()')?.grant ?? null
  return { result: 'warn', message: `whether replay of ${name} is paused is unknown`, hint: grant }
}

/** WAL after a recovery target is never applied. A promotion at the target discards it. */
function goesOn({ recoveryTarget = null }: StandbyPosition): PreflightResult {
  if (recoveryTarget === null) return { result: 'pass', message: 'replay continues', hint: null }
  const message = `replay continues, and ends at its recovery target: ${recoveryTargetText(recoveryTarget)}`
  return { result: 'warn', message, hint: WITHOUT_TARGET }
}

const WITHOUT_TARGET =
  'The WAL after the target would be discarded: remove the target (ALTER SYSTEM RESET, postgresql.conf), restart it, and plan again.'

/** How it can be promoted all the same. Suggests resuming only if that neither promotes nor stops the server. */
function wayOn({ id, replayPause }: DatabaseView): string {
  switch (replayPause?.reason) {
    case 'target':
      return `${WITHOUT_TARGET} It then replays the WAL it has received.`
    case 'settings':
      return 'Raise these settings there, restart it, and plan again.'
    case 'unknown':
      return `If it was paused by pg_wal_replay_pause: pgdeck do resume-replay ${id}. If its log has "insufficient parameter settings": raise them and restart it. Then plan again.`
    default:
      return `pgdeck do resume-replay ${id}, and plan again.`
  }
}

/** Fails if resuming would end recovery, or may end it: then another action is needed. */
export function noRecoveryTarget(target: string): PreflightCheck {
  return {
    id: 'recovery-target',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const standby = positionOf(clusterView, target)
      if (!standby) return null
      const { name } = standby.view
      const { recoveryTarget } = standby.position
      if (!recoveryTarget) return { result: 'pass', message: 'no recovery target is set', hint: null }
      const text = `${recoveryTargetText(recoveryTarget)}, recovery_target_action = '${recoveryTarget.action}'`
      if (!resumeEndsRecovery(standby.position)) {
        const message = `${name} continues to its recovery target, and pauses there: ${text}`
        return { result: 'warn', message, hint: null }
      }
      const what = recoveryTarget.action === 'shutdown' ? 'may shut the server down' : `may make ${name} a primary`
      return {
        result: 'fail',
        message: `a recovery target is set (${text}): resuming ends recovery there, and ${what}`,
        hint: `To continue as a standby: ALTER SYSTEM RESET ${recoveryTarget.setting} (or remove it from postgresql.conf), and restart it. To make it a primary: pgdeck do promote ${target}.`,
      }
    },
  }
}

/**
 * Warns if the standby replays late on purpose: a promotion ends the delay. Fails for a run that `waitsForReplay` of
 * the last record before the promotion.
 */
export function applyDelay(target: string, waitsForReplay: boolean): PreflightCheck {
  return {
    id: 'apply-delay',
    mayOverride: true,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, target)
      const delayMs = view?.pulse?.applyDelayMs ?? null
      if (delayMs === null || !view)
        return { result: 'warn', message: 'recovery_min_apply_delay is unknown', hint: null }
      if (delayMs <= 0) return { result: 'pass', message: 'no delay is set', hint: null }
      const message = `${view.name} replays with a delay of ${formatSeconds(delayMs / 1000)}`
      if (waitsForReplay) {
        const hint =
          'Choose another standby, or end the delay first: ALTER SYSTEM SET recovery_min_apply_delay = 0; SELECT pg_reload_conf();'
        return { result: 'fail', message: `${message}: this run would wait that long for the last record`, hint }
      }
      const bytes = replayBacklogBytes({ pulse: view.pulse })
      const kept = bytes === null ? 'all that was received' : formatBytes(bytes)
      const hint = 'PostgreSQL ends the delay by itself. To keep that earlier state, promote another standby.'
      return {
        result: 'warn',
        message: `${message}: promoting applies ${kept} at once; what was kept back is gone`,
        hint,
      }
    },
  }
}

/** Warns if replaying the rest takes long, or an unknown time. */
export function replayBacklog(target: string): PreflightCheck {
  return {
    id: 'replay-backlog',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const standby = positionOf(clusterView, target)
      const bytes = standby ? replayBacklogBytes({ pulse: standby.view.pulse }) : null
      if (bytes === null) {
        return { result: 'warn', message: 'how much WAL is not replayed yet is unknown', hint: null }
      }
      const words = `${formatBytes(bytes)} received and not yet replayed`
      if (bytes <= NEGLIGIBLE_BACKLOG_BYTES) return { result: 'pass', message: words, hint: null }
      const record = clusterView.snapshot.databases.find(({ spec }) => spec.id === target)
      const capacity = replayCapacity(record?.history ?? [])
      if (capacity === null) return { result: 'warn', message: `${words}; how fast it replays is unknown`, hint: null }
      const seconds = bytes / capacity
      const message = `${words}, about ${formatSeconds(seconds)} of work`
      return {
        result: seconds > LONG_SECONDS ? 'warn' : 'pass',
        message,
        hint: seconds > LONG_SECONDS ? 'It is writable only after that.' : null,
      }
    },
  }
}

const WAITING = `SELECT coalesce(wait_event, '') AS wait,
  coalesce(pg_catalog.current_setting('restore_command', true), '') <> '' AS restores
  FROM pg_catalog.pg_stat_activity WHERE backend_type = 'startup'`

/** Warns while replay waits for a query, or still reads from an archive. */
export function recoveryConflict(target: string): PreflightCheck {
  return {
    id: 'recovery-conflict',
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const [row] = await tools.sql<{ wait: string; restores: boolean }>(target, { text: WAITING })
      if (!row)
        return {
          result: 'warn',
          message: 'this role may not see what replay waits for',
          hint: 'GRANT pg_monitor to it.',
        }
      if (row.wait.startsWith('RecoveryConflict')) {
        const hint = 'End the long queries on it (view 3): they delay replay.'
        return { result: 'warn', message: `replay waits for a query (${row.wait})`, hint }
      }
      const standby = positionOf(clusterView, target)
      if (row.wait === 'RestoreCommand' || (row.restores && standby?.position.receivedLsn === null)) {
        return {
          result: 'warn',
          message: 'it still restores WAL from an archive',
          hint: 'The archive may have more WAL than it shows.',
        }
      }
      return { result: 'pass', message: 'no query delays replay, and it restores no WAL from an archive', hint: null }
    },
  }
}
