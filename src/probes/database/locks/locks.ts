// Who waits for whom: every session that blocks or is blocked, prepared transactions, waits for a synchronous standby.

import * as z from 'zod'
import type { LockWaits } from '../../../model/measured/on-demand.ts'
import type { Probe } from '../../probe.ts'
import { sessionObject, sessionRow, withQuery } from '../activity/session-row.ts'
import { parsed, text } from '../answers/json-answer.ts'
import { missing } from '../answers/visibility-sql.ts'
import { locksSql } from './locks-sql.ts'

const node = sessionObject
  .extend({
    blockers: z.array(z.number()),
    preparedBlockers: z.array(text),
    waitsFor: z.object({ type: text, mode: text, relation: text.nullable() }).nullable(),
    waitSeconds: z.number().nullable(),
  })
  .transform(withQuery)
const document = z.object({
  nodes: z.array(node),
  prepared: z.array(
    z.object({ gid: text, owner: text, database: text, preparedAt: z.number(), ageSeconds: z.number() }),
  ),
  syncRepWaits: z.array(sessionRow),
  synchronousStandbyNames: text,
  seesAll: z.boolean(),
  missing,
}) satisfies z.ZodType<LockWaits>

export const locks: Probe<'database', LockWaits> = {
  id: 'locks',
  at: 'database',
  title: 'who waits for whom',
  source: 'pg_locks, pg_blocking_pids(), pg_stat_activity, pg_prepared_xacts',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ link }, signal) {
    const [row] = await link.query<{ answer: unknown }>({ name: 'pgdeck_locks', text: locksSql }, signal)
    return parsed(document, row?.answer, 'the locks')
  },
}
