// Sees a standby stream from its upstream; nothing is done.

import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { optionalTextArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import { streamingFrom, verifyKeepsStreaming } from './repoint-standbys.ts'

/** `startedAfter` is an instant: the server must have been started later, so that it is not the one of before. */
export const waitStreamingKind: StepKind = {
  kind: 'streams-from',
  isReadOnly: true,
  // By hand: whoever does it starts the server too.
  restarts: (args) =>
    optionalTextArgument(args, 'startedAfter') === null ? null : optionalTextArgument(args, 'database'),
  run: async () => {},
  async verify(args, tools): Promise<Verification> {
    const [database, upstream] = [textArgument(args, 'database'), textArgument(args, 'upstream')]
    const sight = await tools.refresh()
    const view = findDatabase(sight, database)
    if (!view) throw new ActionError(`${database} is watched no longer`)
    if (isWritable(view))
      return { result: 'never', why: `${view.name} takes writes`, hint: `Fence it: pgdeck do fence ${database}` }
    const { streams, words } = streamingFrom(sight, database, upstream)
    if (!streams) return { result: 'not-yet', why: words }
    const after = optionalTextArgument(args, 'startedAfter')
    if (after !== null) {
      const [row] = await tools.sql<{ later: boolean }>(database, {
        text: 'SELECT pg_catalog.pg_postmaster_start_time() > $1::pg_catalog.timestamptz AS later',
        values: [after],
      })
      if (!row?.later) return { result: 'not-yet', why: `${words}, but it is the server of before` }
    }
    return verifyKeepsStreaming(words, database, upstream, tools)
  },
}
