// Reads who waits for whom: each session that blocks or is blocked, prepared transactions, and waits for a synchronous
// standby.

import * as z from 'zod'
import type { LockWaits } from '../../../model/measured/on-demand.ts'
import type { Probe } from '../../probe.ts'
import { sessionObject, sessionRow, withQuery } from '../activity/session-row.ts'
import { cleanText, missingGrants, parseAnswer } from '../answers/answer.ts'
import { locksSql } from './locks-sql.ts'

const node = sessionObject
  .extend({
    blockers: z.array(z.number()),
    preparedBlockers: z.array(cleanText),
    waitsFor: z.object({ type: cleanText, mode: cleanText, relation: cleanText.nullable() }).nullable(),
    waitSeconds: z.number().nullable(),
  })
  .transform(withQuery)
const document = z.object({
  nodes: z.array(node),
  prepared: z.array(
    z.object({ gid: cleanText, owner: cleanText, database: cleanText, preparedAt: z.number(), ageSeconds: z.number() }),
  ),
  syncRepWaits: z.array(sessionRow),
  synchronousStandbyNames: cleanText,
  seesAll: z.boolean(),
  missing: missingGrants,
}) satisfies z.ZodType<LockWaits>

export const locksProbe: Probe<'database', LockWaits> = {
  id: 'locks',
  scope: 'database',
  title: 'the sessions that wait, and for which sessions',
  source: 'pg_locks, pg_blocking_pids(), pg_stat_activity, pg_prepared_xacts',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ session }, signal) {
    const [row] = await session.query<{ answer: unknown }>({ name: 'pgdeck_locks', text: locksSql }, signal)
    return parseAnswer(document, row?.answer, 'the locks')
  },
}
