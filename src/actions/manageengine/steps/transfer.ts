// The backup that was made is brought to the host where it is restored, and is the same there.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { formatBytes } from '../../../model/values/units.ts'
import type { Tools } from '../../definition/action.ts'
import { textOf } from '../../definition/step-arguments.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { reachOf } from '../../hosts/host-from-arguments.ts'
import { copyAcross, hashOf } from '../installation/host-copy.ts'
import { type MadeBackup, madeBackup } from '../installation/latest-backup.ts'

export interface Transfer {
  /** The host of the backup, its folder there and what was in it before. */
  readonly host: string | null
  readonly folder: string
  readonly before: readonly JsonRecord[]
  readonly toHost: string | null
  readonly toFolder: string
}

export function transferArguments(args: Transfer): JsonRecord {
  return { ...args }
}

export const productTransfer: StepKind = {
  kind: 'product-transfer',
  async run(args, tools) {
    const { from, to, backup, target } = await ends(args, tools)
    const made = await to.run(['mkdir', '-p', textOf(args, 'toFolder')], { signal: tools.signal })
    if (made.exitCode !== 0) throw new ActionError(`${textOf(args, 'toFolder')} can’t be made: ${made.stderr.trim()}`)
    const onProgress = (bytes: number) => tools.say(`${formatBytes(bytes)} of ${formatBytes(backup.size)}`)
    await copyAcross({ from, to, path: backup.path, target, signal: tools.signal, onProgress })
  },
  async verify(args, tools): Promise<Seen> {
    const { from, to, backup, target } = await ends(args, tools)
    const entries = (await to.list(textOf(args, 'toFolder'), { signal: tools.signal })) ?? []
    const there = entries.find(({ name }) => name === backup.name)
    if (there?.size !== backup.size) return { seen: 'not-yet', why: `${target} is not there in full` }
    const [wanted, found] = [await hashOf(from, backup.path, tools.signal), await hashOf(to, target, tools.signal)]
    if (wanted !== found) return { seen: 'not-yet', why: `${target} is another one than ${backup.path}` }
    return { seen: 'yes', evidence: `${target}, ${formatBytes(backup.size)}, SHA-256 ${found.slice(0, 16)}… on both` }
  },
}

async function ends(args: JsonRecord, tools: Tools) {
  const from = reachOf(args, tools)
  const to = reachOf({ host: args.toHost ?? null }, tools)
  const backup = await requireBackup(args, tools)
  return { from, to, backup, target: `${textOf(args, 'toFolder')}/${backup.name}` }
}

/** Throws ActError where the run has made none. */
export async function requireBackup(args: JsonRecord, tools: Tools): Promise<MadeBackup> {
  const found = await madeBackup(reachOf(args, tools), args, tools.signal)
  if (found) return found
  throw new ActionError(`no backup of this run is in ${textOf(args, 'folder')}`, 'Take it first.')
}
