// Copies the upstream onto a replica's host, beside its data, and gives the copy the replica's own settings.

import type { JsonRecord } from '../../model/runs/plan.ts'
import { diskTrouble } from '../backup/disk-error.ts'
import { numberOf, optionalText, textOf, textsOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import type { Address } from '../hosts/address.ts'
import { isThere, mustRun, wayInto } from '../hosts/host-programs.ts'
import { conninfoFor } from './conninfo.ts'
import { originIn, requireCopyOf } from './copy-origin.ts'
import { placesOf } from './paths.ts'
import { type CopyTask, copyByProgram, copyOurselves } from './run-copy.ts'
import { copyOwnFiles, makeStandby } from './standby-settings.ts'

export interface Copying {
  readonly database: string
  readonly upstream: string
  readonly to: Address
  readonly host: string | null
  readonly dataDirectory: string
  readonly binDirectory: string | null
  readonly asOwner: readonly string[]
  readonly way: 'program' | 'own'
  readonly slot: string
  /** Bytes that are expected; 0 where that is not known. */
  readonly bytes: number
}

export function copyArguments({ to, ...rest }: Copying): JsonRecord {
  return { ...rest, toHost: to.host, toPort: to.port }
}

export const copyUpstream: StepKind = {
  kind: 'copy-upstream',
  async run(args, tools) {
    const reach = wayInto(optionalText(args, 'host'), tools)
    const { signal } = tools
    const dataDirectory = textOf(args, 'dataDirectory')
    const { part, ready, old } = placesOf(dataDirectory, tools.run)
    if ((await isThere(reach, ready, signal)) || (await isThere(reach, old, signal))) return
    const conninfo = await conninfoFor(
      {
        database: textOf(args, 'database'),
        upstream: textOf(args, 'upstream'),
        to: { host: textOf(args, 'toHost'), port: numberOf(args, 'toPort') },
        folders: [dataDirectory],
      },
      reach,
      tools,
    )
    // What an attempt that was cut off has left is of no use: a base backup can't be gone on with.
    await mustRun(reach, ['rm', '-rf', '--', part], 'removing what was left of an attempt', { signal })
    const copying = { ...copyOf(args), part, conninfo }
    try {
      if (copying.way === 'program') await copyByProgram(copying, reach, tools)
      else await copyOurselves(copying, reach, tools)
      await requireCopyOf(copying.origin, part, reach, signal)
      // The signal is there before anything could start it.
      await copyOwnFiles(dataDirectory, part, reach, signal)
      await makeStandby(part, { conninfo, slot: textOf(args, 'slot'), mark: '' }, reach, signal)
      await mustRun(reach, ['mv', '--', part, ready], 'giving the copy its name', { signal })
    } catch (error) {
      if (!signal.aborted) await reach.run(['rm', '-rf', '--', part], { signal, tidiesUp: true }).catch(() => {})
      throw diskTrouble(part, error)
    }
  },
  async verify(args, tools): Promise<Seen> {
    const reach = wayInto(optionalText(args, 'host'), tools)
    const { ready, old } = placesOf(textOf(args, 'dataDirectory'), tools.run)
    if (await isThere(reach, `${ready}/standby.signal`, tools.signal))
      return { seen: 'yes', evidence: `${ready} is whole, and would start as a standby` }
    if (await isThere(reach, old, tools.signal)) return { seen: 'yes', evidence: 'the copy is in place already' }
    return { seen: 'not-yet', why: `${ready} is not there` }
  },
  async undo(args, tools) {
    const reach = wayInto(optionalText(args, 'host'), tools)
    const { part, ready } = placesOf(textOf(args, 'dataDirectory'), tools.run)
    await mustRun(reach, ['rm', '-rf', '--', part, ready], 'removing the copy', { signal: tools.signal })
    return 'the copy was removed'
  },
}

function copyOf(args: JsonRecord): Omit<CopyTask, 'part' | 'conninfo'> & Pick<Copying, 'way'> {
  return {
    dataDirectory: textOf(args, 'dataDirectory'),
    binDirectory: optionalText(args, 'binDirectory'),
    asOwner: textsOf(args, 'asOwner'),
    way: textOf(args, 'way') === 'program' ? 'program' : 'own',
    slot: textOf(args, 'slot'),
    bytes: numberOf(args, 'bytes'),
    origin: originIn(args),
  }
}
