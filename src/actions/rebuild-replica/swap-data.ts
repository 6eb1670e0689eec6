// Puts a copy into the place of a stopped database's data, which is kept beside it.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { existsOnHost, requireHost, runOrFail } from '../hosts/host-programs.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { stopDatabaseArguments, stopDatabaseShape, verifyDown } from '../steps/stop-database.ts'
import { isRebuildPath, rebuildPathsOf } from './paths.ts'

/** As `stop-database` takes: it must be seen to be down whenever its data is moved. */
const form = () => arg.form({ ...stopDatabaseShape(), dataDirectory: arg.text() })
type Args = arg.Of<typeof form>

export interface DataSwap {
  readonly view: DatabaseView
  readonly service: DatabaseService
  readonly dataDirectory: string
  readonly run: string
}

export const swapDataKind = defineStep({
  kind: 'swap-data',
  version: 1,
  args: form,
  plan({ view, service, dataDirectory, run }: DataSwap): StepPlan<Args> {
    const { complete, previous } = rebuildPathsOf(dataDirectory, run)
    return {
      id: 'swap',
      args: { ...stopDatabaseArguments(view.id, service, false, true), dataDirectory },
      title: `put the copy in the place of the old data, which is kept as ${previous}`,
      how: service.control,
      where: service.host ?? view.host,
      detail: `${shellCommandLine(['mv', dataDirectory, previous])}\n${shellCommandLine(['mv', complete, dataDirectory])}`,
      verify: `${dataDirectory} is the copy, ${previous} is there`,
      undo: 'the old data is put back',
      ifStopped: `${view.name} is down, with the copy in place.`,
      changes: [view.id],
      deadlineSeconds: 30,
    }
  },
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
})

async function placesIn(args: Args, tools: ActionToolbox) {
  const { dataDirectory } = args
  return {
    reach: requireHost(args.host, tools),
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
async function requireDown(args: Args, tools: ActionToolbox): Promise<void> {
  const { reach, dataDirectory, previous } = await placesIn(args, tools)
  const isInPlace = await existsOnHost(reach, dataDirectory, tools.signal)
  const where = isInPlace ? dataDirectory : previous
  const down = await verifyDown({ ...args, dataDirectory: where }, tools)
  if (down.result === 'yes') return
  throw new ActionError(
    `${args.database} is not seen to be stopped, so its data is not touched: ${down.why}`,
    'Stop it, and try again.',
  )
}

const oldDataForm = () => arg.form({ host: arg.optionalText(), path: arg.text() })
type OldDataArgs = arg.Of<typeof oldDataForm>

export const removeOldDataKind = defineStep({
  kind: 'remove-old-data',
  version: 1,
  args: oldDataForm,
  plan({ view, service, dataDirectory, run }: DataSwap): StepPlan<OldDataArgs> {
    const { previous } = rebuildPathsOf(dataDirectory, run)
    return {
      id: 'remove-old-data',
      args: { host: service.host, path: previous },
      title: `remove the old data of ${view.name} for good`,
      how: service.control,
      where: service.host ?? view.host,
      detail: shellCommandLine(['rm', '-rf', previous]),
      verify: `${previous} is gone`,
      ifStopped: `${view.name} streams; its old data takes room in ${previous}.`,
      maySkip: true,
      deadlineSeconds: 60,
    }
  },
  async run(args, tools) {
    const path = args.path
    if (!isRebuildPath(path)) throw new ActionError(`${path} is not what a rebuild kept: it is not removed`)
    const reach = requireHost(args.host, tools)
    await runOrFail(reach, ['rm', '-rf', '--', path], `removing ${path}`, { signal: tools.signal })
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const reach = requireHost(args.host, tools)
    if (await existsOnHost(reach, path, tools.signal)) return { result: 'not-yet', why: `${path} is still there` }
    return { result: 'yes', evidence: `${path} is gone` }
  },
})
