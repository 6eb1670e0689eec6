// The product's own restore on the recovered primary: its tool is run on the backup; the gate opens for this one only.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import { optionalTextArgument, textArgument, textListArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind } from '../../../actions/definition/step-kind.ts'
import { hostFromArguments } from '../../../actions/hosts/host-programs.ts'
import { removeStandbySignal } from '../../../actions/hosts/standby-signal.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { updateActingPrimary } from '../roles/acting-store.ts'
import { productScriptKind } from './script.ts'
import { requireLatestBackup } from './transfer.ts'

export interface ProductRestore {
  /** Where the tool runs, by which words, on a file of which folder. */
  readonly toHost: string | null
  readonly argv: readonly string[]
  readonly toFolder: string
  /** The host of the backup, its folder there and what was in it before: they tell its name. */
  readonly host: string | null
  readonly folder: string
  readonly before: readonly JsonRecord[]
  /** Id of the database that is restored. */
  readonly database: string
  readonly dataDirectory: string | null
  readonly timeoutMs: number
}

export function productRestoreArguments(args: ProductRestore): JsonRecord {
  return { ...args }
}

export const productRestoreKind: StepKind = {
  kind: 'product-restore',
  replacesSystem: true,
  restarts: (args) => optionalTextArgument(args, 'database'),
  async run(args, tools) {
    const database = textArgument(args, 'database')
    const dataDirectory = optionalTextArgument(args, 'dataDirectory')
    const run = await scriptArgs(args, tools)
    if (dataDirectory !== null) await removeStandbySignal(hostFromArguments(run, tools), dataDirectory, tools)
    await updateActingPrimary(tools, (acting) => acting && { ...acting, restoring: database })
    try {
      await productScriptKind.run(run, tools)
    } catch (error) {
      // Half restored it must not run: whoever watches tells so again.
      await updateActingPrimary(tools, (acting) => acting && { ...acting, restoring: null })
      throw error
    }
  },
  verify: async (args, tools) => productScriptKind.verify(await scriptArgs(args, tools), tools),
}

async function scriptArgs(args: JsonRecord, tools: ActionToolbox): Promise<JsonRecord> {
  const { name } = await requireLatestBackup(args, tools)
  const argv = [...textListArgument(args, 'argv'), `${textArgument(args, 'toFolder')}/${name}`]
  return { host: args.toHost ?? null, argv, slot: null, database: null, timeoutMs: args.timeoutMs ?? 0 }
}
