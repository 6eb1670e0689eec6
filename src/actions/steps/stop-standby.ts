// Stops a database that is no primary, or must not be one again; taken back, it is started as a standby.

import { ActionError } from '../../model/runs/action-error.ts'
import { clean } from '../../model/values/text.ts'
import { isWritable } from '../definition/participants.ts'
import { optionalText, textOf, textsOf } from '../definition/step-arguments.ts'
import type { StepKind } from '../definition/step-kind.ts'
import { databaseOf } from '../definition/target.ts'
import { wayInto } from '../hosts/host-programs.ts'
import { bar } from '../hosts/standby-signal.ts'
import { stopDatabase } from './stop-database.ts'

const LIMIT_MS = 150_000

/** Takes the arguments of `stop-database`. */
export const stopStandby: StepKind = {
  kind: 'stop-standby',
  restarts: (args) => optionalText(args, 'database'),
  async run(args, tools) {
    const id = textOf(args, 'database')
    const view = databaseOf(await tools.look(), id)
    if (view && isWritable(view))
      throw new ActionError(
        `${view.name} takes writes: it is not the one to stop here`,
        `Fence it first: pgdeck do fence ${id}`,
      )
    await stopDatabase.run(args, tools)
  },
  verify: (args, tools) => stopDatabase.verify(args, tools),
  async undo(args, tools) {
    const id = textOf(args, 'database')
    const view = databaseOf(await tools.look(), id)
    if (view && view.problem === null) return `${view.name} runs`
    if (args.wasUp === false) return `${id} is down, as it was before`
    const start = textsOf(args, 'start')
    const dataDirectory = optionalText(args, 'dataDirectory')
    const reach = wayInto(optionalText(args, 'host'), tools)
    if (start.length === 0 || dataDirectory === null)
      throw new ActionError(`it is not known how ${id} is started`, 'Start it on its host.')
    await bar(reach, dataDirectory, tools)
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const { exitCode, stderr } = await reach.run(start, { signal, survivesLoss: true })
    if (exitCode !== 0) throw new ActionError(`starting ${id} ended with ${exitCode}: ${clean(stderr.trim())}`)
    return `${id} was started again, as a standby`
  },
}
