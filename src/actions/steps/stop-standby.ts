// Stops a database that is no primary, or must not be one again; taken back, it is started as a standby.

import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import { isWritableDatabase } from '../definition/participants.ts'
import { optionalTextArgument, textArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { requireHost } from '../hosts/host-programs.ts'
import { createStandbySignal } from '../hosts/standby-signal.ts'
import { stopDatabaseKind } from './stop-database.ts'

const LIMIT_MS = 150_000

/** Takes the arguments of `stop-database`. */
export const stopStandbyKind: StepKind = {
  kind: 'stop-standby',
  restarts: (args) => optionalTextArgument(args, 'database'),
  async run(args, tools) {
    const id = textArgument(args, 'database')
    const view = findDatabase(await tools.refresh(), id)
    if (view && isWritableDatabase(view))
      throw new ActionError(
        `${view.name} takes writes: it is not the one to stop here`,
        `Fence it first: pgdeck do fence ${id}`,
      )
    await stopDatabaseKind.run(args, tools)
  },
  verify: (args, tools) => stopDatabaseKind.verify(args, tools),
  async undo(args, tools) {
    const id = textArgument(args, 'database')
    const view = findDatabase(await tools.refresh(), id)
    if (view && view.problem === null) return `${view.name} runs`
    if (args.wasUp === false) return `${id} is down, as it was before`
    const start = textListArgument(args, 'start')
    const dataDirectory = optionalTextArgument(args, 'dataDirectory')
    const reach = requireHost(optionalTextArgument(args, 'host'), tools)
    if (start.length === 0 || dataDirectory === null)
      throw new ActionError(`it is not known how ${id} is started`, 'Start it on its host.')
    await createStandbySignal(reach, dataDirectory, tools)
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const { exitCode, stderr } = await reach.run(start, { signal, survivesLoss: true })
    if (exitCode !== 0) throw new ActionError(`starting ${id} ended with ${exitCode}: ${clean(stderr.trim())}`)
    return `${id} was started again, as a standby`
  },
}
