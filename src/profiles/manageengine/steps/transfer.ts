// Copies the backup to the host of the restore, and verifies that it is the same there.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import {
  defineStep,
  MANUAL_STEP_SECONDS,
  type StepPlan,
  type Verification,
} from '../../../actions/definition/step-kind.ts'
import { copyBetweenHosts, hostFileHash } from '../../../actions/hosts/host-copy.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { type BackupFolder, backupFolderShape, findLatestBackup, type LatestBackup } from '../files/latest-backup.ts'
import type { ProductInstallation } from '../roles/installation.ts'

/** The host of the backup, its folder, the files before the run, and the target of the copy. */
const form = () => arg.form({ ...backupFolderShape(), toHost: arg.optionalText(), toFolder: arg.text() })
type Args = arg.Of<typeof form>

export interface BackupTransfer {
  readonly place: BackupFolder
  readonly from: ProductInstallation
  readonly to: ProductInstallation
  readonly toFolder: string
}

export const backupTransferKind = defineStep({
  kind: 'product-transfer',
  version: 1,
  args: form,
  plan({ place, from, to, toFolder }: BackupTransfer): StepPlan<Args> {
    const isOurs = to.control !== 'manual' && from.control !== 'manual'
    const where = to.host ?? 'the recovered primary'
    return {
      id: 'transfer',
      args: { ...place, toHost: to.host, toFolder },
      title: `copy the backup to ${where}`,
      how: isOurs ? (to.control === 'local' && from.control === 'local' ? 'local' : 'ssh') : 'manual',
      where,
      detail: `scp '${place.folder}/<the new backup>' ${to.address ?? to.host ?? 'the primary'}:'${toFolder}/'`,
      verify: 'it is there in full, with the same SHA-256',
      ifStopped: 'No server serves the users; you can start the acting primary again.',
      deadlineSeconds: isOurs ? 120 : MANUAL_STEP_SECONDS,
    }
  },
  async run(args, tools) {
    const { from, to, backup, target } = await ends(args, tools)
    const made = await to.run(['mkdir', '-p', args.toFolder], { signal: tools.signal })
    if (made.exitCode !== 0) throw new ActionError(`${args.toFolder} could not be created: ${made.stderr.trim()}`)
    const onProgress = (bytes: number) => tools.writeOutput(`${formatBytes(bytes)} of ${formatBytes(backup.size)}`)
    await copyBetweenHosts({ from, to, path: backup.path, target, signal: tools.signal, onProgress })
  },
  async verify(args, tools): Promise<Verification> {
    const { from, to, backup, target } = await ends(args, tools)
    const entries = (await to.list(args.toFolder, { signal: tools.signal })) ?? []
    const there = entries.find(({ name }) => name === backup.name)
    if (there?.size !== backup.size) return { result: 'not-yet', why: `${target} is incomplete` }
    const [wanted, actual] = [
      await hostFileHash(from, backup.path, tools.signal),
      await hostFileHash(to, target, tools.signal),
    ]
    if (wanted !== actual) return { result: 'not-yet', why: `${target} is another file than ${backup.path}` }
    return {
      result: 'yes',
      evidence: `${target}, ${formatBytes(backup.size)}, SHA-256 ${actual.slice(0, 16)}… on both`,
    }
  },
})

async function ends(args: Args, tools: ActionToolbox) {
  const from = hostFromArguments(args, tools)
  const to = hostFromArguments({ host: args.toHost }, tools)
  const backup = await requireLatestBackup(args, tools)
  return { from, to, backup, target: `${args.toFolder}/${backup.name}` }
}

/** Throws ActionError if the run has made no backup. */
export async function requireLatestBackup(args: BackupFolder, tools: ActionToolbox): Promise<LatestBackup> {
  const backup = await findLatestBackup(hostFromArguments(args, tools), args, tools.signal)
  if (backup) return backup
  throw new ActionError(`no backup of this run is in ${args.folder}`, 'Take it first.')
}
