// Receives a base backup under a temporary name beside the target path until it is complete.

import { type BackupFormat, backupFormatOf } from '../../io/base-backup/backup-format.ts'
import { isPathTaken, renameInFolder } from '../../io/base-backup/backup-path.ts'
import { openBackupTarget, removeBackupTarget } from '../../io/base-backup/backup-target.ts'
import { receiveBackup } from '../../io/base-backup/receive-backup.ts'
import { backupLabel, backupSizeOnDisk } from '../../io/base-backup/verify-backup.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { messageOf } from '../../model/values/fault.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName } from '../definition/target.ts'
import { byteProgressReporter, toDiskError } from './transfer-reporting.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    /** Absolute, on this host. */
    path: arg.text(),
    checksum: arg.text(),
    /** Kilobytes per second; 0: no limit. */
    rateKb: arg.number(),
  })
export type BackupReception = arg.Of<typeof form>

export interface PlannedReception {
  readonly reception: BackupReception
  readonly name: string
  readonly command: string
  readonly run: string
}

/** The path while it is received, and the path when it is complete but not verified yet. */
export function unfinishedBackupPaths(path: string, run: string): { readonly part: string; readonly whole: string } {
  return { part: `${path}.${run}.part`, whole: `${path}.${run}.received` }
}

/** The label that identifies the backup of this run. */
export function backupLabelOf(run: string): string {
  return `pgdeck ${run}`
}

export const receiveBackupKind = defineStep({
  kind: 'receive-backup',
  version: 1,
  args: form,
  plan({ reception, name, command, run }: PlannedReception): StepPlan<BackupReception> {
    return {
      id: 'receive',
      args: reception,
      title: `receive a base backup of ${name} with its WAL`,
      how: 'local',
      where: 'this host',
      detail: command,
      verify: `${unfinishedBackupPaths(reception.path, run).whole} is complete`,
      undo: 'the received files are removed',
      ifStopped: 'The requested file does not exist yet.',
      deadlineSeconds: 30,
    }
  },
  async run(args, tools) {
    const path = args.path
    const { part, whole } = unfinishedBackupPaths(path, tools.run)
    if (isPathTaken(path))
      throw new ActionError(`${path} exists already`, 'pgdeck overwrites nothing: choose another name.')
    if (isPathTaken(whole)) return
    // A base backup can't be continued: what an interrupted attempt left is removed.
    await removeBackupTarget(part)
    try {
      await received(args, part, backupFormatOf(path), tools)
      await renameInFolder(part, whole)
    } catch (error) {
      await removeBackupTarget(part).catch(() => {})
      throw toDiskError(path, error)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const { whole } = unfinishedBackupPaths(path, tools.run)
    for (const place of [whole, path]) {
      if ((await backupLabel(place, backupFormatOf(path))) !== backupLabelOf(tools.run)) continue
      const size = await backupSizeOnDisk(place)
      return { result: 'yes', evidence: `${size === null ? '?' : formatBytes(size)} in ${place}` }
    }
    return { result: 'not-yet', why: `${whole} does not exist` }
  },
  async undo(args, tools) {
    const path = args.path
    const { part, whole } = unfinishedBackupPaths(path, tools.run)
    await removeBackupTarget(part)
    await removeBackupTarget(whole)
    if ((await backupLabel(path, backupFormatOf(path))) !== backupLabelOf(tools.run))
      return 'the received files were removed'
    await removeBackupTarget(path)
    return `${path} was removed`
  },
})

async function received(args: BackupReception, part: string, shape: BackupFormat, tools: ActionToolbox): Promise<void> {
  const database = args.database
  const link = await tools.replication(database)
  try {
    const rate = args.rateKb
    // A temporary slot retains WAL while this session lives. Otherwise the first WAL files may be removed before the
    // backup ends.
    const slot = `pgdeck_backup_${process.pid}_${Date.now().toString(36)}`
    await link.keepWal(slot).catch((error: unknown) => {
      const why = messageOf(error)
      tools.writeOutput(`no slot retains WAL meanwhile (${why}): if it takes long, raise wal_keep_size`)
    })
    const request = {
      label: backupLabelOf(tools.run),
      checksums: args.checksum,
      maxRateKb: rate === 0 ? null : rate,
    }
    const target = await openBackupTarget(part, shape)
    const name = databaseName(tools.view(), database)
    const { bytes, start, end } = await receiveBackup(
      link,
      request,
      target,
      byteProgressReporter(`from ${name}`, tools),
    )
    tools.writeOutput(`received ${formatBytes(bytes)} from ${name}, with WAL from ${start} to ${end}`)
  } finally {
    await link.close()
  }
}
