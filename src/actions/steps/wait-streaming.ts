// Sees a standby stream from its upstream; nothing is done.

import { ActionError } from '../../model/runs/action-error.ts'
import { isWritable } from '../definition/participants.ts'
import { optionalText, textOf } from '../definition/step-arguments.ts'
import type { Seen, StepKind } from '../definition/step-kind.ts'
import { databaseOf } from '../definition/target.ts'
import { attachment, staysAttached } from './repoint-standbys.ts'

/** `startedAfter` is an instant: the server must have been started later, so that it is not the one of before. */
export const streamsFrom: StepKind = {
  kind: 'streams-from',
  onlyLooks: true,
  // By hand: whoever does it starts the server too.
  restarts: (args) => (optionalText(args, 'startedAfter') === null ? null : optionalText(args, 'database')),
  run: async () => {},
  async verify(args, tools): Promise<Seen> {
    const [database, upstream] = [textOf(args, 'database'), textOf(args, 'upstream')]
    const sight = await tools.look()
    const view = databaseOf(sight, database)
    if (!view) throw new ActionError(`${database} is watched no longer`)
    if (isWritable(view))
      return { seen: 'never', why: `${view.name} takes writes`, hint: `Fence it: pgdeck do fence ${database}` }
    const { streams, words } = attachment(sight, database, upstream)
    if (!streams) return { seen: 'not-yet', why: words }
    const after = optionalText(args, 'startedAfter')
    if (after !== null) {
      const [row] = await tools.sql<{ later: boolean }>(database, {
        text: 'SELECT pg_catalog.pg_postmaster_start_time() > $1::pg_catalog.timestamptz AS later',
        values: [after],
      })
      if (!row?.later) return { seen: 'not-yet', why: `${words}, but it is the server of before` }
    }
    return staysAttached(words, database, upstream, tools)
  },
}
