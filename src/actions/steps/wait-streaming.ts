// Sees a standby stream from its upstream; nothing is done.

import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { streamingFrom, verifyKeepsStreaming } from './repoint-standbys.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    upstream: arg.text(),
    /** An instant: the server must have been started later, so that it is not the one of before. null: whichever it is. */
    startedAfter: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

/** Who streams from whom, and what a person reads of it. */
export type AwaitedStreaming = StepTexts & Args

export const waitStreamingKind = defineStep({
  kind: 'streams-from',
  version: 2,
  upgrades: { 1: (args) => ({ startedAfter: null, ...args }) },
  args: form,
  plan({ database, upstream, startedAfter, ...texts }: AwaitedStreaming): StepPlan<Args> {
    return { ...texts, args: { database, upstream, startedAfter } }
  },
  isReadOnly: true,
  // By hand: whoever does it starts the server too.
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
