// The backup that was made is brought to the host where it is restored, and is the same there.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { textArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { copyBetweenHosts, hostFileHash } from '../../../actions/hosts/host-copy.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { findLatestBackup, type LatestBackup } from '../files/latest-backup.ts'

export interface BackupTransfer {
  /** The host of the backup, its folder there and what was in it before. */
  readonly host: string | null
  readonly folder: string
  readonly before: readonly JsonRecord[]
  readonly toHost: string | null
  readonly toFolder: string
}

export function backupTransferArguments(args: BackupTransfer): JsonRecord {
  return { ...args }
}

export const backupTransferKind: StepKind = {
  kind: 'product-transfer',
  async run(args, tools) {
    const { from, to, backup, target } = await ends(args, tools)
    const made = await to.run(['mkdir', '-p', textArgument(args, 'toFolder')], { signal: tools.signal })
    if (made.exitCode !== 0)
      throw new ActionError(`${textArgument(args, 'toFolder')} can’t be made: ${made.stderr.trim()}`)
    const onProgress = (bytes: number) => tools.writeOutput(`${formatBytes(bytes)} of ${formatBytes(backup.size)}`)
    await copyBetweenHosts({ from, to, path: backup.path, target, signal: tools.signal, onProgress })
  },
  async verify(args, tools): Promise<Verification> {
    const { from, to, backup, target } = await ends(args, tools)
    const entries = (await to.list(textArgument(args, 'toFolder'), { signal: tools.signal })) ?? []
    const there = entries.find(({ name }) => name === backup.name)
    if (there?.size !== backup.size) return { result: 'not-yet', why: `${target} is not there in full` }
    const [wanted, found] = [
      await hostFileHash(from, backup.path, tools.signal),
      await hostFileHash(to, target, tools.signal),
    ]
    if (wanted !== found) return { result: 'not-yet', why: `${target} is another one than ${backup.path}` }
    return { result: 'yes', evidence: `${target}, ${formatBytes(backup.size)}, SHA-256 ${found.slice(0, 16)}… on both` }
  },
}

async function ends(args: JsonRecord, tools: ActionToolbox) {
  const from = hostFromArguments(args, tools)
  const to = hostFromArguments({ host: args.toHost ?? null }, tools)
  const backup = await requireLatestBackup(args, tools)
  return { from, to, backup, target: `${textArgument(args, 'toFolder')}/${backup.name}` }
}

/** Throws ActError where the run has made none. */
export async function requireLatestBackup(args: JsonRecord, tools: ActionToolbox): Promise<LatestBackup> {
  const found = await findLatestBackup(hostFromArguments(args, tools), args, tools.signal)
  if (found) return found
  throw new ActionError(`no backup of this run is in ${textArgument(args, 'folder')}`, 'Take it first.')
}
