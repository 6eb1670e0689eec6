// The product's own backup: runs its tool, and verifies that its file exists, is complete and readable.

import * as arg from '../../../actions/definition/step-arguments.ts'
import {
  defineStep,
  MANUAL_STEP_SECONDS,
  type StepPlan,
  type Verification,
} from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import type { StepMethod } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import {
  type BackupFolder,
  backupFolderShape,
  backupUnreadableReason,
  findLatestBackup,
} from '../files/latest-backup.ts'
import { type ProductInstallation, typedCommand } from '../roles/installation.ts'
import { productScriptKind } from './script.ts'

const form = () =>
  arg.form({
    ...backupFolderShape(),
    argv: arg.texts(),
    timeoutMs: arg.number(),
    /** Only its file shows that it worked. */
    slot: arg.nothing(),
    database: arg.nothing(),
  })
type Args = arg.Of<typeof form>

export interface BackupToolRun {
  readonly place: BackupFolder
  readonly installation: ProductInstallation
  readonly argv: readonly string[]
  readonly how: StepMethod
}

const TOOL_MS = 6 * 3_600_000

/** A file that still grows is not complete. */
const STILL_MS = 1_000

export const productBackupKind = defineStep({
  kind: 'product-backup',
  version: 1,
  args: form,
  plan({ place, installation, argv, how }: BackupToolRun): StepPlan<Args> {
    const where = installation.host ?? 'the acting primary'
    return {
      id: 'backup',
      args: { ...place, argv, timeoutMs: TOOL_MS, slot: null, database: null },
      title: `take a backup on ${where}${how === 'manual' ? ' by hand' : ''}`,
      how,
      where,
      detail:
        how === 'manual'
          ? `In its web console: Admin, Configuration, Database Backup, Backup Now\n(the file is looked for in ${place.folder})`
          : typedCommand(installation, argv),
      verify: `a new file in ${place.folder} exists, no longer grows, is not empty and is readable`,
      ifStopped: 'A backup may exist; nothing else has changed.',
      deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
    }
  },
  run: ({ host, argv, slot, database, timeoutMs }, tools) =>
    productScriptKind.run({ host, argv, slot, database, timeoutMs }, tools),
  async verify(args, tools): Promise<Verification> {
    const connection = hostFromArguments(args, tools)
    const first = await findLatestBackup(connection, args, tools.signal)
    if (!first) return { result: 'not-yet', why: `no new file is in ${args.folder}` }
    await tools.wait(STILL_MS)
    const backup = await findLatestBackup(connection, args, tools.signal)
    if (backup?.name !== first.name || backup.size !== first.size)
      return { result: 'not-yet', why: `${first.path} still grows: ${formatBytes(backup?.size ?? first.size)}` }
    const trouble = await backupUnreadableReason(connection, backup, tools.signal)
    if (trouble !== null) return { result: 'not-yet', why: trouble }
    return { result: 'yes', evidence: `${backup.path}, ${formatBytes(backup.size)}, is readable` }
  },
})
