// Verifies that a standby streams from its upstream. The step changes nothing.

import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { streamingFrom, verifyKeepsStreaming } from './repoint-standbys.ts'
import { WHY_NOT_STREAMING } from './why-not-streaming.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    upstream: arg.text(),
    /**
     * The server must have been started after this instant, so that it is not the previous postmaster. null: no
     * condition.
     */
    startedAfter: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

/** The standby, its upstream, and the texts of the plan. */
export type AwaitedStreaming = StepTexts & Args

export const waitStreamingKind = defineStep({
  kind: 'streams-from',
  explainedBy: WHY_NOT_STREAMING,
  version: 2,
  upgrades: { 1: (args) => ({ startedAfter: null, ...args }) },
  args: form,
  plan({ database, upstream, startedAfter, ...texts }: AwaitedStreaming): StepPlan<Args> {
    return { ...texts, args: { database, upstream, startedAfter } }
  },
  isReadOnly: true,
  // A manual step: the person also starts the server.
  restarts: ({ database, startedAfter }) => (startedAfter === null ? null : { database, to: 'started' }),
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const [database, upstream] = [args.database, args.upstream]
    const clusterView = await tools.refresh()
    const view = findDatabase(clusterView, database)
    if (!view) throw new ActionError(`${database} is no longer watched`)
    if (isWritable(view))
      return { result: 'never', why: `${view.name} is writable`, hint: `Fence it: pgdeck do fence ${database}` }
    const { streams, words } = streamingFrom(clusterView, database, upstream)
    if (!streams) return { result: 'not-yet', why: words }
    const after = args.startedAfter
    if (after !== null) {
      const [row] = await tools.sql<{ later: boolean }>(database, {
        text: 'SELECT pg_catalog.pg_postmaster_start_time() > $1::pg_catalog.timestamptz AS later',
        values: [after],
      })
      if (!row?.later) return { result: 'not-yet', why: `${words}, but still through the previous postmaster` }
    }
    return verifyKeepsStreaming(words, database, upstream, tools)
  },
})
