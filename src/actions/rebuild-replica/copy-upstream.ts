// Copies the upstream onto a replica's host, beside its data, and gives the copy the replica's own settings.

import type { JsonRecord } from '../../model/runs/plan.ts'
import { toDiskError } from '../backup/transfer-reporting.ts'
import { numberArgument, optionalTextArgument, textArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import { upstreamConninfo } from './conninfo.ts'
import { copyOriginIn, requireCopiedFrom } from './copy-origin.ts'
import { rebuildPathsOf } from './paths.ts'
import { type CopyTask, copyInProcess, copyWithPgBasebackup } from './run-copy.ts'
import { configureAsStandby, copyConfigFiles } from './standby-settings.ts'

export interface UpstreamCopy {
  readonly database: string
  readonly upstream: string
  readonly to: DatabaseAddress
  readonly host: string | null
  readonly dataDirectory: string
  readonly binDirectory: string | null
  readonly asOwner: readonly string[]
  readonly way: 'program' | 'own'
  readonly slot: string
  /** Bytes that are expected; 0 where that is not known. */
  readonly bytes: number
}

export function copyUpstreamArguments({ to, ...rest }: UpstreamCopy): JsonRecord {
  return { ...rest, toHost: to.host, toPort: to.port }
}

export const copyUpstreamKind: StepKind = {
  kind: 'copy-upstream',
  async run(args, tools) {
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    const { signal } = tools
    const dataDirectory = textArgument(args, 'dataDirectory')
    const { partial, complete, previous } = rebuildPathsOf(dataDirectory, tools.run)
    if ((await existsOnHost(reach, complete, signal)) || (await existsOnHost(reach, previous, signal))) return
    const conninfo = await upstreamConninfo(
      {
        database: textArgument(args, 'database'),
        upstream: textArgument(args, 'upstream'),
        to: { host: textArgument(args, 'toHost'), port: numberArgument(args, 'toPort') },
        folders: [dataDirectory],
      },
      reach,
      tools,
    )
    // What an attempt that was cut off has left is of no use: a base backup can't be gone on with.
    await runOrFail(reach, ['rm', '-rf', '--', partial], 'removing what was left of an attempt', { signal })
    const copying = { ...copyOf(args), part: partial, conninfo }
    try {
      if (copying.way === 'program') await copyWithPgBasebackup(copying, reach, tools)
      else await copyInProcess(copying, reach, tools)
      await requireCopiedFrom(copying.origin, partial, reach, signal)
      // The signal is there before anything could start it.
      await copyConfigFiles(dataDirectory, partial, reach, signal)
      await configureAsStandby(partial, { conninfo, slot: textArgument(args, 'slot'), mark: '' }, reach, signal)
      await runOrFail(reach, ['mv', '--', partial, complete], 'giving the copy its name', { signal })
    } catch (error) {
      if (!signal.aborted) await reach.run(['rm', '-rf', '--', partial], { signal, tidiesUp: true }).catch(() => {})
      throw toDiskError(partial, error)
    }
  },
  async verify(args, tools): Promise<Verification> {
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    const { complete, previous } = rebuildPathsOf(textArgument(args, 'dataDirectory'), tools.run)
    if (await existsOnHost(reach, `${complete}/standby.signal`, tools.signal))
      return { result: 'yes', evidence: `${complete} is whole, and would start as a standby` }
    if (await existsOnHost(reach, previous, tools.signal))
      return { result: 'yes', evidence: 'the copy is in place already' }
    return { result: 'not-yet', why: `${complete} is not there` }
  },
  async undo(args, tools) {
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    const { partial, complete } = rebuildPathsOf(textArgument(args, 'dataDirectory'), tools.run)
    await runOrFail(reach, ['rm', '-rf', '--', partial, complete], 'removing the copy', { signal: tools.signal })
    return 'the copy was removed'
  },
}

function copyOf(args: JsonRecord): Omit<CopyTask, 'part' | 'conninfo'> & Pick<UpstreamCopy, 'way'> {
  return {
    dataDirectory: textArgument(args, 'dataDirectory'),
    binDirectory: optionalTextArgument(args, 'binDirectory'),
    asOwner: textListArgument(args, 'asOwner'),
    way: textArgument(args, 'way') === 'program' ? 'program' : 'own',
    slot: textArgument(args, 'slot'),
    bytes: numberArgument(args, 'bytes'),
    origin: copyOriginIn(args),
  }
}
