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
import { isTablespaceRunPath, tablespaceRunPaths } from '../tablespaces/paths.ts'
import type { PlannedTablespaces } from '../tablespaces/plan-tablespaces.ts'
import {
  moveTablespacesBack,
  moveTablespacesIn,
  NO_SWAP,
  tablespaceSwapArguments,
  tablespaceSwapCommands,
  tablespaceSwapShape,
  whyTablespacesNotIn,
} from '../tablespaces/swap-tablespaces.ts'
import { isRebuildPath, rebuildPathsOf } from './paths.ts'

/** Takes the arguments of `stop-database`: the server must be verified as down each time its data are moved. */
const form = () => arg.form({ ...stopDatabaseShape(), ...tablespaceSwapShape(), dataDirectory: arg.text() })
type Args = arg.Of<typeof form>

export interface DataSwap {
  readonly view: DatabaseView
  readonly service: DatabaseService
  readonly dataDirectory: string
  readonly tablespaces: PlannedTablespaces
  readonly run: string
}

export const swapDataKind = defineStep({
  kind: 'swap-data',
  version: 2,
  upgrades: { 1: (args) => ({ ...args, ...NO_SWAP }) },
  args: form,
  plan({ view, service, dataDirectory, tablespaces, run }: DataSwap): StepPlan<Args> {
    const { complete, previous } = rebuildPathsOf(dataDirectory, run)
    const swap = tablespaceSwapArguments(tablespaces, service.asOwner)
    const commands = [
      shellCommandLine(['mv', dataDirectory, previous]),
      ...tablespaceSwapCommands(swap, run),
      shellCommandLine(['mv', complete, dataDirectory]),
    ]
    const kept = swap.former.length === 0 ? previous : `${previous} and in pgdeck-${run}.old of its tablespaces`
    const places = swap.placed.length === 0 ? '' : ', its tablespaces are in their places'
    return {
      id: 'swap',
      args: { ...stopDatabaseArguments(view.id, service, false, true), ...swap, dataDirectory },
      title: `move the base backup into the place of the old data, which stays in ${kept}`,
      how: service.control,
      where: service.host ?? view.host,
      detail: commands.join('\n'),
      verify: `${dataDirectory} is the base backup${places}, ${previous} exists`,
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
      // Without a data directory nothing can start on half of the tablespaces.
      await moveTablespacesIn(args, { connection, run: tools.run, signal, previousData: previous })
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
    const why = await whyTablespacesNotIn(args, dataDirectory, { connection, run: tools.run, signal: tools.signal })
    if (why !== null) return { result: 'not-yet', why }
    return { result: 'yes', evidence: `${dataDirectory} is the base backup; the old data is in ${previous}` }
  },
  async undo(args, tools) {
    const { connection, dataDirectory, previous, undone, complete } = await placesIn(args, tools)
    const { signal } = tools
    if (!(await existsOnHost(connection, previous, signal))) return 'the old data is in place'
    await requireDown(args, tools)
    if (!(await existsOnHost(connection, complete, signal)) && (await existsOnHost(connection, dataDirectory, signal)))
      await runOrFail(connection, ['mv', '--', dataDirectory, undone], 'moving the base backup aside', { signal })
    await moveTablespacesBack(args, { connection, run: tools.run, signal, previousData: previous })
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

const oldDataForm = () => arg.form({ host: arg.optionalText(), path: arg.text(), tablespaces: arg.texts() })
type OldDataArgs = arg.Of<typeof oldDataForm>

export const removeOldDataKind = defineStep({
  kind: 'remove-old-data',
  version: 2,
  upgrades: { 1: (args) => ({ ...args, tablespaces: [] }) },
  args: oldDataForm,
  plan({ view, service, dataDirectory, tablespaces, run }: DataSwap): StepPlan<OldDataArgs> {
    const { previous } = rebuildPathsOf(dataDirectory, run)
    const former = tablespaces.former.map(({ path }) => tablespaceRunPaths(path, run).previous)
    return {
      id: 'remove-old-data',
      args: { host: service.host, path: previous, tablespaces: former },
      title: `remove the old data of ${view.name} for good`,
      how: service.control,
      where: service.host ?? view.host,
      detail: shellCommandLine(['rm', '-rf', previous, ...former]),
      verify: goneText([previous, ...former]),
      ifStopped: `${view.name} streams; its old data uses space in ${previous}.`,
      maySkip: true,
      deadlineSeconds: 60,
    }
  },
  async run({ host, path, tablespaces }, tools) {
    const foreign = isRebuildPath(path) ? tablespaces.find((each) => !isTablespaceRunPath(each)) : path
    if (foreign !== undefined)
      throw new ActionError(`${foreign} is not a directory that a rebuild kept: pgdeck does not remove it`)
    const connection = requireHost(host, tools)
    const argv = ['rm', '-rf', '--', path, ...tablespaces]
    await runOrFail(connection, argv, `removing ${path}`, { signal: tools.signal })
  },
  async verify({ host, path, tablespaces }, tools): Promise<Verification> {
    const connection = requireHost(host, tools)
    const paths = [path, ...tablespaces]
    for (const each of paths)
      if (await existsOnHost(connection, each, tools.signal)) return { result: 'not-yet', why: `${each} still exists` }
    return { result: 'yes', evidence: goneText(paths) }
  },
})

function goneText(paths: readonly string[]): string {
  return `${paths.join(', ')} no longer ${paths.length === 1 ? 'exists' : 'exist'}`
}
