// The product's own restore on the recovered primary: runs its tool on the backup. Only this run may start that
// primary.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan } from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { removeStandbySignal } from '../../../actions/hosts/standby-signal.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { StepMethod } from '../../../model/runs/plan.ts'
import { type BackupFolder, backupFolderShape } from '../files/latest-backup.ts'
import { updateActingPrimary } from '../roles/acting-store.ts'
import { type ProductInstallation, typedCommand } from '../roles/installation.ts'
import { productScriptKind } from './script.ts'
import { requireLatestBackup } from './transfer.ts'

const form = () =>
  arg.form({
    /** They identify the backup. */
    ...backupFolderShape(),
    /** The host of the tool, its command, and the folder of its file. */
    toHost: arg.optionalText(),
    argv: arg.texts(),
    toFolder: arg.text(),
    /** Id of the database that is restored. */
    database: arg.text(),
    dataDirectory: arg.optionalText(),
    timeoutMs: arg.number(),
  })
type Args = arg.Of<typeof form>

export interface ProductRestore {
  readonly place: BackupFolder
  readonly to: ProductInstallation
  readonly toFolder: string
  readonly argv: readonly string[]
  readonly how: StepMethod
  readonly primary: DatabaseView
}

const TOOL_MS = 6 * 3_600_000

export const productRestoreKind = defineStep({
  kind: 'product-restore',
  version: 1,
  args: form,
  plan({ place, to, toFolder, argv, how, primary }: ProductRestore): StepPlan<Args> {
    const { host: toHost, dataDirectory } = to
    return {
      id: 'restore',
      args: { ...place, toHost, argv, toFolder, database: primary.id, dataDirectory, timeoutMs: TOOL_MS },
      title: `restore it on ${primary.name}${how === 'manual' ? ' by hand' : ''}`,
      how,
      where: toHost ?? 'the recovered primary',
      detail: typedCommand(to, [...argv, `${toFolder}/<the new backup>`]),
      verify: 'its exit code is 0; pgdeck compares the content once the server runs',
      ifStopped: `${primary.name} may be half restored: it must not start before a new restore.`,
      changes: [primary.id],
      deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 60,
    }
  },
  replacesSystem: true,
  restarts: ({ database }) => ({ database, to: 'started' }),
  async run(args, tools) {
    const database = args.database
    const dataDirectory = args.dataDirectory
    const run = await scriptArgs(args, tools)
    if (dataDirectory !== null) await removeStandbySignal(hostFromArguments(run, tools), dataDirectory, tools)
    await updateActingPrimary(tools, (record) => record && { ...record, restoring: database })
    try {
      await productScriptKind.run(run, tools)
    } catch (error) {
      // A half restored database must not run: watchers raise the alert again.
      await updateActingPrimary(tools, (record) => record && { ...record, restoring: null })
      throw error
    }
  },
  verify: async (args, tools) => productScriptKind.verify(await scriptArgs(args, tools), tools),
})

async function scriptArgs(args: Args, tools: ActionToolbox) {
  const { name } = await requireLatestBackup(args, tools)
  const argv = [...args.argv, `${args.toFolder}/${name}`]
  return { host: args.toHost, argv, slot: null, database: null, timeoutMs: args.timeoutMs }
}
