// Reads a received backup from the disk, holds every file against the manifest, and only then gives it its name.

import { backupFormatOf } from '../../io/base-backup/backup-format.ts'
import { isPathTaken, moveBackupIntoPlace } from '../../io/base-backup/backup-path.ts'
import { CHECKSUM_ALGORITHMS } from '../../io/base-backup/checksum.ts'
import { backupLabel, verifyBackupFiles } from '../../io/base-backup/verify-backup.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { backupLabelOf, unfinishedBackupPaths } from './receive-backup.ts'
import { byteProgressReporter, toDiskError } from './transfer-reporting.ts'

export const verifyBackupKind: StepKind = {
  kind: 'prove-backup',
  isReadOnly: true,
  async run(args, tools) {
    const path = textArgument(args, 'path')
    const shape = backupFormatOf(path)
    const { whole } = unfinishedBackupPaths(path, tools.run)
    if (!isPathTaken(whole) && (await backupLabel(path, shape)) === backupLabelOf(tools.run)) return
    const checksum = CHECKSUM_ALGORITHMS.find((name) => name === textArgument(args, 'checksum')) ?? 'NONE'
    const told = byteProgressReporter('read back', tools)
    const options = { checksum, signal: tools.signal, progress: (bytes: number) => told(bytes, null) }
    try {
      const { problems, files, bytes } = await verifyBackupFiles(whole, shape, options)
      if (problems.length > 0) {
        throw new ActionError(
          `the backup is damaged: ${clean(problems.join('; '))}`,
          `It is in ${whole}; take it back (--abort) and take another one. Look at the disk if it happens again.`,
        )
      }
      tools.writeOutput(
        `${files} files with ${formatBytes(bytes)} are as the manifest says (${checksum}), all WAL is there`,
      )
      await moveBackupIntoPlace(whole, path, shape)
    } catch (error) {
      throw toDiskError(path, error)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const path = textArgument(args, 'path')
    const label = await backupLabel(path, backupFormatOf(path))
    // It gets this name only after every file of it was proven.
    if (label === backupLabelOf(tools.run))
      return { result: 'yes', evidence: `${path} is whole: every file is as the manifest says` }
    return {
      result: 'not-yet',
      why: label === null ? `${path} is not there` : `${path} is another backup (${clean(label)})`,
    }
  },
}
