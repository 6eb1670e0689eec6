// The product's own backup: its tool is run, and the file that it makes is seen to be there, whole and readable.

import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { backupUnreadableReason, findLatestBackup } from '../files/latest-backup.ts'
import { productScriptKind } from './script.ts'

export interface BackupToolRun {
  readonly host: string | null
  readonly argv: readonly string[]
  /** Where the tool puts its files, and what was there before. */
  readonly folder: string
  readonly before: readonly JsonRecord[]
  readonly timeoutMs: number
}

export function backupToolArguments(args: BackupToolRun): JsonRecord {
  return { ...args, slot: null, database: null }
}

/** A file that still grows is not finished. */
const STILL_MS = 1_000

export const productBackupKind: StepKind = {
  kind: 'product-backup',
  run: (args, tools) => productScriptKind.run(args, tools),
  async verify(args, tools): Promise<Verification> {
    const reach = hostFromArguments(args, tools)
    const first = await findLatestBackup(reach, args, tools.signal)
    if (!first) return { result: 'not-yet', why: `no new file is in ${String(args.folder)}` }
    await tools.wait(STILL_MS)
    const found = await findLatestBackup(reach, args, tools.signal)
    if (found?.name !== first.name || found.size !== first.size)
      return { result: 'not-yet', why: `${first.path} still grows: ${formatBytes(found?.size ?? first.size)}` }
    const trouble = await backupUnreadableReason(reach, found, tools.signal)
    if (trouble !== null) return { result: 'not-yet', why: trouble }
    return { result: 'yes', evidence: `${found.path}, ${formatBytes(found.size)}, can be read` }
  },
}
