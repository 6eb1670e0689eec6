// Reads a received backup from the disk, compares every file with the manifest, and then renames it to its final path.

import { backupFormatOf } from '../../io/base-backup/backup-format.ts'
import { isPathTaken, moveBackupIntoPlace } from '../../io/base-backup/backup-path.ts'
import { CHECKSUM_ALGORITHMS } from '../../io/base-backup/checksum.ts'
import { backupLabel, verifyBackupFiles } from '../../io/base-backup/verify-backup.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { backupLabelOf, unfinishedBackupPaths } from './receive-backup.ts'
import { byteProgressReporter, toDiskError } from './transfer-reporting.ts'

const form = () => arg.form({ database: arg.text(), path: arg.text(), checksum: arg.text() })
type Args = arg.Of<typeof form>

export interface PlannedVerification extends Args {
  readonly run: string
}

export const verifyBackupKind = defineStep({
  kind: 'prove-backup',
  version: 1,
  args: form,
  plan({ run, ...args }: PlannedVerification): StepPlan<Args> {
    const { path } = args
    return {
      id: 'verify',
      args,
      title: `read it back, verify every file against its manifest, rename it to ${path}`,
      how: 'local',
      where: 'this host',
      detail:
        backupFormatOf(path) === 'folder'
          ? shellCommandLine(['pg_verifybackup', path])
          : `${shellCommandLine(['tar', '-xf', path, '-C', 'FOLDER'])} && pg_verifybackup FOLDER`,
      verify: 'sizes and checksums of all files, every WAL segment in full',
      ifStopped: `The backup is in ${unfinishedBackupPaths(path, run).whole}, not verified.`,
      deadlineSeconds: 30,
    }
  },
  isReadOnly: true,
  async run(args, tools) {
    const path = args.path
    const shape = backupFormatOf(path)
    const { whole } = unfinishedBackupPaths(path, tools.run)
    if (!isPathTaken(whole) && (await backupLabel(path, shape)) === backupLabelOf(tools.run)) return
    const checksum = CHECKSUM_ALGORITHMS.find((name) => name === args.checksum) ?? 'NONE'
    const report = byteProgressReporter('read back', tools)
    const options = { checksum, signal: tools.signal, progress: (bytes: number) => report(bytes, null) }
    try {
      const { problems, files, bytes } = await verifyBackupFiles(whole, shape, options)
      if (problems.length > 0) {
        throw new ActionError(
          `the backup is damaged: ${clean(problems.join('; '))}`,
          `It is in ${whole}; undo the run (--abort) and take another backup. Check the disk if it happens again.`,
        )
      }
      tools.writeOutput(`${files} files with ${formatBytes(bytes)} match the manifest (${checksum}), all WAL is there`)
      await moveBackupIntoPlace(whole, path, shape)
    } catch (error) {
      throw toDiskError(path, error)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const label = await backupLabel(path, backupFormatOf(path))
    // A backup gets this name only after all its files were verified.
    if (label === backupLabelOf(tools.run))
      return { result: 'yes', evidence: `${path} is complete: every file matches the manifest` }
    return {
      result: 'not-yet',
      why: label === null ? `${path} does not exist` : `${path} is another backup (${clean(label)})`,
    }
  },
})
