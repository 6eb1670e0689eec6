// Checks before a base backup: privileges, the target path, disk space.

import { dirname } from 'node:path'
import { TABLESPACES } from '../../io/base-backup/backup-format.ts'
import { isPathTaken, whyNotWritableBeside } from '../../io/base-backup/backup-path.ts'
import { freeDiskBytes } from '../../io/files/sync-files.ts'
import { databaseSizeSql } from '../../io/postgres/database-size.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { standbyPositionOf } from '../../model/picture/roles.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { usedSlotOf } from '../repoint/physical-slots.ts'
import { type ServerTablespaces, tablespaceNames } from '../tablespaces/tablespaces.ts'

/**
 * Returns the bytes of all databases and of the WAL that a backup needs at least; null if this role may not read them.
 */
export async function minimumBackupSize(database: string, tools: ActionToolbox): Promise<number | null> {
  const text = `SELECT (
      SELECT pg_catalog.sum(${databaseSizeSql()}) FROM pg_catalog.pg_database)::pg_catalog.text AS bytes,
    pg_catalog.current_setting('wal_segment_size') AS segment`
  try {
    const [row] = await tools.sql<{ bytes: string | null }>(database, { text, limitMs: 30_000 })
    return row?.bytes ? Number(row.bytes) + WAL_BYTES : null
  } catch {
    return null
  }
}

/** Two segments of the default size. */
const WAL_BYTES = 32 * 1024 * 1024

/**
 * Opens a replication session. Fails if that is impossible: no REPLICATION attribute, no line in pg_hba.conf, or no
 * free walsender.
 */
export function replicationAllowed(database: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      try {
        const link = await tools.replication(database)
        try {
          const { timeline } = await link.identify()
          return { result: 'pass', message: `pgdeck opened a replication session, on timeline ${timeline}`, hint: null }
        } finally {
          await link.close()
        }
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        const { message, hint } = error.fault
        const name = databaseName(clusterView, database)
        const grant = `It needs ALTER ROLE … REPLICATION, a "replication" line in pg_hba.conf of ${name} for this host, and a free max_wal_senders.`
        return { result: 'fail', message, hint: hint === null ? grant : `${hint} ${grant}` }
      }
    },
  }
}

/** Fails if the path exists or can't be written to. */
export function targetPathIsFree(path: string): PreflightCheck {
  return {
    id: 'target-file',
    mayOverride: false,
    async run(): Promise<PreflightResult> {
      if (isPathTaken(path))
        return {
          result: 'fail',
          message: `${path} exists already`,
          hint: 'pgdeck overwrites nothing: choose another name.',
        }
      const why = await whyNotWritableBeside(path)
      if (why !== null) return { result: 'fail', message: why, hint: 'Choose a folder that this user may write to.' }
      return { result: 'pass', message: `${path} is free`, hint: null }
    },
  }
}

/** Fails if there is certainly not enough space. A compressed backup may need less, so its failure may be overruled. */
export function enoughDiskSpace(path: string, bytes: number | null): PreflightCheck {
  return {
    id: 'disk',
    mayOverride: true,
    run(): PreflightResult {
      const free = freeDiskBytes(dirname(path))
      if (bytes === null) {
        const message = `${formatBytes(free)} are free; the size of the databases is unknown`
        return {
          result: 'warn',
          message,
          hint: 'Let this role connect to all databases, or give it pg_read_all_stats.',
        }
      }
      const message = `about ${formatBytes(bytes)} are needed, ${formatBytes(free)} are free in ${dirname(path)}`
      if (free >= bytes) return { result: 'pass', message, hint: null }
      return {
        result: 'fail',
        message,
        hint: 'Free space or choose another place. Compressed (.tar.gz) it needs less.',
      }
    },
  }
}

/** Names the tablespaces that the backup holds beside the data directory; null: they are unknown. */
export function tablespacesInBackup(found: ServerTablespaces | null): PreflightCheck {
  return {
    id: 'tablespaces',
    mayOverride: false,
    run(): PreflightResult {
      if (!found)
        return {
          result: 'warn',
          message: 'whether it has tablespaces is unknown',
          hint: 'Their files would be in the backup too.',
        }
      const { tablespaces } = found
      if (tablespaces.length === 0)
        return { result: 'pass', message: 'all its data is in the data directory', hint: null }
      return {
        result: 'pass',
        message: `it holds the tablespaces ${tablespaceNames(tablespaces)}, each in ${TABLESPACES}/OID`,
        hint: null,
      }
    },
  }
}

/** What a restore must do with the tablespaces in it, for the plan; empty without any. */
export function tablespaceRestoreNote(found: ServerTablespaces | null): string {
  if (!found || found.tablespaces.length === 0) return ''
  return ` Restored, the content of each ${TABLESPACES}/OID goes to the place that its line in tablespace_map names, before the server starts.`
}

/** Warns if the backup is taken from a standby: it is valid, and contains what the standby has replayed. */
export function backupFromStandby(database: string): PreflightCheck {
  return {
    id: 'source',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, database)
      const position = view && standbyPositionOf(view)
      if (!position) return { result: 'pass', message: `${view?.name ?? database} is the primary`, hint: null }
      const replayPaused = position.pause !== null && position.pause !== 'not paused'
      const message = `${view.name} is a standby: the backup contains what it has replayed${replayPaused ? ', and its replay is paused' : ''}`
      return { result: replayPaused ? 'warn' : 'pass', message, hint: replayPaused ? 'Resume its replay first.' : null }
    },
  }
}

/** What the backup of a standby holds besides its data, for the plan; empty for a primary. */
export function standbyBackupNote(view: DatabaseView | null): string {
  if (!view || !standbyPositionOf(view)) return ''
  const slot = usedSlotOf(view)
  const fights = slot === null ? '' : ` by its slot ${clean(slot)}, for which both then fight`
  return ` ${view.name} is a standby: its backup holds standby.signal. Restored as it is, the server follows the same upstream${fights}. Remove standby.signal to restore a primary, and set primary_slot_name anew for another standby.`
}
