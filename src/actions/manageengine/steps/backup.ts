// The product's own backup: its tool is run, and the file that it makes is seen to be there, whole and readable.

import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { reachOf } from '../../hosts/host-from-arguments.ts'
import { madeBackup, whyUnreadable } from '../installation/latest-backup.ts'
import { productScript } from './script.ts'

export interface BackupRun {
  readonly host: string | null
  readonly argv: readonly string[]
  /** Where the tool puts its files, and what was there before. */
  readonly folder: string
  readonly before: readonly JsonRecord[]
  readonly timeoutMs: number
}

export function backupArguments(args: BackupRun): JsonRecord {
  return { ...args, slot: null, database: null }
}

/** A file that still grows is not finished. */
const STILL_MS = 1_000

export const productBackup: StepKind = {
  kind: 'product-backup',
  run: (args, tools) => productScript.run(args, tools),
  async verify(args, tools): Promise<Seen> {
    const reach = reachOf(args, tools)
    const first = await madeBackup(reach, args, tools.signal)
    if (!first) return { seen: 'not-yet', why: `no new file is in ${String(args.folder)}` }
    await tools.pause(STILL_MS)
    const found = await madeBackup(reach, args, tools.signal)
    if (found?.name !== first.name || found.size !== first.size)
      return { seen: 'not-yet', why: `${first.path} still grows: ${formatBytes(found?.size ?? first.size)}` }
    const trouble = await whyUnreadable(reach, found, tools.signal)
    if (trouble !== null) return { seen: 'not-yet', why: trouble }
    return { seen: 'yes', evidence: `${found.path}, ${formatBytes(found.size)}, can be read` }
  },
}
