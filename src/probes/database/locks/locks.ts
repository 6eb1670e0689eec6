// Reads who waits for whom: each session that blocks or is blocked, prepared transactions, and waits for a synchronous
// standby.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { LockWaits } from '../../../model/measured/on-demand.ts'
import type { Refusals } from '../../../model/values/refused-function.ts'
import type { Probe } from '../../probe.ts'
import { SESSION_FIGURES, sessionObject, sessionRow, withQuery } from '../activity/session-row.ts'
import { cleanText, missingGrants, parseAnswer } from '../answers/answer.ts'
import { type Figures, refusedOf, sessionOf } from '../answers/refused-figures.ts'
import { namesElsewhere, relationElsewhere } from '../answers/relations-elsewhere.ts'
import { STATEMENT_PARTS } from '../answers/statement-parts.ts'
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
  ...sessionOf,
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
    const statement = { name: 'pgdeck_locks', text: locksSql, values: [wholeStatementOf], parts: STATEMENT_PARTS }
    const [row] = await session.query<{ answer: unknown }>(statement, signal)
    const { role, isStandby, ...facts } = parseAnswer(document, row?.answer, 'the locks')
    return named({ ...facts, ...refusedOf(session, LOCK_FIGURES, { role, isStandby }) }, session)
  },
}

const LOCK_FIGURES: Figures = {
  pg_locks: { what: 'who waits for a lock' },
  'pg_blocking_pids()': { what: 'who holds up the sessions that wait' },
  pg_stat_activity: { what: 'the sessions that wait, and those that hold them up' },
  pg_prepared_xacts: { what: 'the prepared transactions' },
  pg_database: { what: 'the relations that sessions wait for' },
  'pg_stat_get_backend_idset()': { what: 'commits that wait for a synchronous standby' },
  'pg_stat_get_backend_wait_event()': { what: 'commits that wait for a synchronous standby' },
  ...SESSION_FIGURES,
}

type Read = Omit<z.infer<typeof document>, 'role' | 'isStandby'> & Refusals

/** What is locked in other databases has the name that those know. */
async function named({ nodes, ...facts }: Read, session: DatabaseSession): Promise<LockWaits> {
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
