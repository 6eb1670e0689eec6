// Reads who waits for whom: each session that blocks or is blocked, prepared transactions, and waits for a synchronous
// standby.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { LockWaits } from '../../../model/measured/on-demand.ts'
import type { Probe } from '../../probe.ts'
import { sessionObject, sessionRow, withQuery } from '../activity/session-row.ts'
import { cleanText, missingGrants, parseAnswer } from '../answers/answer.ts'
import { namesElsewhere, relationElsewhere } from '../answers/relations-elsewhere.ts'
import { locksSql } from './locks-sql.ts'

const node = sessionObject
  .extend({
    blockers: z.array(z.number()),
    preparedBlockers: z.array(cleanText),
    waitsFor: z
      .object({
        type: cleanText,
        mode: cleanText,
        relation: cleanText.nullable(),
        elsewhere: relationElsewhere.nullable(),
        advisory: z.object({ key: cleanText, database: cleanText.nullable() }).nullable(),
      })
      .nullable(),
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
})

export const locksProbe: Probe<'database', LockWaits> = {
  id: 'locks',
  scope: 'database',
  title: 'the sessions that wait, and for which sessions',
  source: 'pg_locks, pg_blocking_pids(), pg_stat_activity, pg_prepared_xacts',
  runs: 'when-viewed',
  every: 'interval',
  needs: ['pg_monitor'],
  async read({ session, wholeStatementOf = 0 }, signal) {
    const statement = { name: 'pgdeck_locks', text: locksSql, values: [wholeStatementOf] }
    const [row] = await session.query<{ answer: unknown }>(statement, signal)
    return named(parseAnswer(document, row?.answer, 'the locks'), session)
  },
}

/** What is locked in other databases has the name that those know. */
async function named({ nodes, ...facts }: z.infer<typeof document>, session: DatabaseSession): Promise<LockWaits> {
  const name = await namesElsewhere(
    session,
    nodes.map(({ waitsFor }) => waitsFor?.elsewhere),
  )
  return {
    ...facts,
    nodes: nodes.map(({ waitsFor: wanted, ...node }) => {
      if (wanted === null) return { ...node, waitsFor: null }
      const { elsewhere, advisory, ...lock } = wanted
      const waitsFor = advisory ? { ...lock, advisory } : lock
      return { ...node, waitsFor: elsewhere ? { ...waitsFor, relation: name(elsewhere) } : waitsFor }
    }),
  }
}
