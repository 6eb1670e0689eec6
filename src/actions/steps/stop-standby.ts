// Stops PostgreSQL of one standby on its host, never a server that is writable by then. Undo starts it as a standby.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { requireHost } from '../hosts/host-programs.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { createStandbySignal } from '../hosts/standby-signal.ts'
import { startServer } from '../hosts/start-server.ts'
import { planStop, stopDatabaseForm, stopDatabaseKind } from './stop-database.ts'

type Args = arg.Of<typeof stopDatabaseForm>

export interface StandbyStop {
  readonly id: string
  readonly view: DatabaseView
  readonly service: DatabaseService
  /** As of `stop-database`. */
  readonly bars?: boolean
  readonly ifStopped: string
  readonly maySkip: boolean
  /** Absent: that of `stop-database`. */
  readonly undo?: string | null
}

export const stopStandbyKind = defineStep({
  kind: 'stop-standby',
  version: 1,
  args: stopDatabaseForm,
  plan({ id, view, service, bars = true, ...texts }: StandbyStop): StepPlan<Args> {
    const stop = planStop({ id, view, service, bars })
    return { ...stop, ...texts, changes: [view.id] }
  },
  restarts: ({ database }) => ({ database, to: 'stopped' }),
  async run(args, tools) {
    const id = args.database
    const view = findDatabase(await tools.refresh(), id)
    if (view && isWritable(view))
      throw new ActionError(
        `${view.name} is writable: this step stops a standby only`,
        `Fence it first: pgdeck do fence ${id}`,
      )
    await stopDatabaseKind.run(args, tools)
  },
  verify: (args, tools) => stopDatabaseKind.verify(args, tools),
  async undo(args, tools) {
    const id = args.database
    const view = findDatabase(await tools.refresh(), id)
    if (view && view.problem === null) return `${view.name} runs`
    if (!args.wasUp) return `${id} is down, as it was before`
    const start = args.start
    const dataDirectory = args.dataDirectory
    const connection = requireHost(args.host, tools)
    if (start.length === 0 || dataDirectory === null)
      throw new ActionError(`the start command of ${id} is unknown`, 'Start it on its host.')
    await createStandbySignal(connection, dataDirectory, tools)
    await startServer({ database: id, start, dataDirectory }, connection, tools)
    return `${id} was started again, as a standby`
  },
})
