// Checks around a promotion: disk, archiver, clocks, a running backup, the later return of the old primary.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { formatBytes, formatSeconds } from '../../model/values/units.ts'
import type { PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { findDatabase } from '../definition/target.ts'
import { hostConfigOf } from '../hosts/service.ts'

const LIMIT_MS = 5_000
const CLOCK_SECONDS = 2

/** Warns if the disk of the new primary has less room for WAL than the warning limit. */
export function walDiskSpace(target: string): PreflightCheck {
  return {
    id: 'disk',
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const host = hostConfigOf(target, tools)
      const connection = tools.host(host?.id ?? null)
      if (!connection || !host?.dataDirectory) {
        return {
          result: 'warn',
          message: 'free space unknown: no access to the host',
          hint: 'Set "host" for the database, and "ssh" or "local" and "dataDirectory" for that host.',
        }
      }
      const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
      const { stdout } = await connection.run(['df', '-Pk', `${host.dataDirectory}/pg_wal/.`], { signal })
      const [, , used = '', available = ''] = stdout.trim().split('\n').at(-1)?.split(/\s+/) ?? []
      const usable = Number(used) + Number(available)
      if (!(usable > 0)) return { result: 'warn', message: 'free space unknown: df gave no figures', hint: null }
      const percent = Math.floor((Number(available) * 100) / usable)
      const { warning } = clusterView.config.spec.thresholds.diskFreePercent
      const message = `${formatBytes(Number(available) * 1024)} free for WAL (${percent} %), limit ${warning} %`
      return {
        result: percent < warning ? 'warn' : 'pass',
        message,
        hint: percent < warning ? 'A primary writes more than a standby: free space first.' : null,
      }
    },
  }
}

/** Warns if archiving fails: WAL accumulates, and the shutdown of a primary waits for the archiver. */
export function archivingWorks(subjects: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'archive',
    mayOverride: false,
    run(): PreflightResult {
      const failing = subjects.filter(({ pulse }) => pulse?.archiver?.failing)
      if (failing.length > 0) {
        const words = failing.map(
          ({ name, pulse }) => `${name} fails at ${pulse?.archiver?.lastFailedWal ?? 'a segment'}`,
        )
        return {
          result: 'warn',
          message: `archiving: ${words.join(', ')}`,
          hint: 'Correct archive_command: WAL accumulates until it works.',
        }
      }
      return { result: 'pass', message: 'archiving does not fail', hint: null }
    },
  }
}

/** Warns if the clock of the target differs from the others: commit times would jump. */
export function clocksAgree(target: string): PreflightCheck {
  return {
    id: 'clock',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const own = clockOf(clusterView, target)
      const others = clusterView.picture.databases.flatMap(({ id }) =>
        id === target ? [] : (clockOf(clusterView, id) ?? []),
      )
      if (!own || others.length === 0)
        return { result: 'pass', message: 'pgdeck has no other clock to compare with', hint: null }
      const apart = others.map(
        (other) =>
          Math.max(0, Math.abs(own.clockOffsetMs - other.clockOffsetMs) - (own.roundTripMs + other.roundTripMs) / 2) /
          1000,
      )
      const most = Math.max(...apart)
      const message = `clocks are at most ${formatSeconds(most)} apart`
      return {
        result: most > CLOCK_SECONDS ? 'warn' : 'pass',
        message,
        hint: most > CLOCK_SECONDS ? 'Correct its time service first.' : null,
      }
    },
  }
}

function clockOf(clusterView: PlanningView, id: string) {
  const { pulse = null, problem = null } = findDatabase(clusterView, id) ?? {}
  return pulse && problem === null ? pulse : null
}

/** Warns if a promotion or a stop would end a running base backup. */
export function noBackupRunning(subjects: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'backup-running',
    mayOverride: true,
    run(): PreflightResult {
      const busy = subjects.filter(({ pulse }) => pulse?.senders.some(({ state }) => state === 'backup'))
      if (busy.length === 0) return { result: 'pass', message: 'no base backup runs', hint: null }
      const names = busy.map(({ name }) => name).join(', ')
      return {
        result: 'warn',
        message: `a base backup of ${names} runs and would fail`,
        hint: 'Wait until it has ended.',
      }
    },
  }
}

/** Reports whether the old primary can be rewound afterwards, or only rebuilt. */
export function rewindPossibleLater(target: string): PreflightCheck {
  return {
    id: 'rewind',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      const [row] = await tools.sql<{ hints: boolean; sums: boolean }>(target, {
        text: `SELECT pg_catalog.current_setting('wal_log_hints')::boolean AS hints,
          pg_catalog.current_setting('data_checksums') = 'on' AS sums`,
      })
      if (row?.hints || row?.sums) {
        return {
          result: 'pass',
          message: `pg_rewind can bring the old primary back (${row.sums ? 'checksums' : 'wal_log_hints'} on)`,
          hint: null,
        }
      }
      return {
        result: 'warn',
        message: 'wal_log_hints and checksums are off: pg_rewind would refuse',
        hint: 'The old primary would have to be rebuilt if its history differs.',
      }
    },
  }
}
