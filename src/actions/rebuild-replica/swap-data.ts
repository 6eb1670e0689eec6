// Puts a copy into the place of a stopped database's data, which is kept beside it.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { optionalTextArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { isRebuildPath, rebuildPathsOf } from './paths.ts'

/** Takes the arguments of `stop-database`: it must be seen to be down whenever its data is moved. */
export const swapDataKind: StepKind = {
  kind: 'swap-data',
  async run(args, tools) {
    const { reach, dataDirectory, complete, previous } = await placesIn(args, tools)
    const { signal } = tools
    if (await existsOnHost(reach, complete, signal)) {
      await requireDown(args, tools)
      if (await existsOnHost(reach, dataDirectory, signal)) {
        if (await existsOnHost(reach, previous, signal))
          throw new ActionError(`both ${dataDirectory} and ${previous} are there`, 'Look at them on the host.')
        await runOrFail(reach, ['mv', '--', dataDirectory, previous], 'putting the old data aside', { signal })
      }
      // A move within one folder: there is no moment in which half of a copy could be started.
      await runOrFail(reach, ['mv', '--', complete, dataDirectory], 'putting the copy in place', { signal })
    } else if (!(await isSwapped(reach, dataDirectory, previous, signal))) {
      throw new ActionError(`${complete} is not there`, 'Take the run back (--abort), then rebuild anew.')
    }
  },
  async verify(args, tools): Promise<Verification> {
    const { reach, dataDirectory, complete, previous } = await placesIn(args, tools)
    if (
      (await existsOnHost(reach, complete, tools.signal)) ||
      !(await isSwapped(reach, dataDirectory, previous, tools.signal))
    )
      return { result: 'not-yet', why: `${dataDirectory} is not the copy yet` }
    return { result: 'yes', evidence: `${dataDirectory} is the copy; what was there is in ${previous}` }
  },
  async undo(args, tools) {
    const { reach, dataDirectory, previous, undone, complete } = await placesIn(args, tools)
    const { signal } = tools
    if (!(await existsOnHost(reach, previous, signal))) return 'the old data is in its place'
    await requireDown(args, tools)
    if (!(await existsOnHost(reach, complete, signal)) && (await existsOnHost(reach, dataDirectory, signal)))
      await runOrFail(reach, ['mv', '--', dataDirectory, undone], 'putting the copy aside', { signal })
    await runOrFail(reach, ['mv', '--', previous, dataDirectory], 'putting the old data back', { signal })
    await runOrFail(reach, ['rm', '-rf', '--', undone], 'removing the copy', { signal })
    return `the old data is in ${dataDirectory} again`
  },
}

async function placesIn(args: JsonRecord, tools: ActionToolbox) {
  const dataDirectory = textArgument(args, 'dataDirectory')
  return {
    reach: requireHost(optionalTextArgument(args, 'host'), tools),
    dataDirectory,
    ...rebuildPathsOf(dataDirectory, tools.run),
  }
}

async function isSwapped(
  reach: HostConnection,
  dataDirectory: string,
  old: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (
    (await existsOnHost(reach, old, signal)) && (await existsOnHost(reach, `${dataDirectory}/standby.signal`, signal))
  )
}

/** Its host tells by the data directory, which has another name between the two moves. */
async function requireDown(args: JsonRecord, tools: ActionToolbox): Promise<void> {
  const { reach, dataDirectory, previous } = await placesIn(args, tools)
  const isInPlace = await existsOnHost(reach, dataDirectory, tools.signal)
  const where = isInPlace ? dataDirectory : previous
  const down = await stopDatabaseKind.verify({ ...args, dataDirectory: where, bars: false }, tools)
  if (down.result === 'yes') return
  throw new ActionError(
    `${textArgument(args, 'database')} is not seen to be stopped, so its data is not touched: ${down.why}`,
    'Stop it, and try again.',
  )
}

export const removeOldDataKind: StepKind = {
  kind: 'remove-old-data',
  async run(args, tools) {
    const path = textArgument(args, 'path')
    if (!isRebuildPath(path)) throw new ActionError(`${path} is not what a rebuild kept: it is not removed`)
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    await runOrFail(reach, ['rm', '-rf', '--', path], `removing ${path}`, { signal: tools.signal })
  },
  async verify(args, tools): Promise<Verification> {
    const path = textArgument(args, 'path')
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    if (await existsOnHost(reach, path, tools.signal)) return { result: 'not-yet', why: `${path} is still there` }
    return { result: 'yes', evidence: `${path} is gone` }
  },
}
