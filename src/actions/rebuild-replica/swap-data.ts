// Swaps a copy with a stopped database's data, and keeps those data beside it.

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

/** Takes the arguments of `stop-database`: the server must be verified as down each time its data are moved. */
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
      title: `move the base backup into the place of the old data, which stays in ${previous}`,
      how: service.control,
      where: service.host ?? view.host,
      detail: `${shellCommandLine(['mv', dataDirectory, previous])}\n${shellCommandLine(['mv', complete, dataDirectory])}`,
      verify: `${dataDirectory} is the base backup, ${previous} exists`,
      undo: 'the old data is moved back',
      ifStopped: `${view.name} is down, with the base backup in place.`,
      changes: [view.id],
      deadlineSeconds: 30,
    }
  },
  async run(args, tools) {
    const { connection, dataDirectory, complete, previous } = await placesIn(args, tools)
    const { signal } = tools
    if (await existsOnHost(connection, complete, signal)) {
      await requireDown(args, tools)
      if (await existsOnHost(connection, dataDirectory, signal)) {
        if (await existsOnHost(connection, previous, signal))
          throw new ActionError(`both ${dataDirectory} and ${previous} exist`, 'Check them on the host.')
        await runOrFail(connection, ['mv', '--', dataDirectory, previous], 'moving the old data aside', { signal })
      }
      // A rename within one folder: at no moment could half of a copy be started.
      await runOrFail(connection, ['mv', '--', complete, dataDirectory], 'moving the base backup into place', {
        signal,
      })
    } else if (!(await isSwapped(connection, dataDirectory, previous, signal))) {
      throw new ActionError(`${complete} does not exist`, 'Undo the run (--abort), then rebuild again.')
    }
  },
  async verify(args, tools): Promise<Verification> {
    const { connection, dataDirectory, complete, previous } = await placesIn(args, tools)
    if (
      (await existsOnHost(connection, complete, tools.signal)) ||
      !(await isSwapped(connection, dataDirectory, previous, tools.signal))
    )
      return { result: 'not-yet', why: `${dataDirectory} is not the base backup yet` }
    return { result: 'yes', evidence: `${dataDirectory} is the base backup; the old data is in ${previous}` }
  },
  async undo(args, tools) {
    const { connection, dataDirectory, previous, undone, complete } = await placesIn(args, tools)
    const { signal } = tools
    if (!(await existsOnHost(connection, previous, signal))) return 'the old data is in place'
    await requireDown(args, tools)
    if (!(await existsOnHost(connection, complete, signal)) && (await existsOnHost(connection, dataDirectory, signal)))
      await runOrFail(connection, ['mv', '--', dataDirectory, undone], 'moving the base backup aside', { signal })
    await runOrFail(connection, ['mv', '--', previous, dataDirectory], 'moving the old data back', { signal })
    await runOrFail(connection, ['rm', '-rf', '--', undone], 'removing the base backup', { signal })
    return `the old data is in ${dataDirectory} again`
  },
})

async function placesIn(args: Args, tools: ActionToolbox) {
  const { dataDirectory } = args
  return {
    connection: requireHost(args.host, tools),
    dataDirectory,
    ...rebuildPathsOf(dataDirectory, tools.run),
  }
}

async function isSwapped(
  connection: HostConnection,
  dataDirectory: string,
  old: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (
    (await existsOnHost(connection, old, signal)) &&
    (await existsOnHost(connection, `${dataDirectory}/standby.signal`, signal))
  )
}

/** The host decides by the data directory, which has another name between the two renames. */
async function requireDown(args: Args, tools: ActionToolbox): Promise<void> {
  const { connection, dataDirectory, previous } = await placesIn(args, tools)
  const isInPlace = await existsOnHost(connection, dataDirectory, tools.signal)
  const where = isInPlace ? dataDirectory : previous
  const down = await verifyDown({ ...args, dataDirectory: where }, tools)
  if (down.result === 'yes') return
  throw new ActionError(
    `${args.database} is not verified as stopped, so pgdeck does not touch its data: ${down.why}`,
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
      verify: `${previous} no longer exists`,
      ifStopped: `${view.name} streams; its old data uses space in ${previous}.`,
      maySkip: true,
      deadlineSeconds: 60,
    }
  },
  async run(args, tools) {
    const path = args.path
    if (!isRebuildPath(path))
      throw new ActionError(`${path} is not a directory that a rebuild kept: pgdeck does not remove it`)
    const connection = requireHost(args.host, tools)
    await runOrFail(connection, ['rm', '-rf', '--', path], `removing ${path}`, { signal: tools.signal })
  },
  async verify(args, tools): Promise<Verification> {
    const path = args.path
    const connection = requireHost(args.host, tools)
    if (await existsOnHost(connection, path, tools.signal)) return { result: 'not-yet', why: `${path} still exists` }
    return { result: 'yes', evidence: `${path} no longer exists` }
  },
})
