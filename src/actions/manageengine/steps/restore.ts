// The product's own restore on the recovered primary: its tool is run on the backup; the gate opens for this one only.

import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { Tools } from '../../definition/action.ts'
import { optionalText, textOf, textsOf } from '../../definition/step-arguments.ts'
import type { StepKind } from '../../definition/step-kind.ts'
import { reachOf } from '../../hosts/host-from-arguments.ts'
import { unbar } from '../../hosts/standby-signal.ts'
import { keepActing } from '../installation/acting-store.ts'
import { productScript } from './script.ts'
import { requireBackup } from './transfer.ts'

export interface Restore {
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

export function restoreArguments(args: Restore): JsonRecord {
  return { ...args }
}

export const productRestore: StepKind = {
  kind: 'product-restore',
  restarts: (args) => optionalText(args, 'database'),
  async run(args, tools) {
    const database = textOf(args, 'database')
    const dataDirectory = optionalText(args, 'dataDirectory')
    const run = await scriptArgs(args, tools)
    if (dataDirectory !== null) await unbar(reachOf(run, tools), dataDirectory, tools)
    await keepActing(tools, (acting) => acting && { ...acting, restoring: database })
    try {
      await productScript.run(run, tools)
    } catch (error) {
      // Half restored it must not run: whoever watches tells so again.
      await keepActing(tools, (acting) => acting && { ...acting, restoring: null })
      throw error
    }
  },
  verify: async (args, tools) => productScript.verify(await scriptArgs(args, tools), tools),
}

async function scriptArgs(args: JsonRecord, tools: Tools): Promise<JsonRecord> {
  const { name } = await requireBackup(args, tools)
  const argv = [...textsOf(args, 'argv'), `${textOf(args, 'toFolder')}/${name}`]
  return { host: args.toHost ?? null, argv, slot: null, database: null, timeoutMs: args.timeoutMs ?? 0 }
}
