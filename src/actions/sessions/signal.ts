// Cancelling and terminating: one plan for both, with a different function and a different effect.

import type { Impact, PlannedStep } from '../../model/runs/plan.ts'
import { sessionsBehind } from '../../model/sessions/lock-graph.ts'
import { currentValue, PENDING } from '../../model/values/reading.ts'
import { hasPredefinedRole } from '../checks/privilege.ts'
import type { ActionRequest, ActionToolbox, Draft, PlanningView } from '../definition/action.ts'
import { databaseName, requireTargetDatabase } from '../definition/target.ts'
import { sqlCallKind } from '../steps/sql-call.ts'
import { type ChosenSession, chosenSessions } from './chosen-sessions.ts'

export interface SessionSignal {
  readonly call: 'pg_cancel_backend' | 'pg_terminate_backend'
  /** `cancel the statement of`, `terminate`. */
  readonly verb: string
  readonly step: string
  /** `behind`: how many sessions wait behind these; null if unknown. */
  impact(sessions: readonly ChosenSession[], behind: number | null): Impact
}

/** At most this many sessions per statement: the list stays readable and a journal small. */
const MOST = 500

/** Returns the draft. Throws PlanError if no session matches. */
export async function sessionSignalDraft(
  signal: SessionSignal,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const database = requireTargetDatabase(clusterView, request)
  const name = databaseName(clusterView, database)
  const sessions = (await chosenSessions(database, request, tools)).slice(0, MOST)
  const [first] = sessions
  const title =
    sessions.length === 1 && first
      ? `${signal.verb} session ${first.what} on ${name}`
      : `${signal.verb} ${sessions.length} sessions on ${name}`
  return {
    target: { id: database, name },
    title,
    danger: 'disruptive',
    impact: signal.impact(sessions, await waitingBehind(database, sessions, tools)),
    checks: [
      hasPredefinedRole(database, 'pg_signal_backend', 'signal the sessions of other roles'),
      noSuperusers(database, sessions),
    ],
    input: request.input,
    steps: [step(signal, database, name, sessions)],
  }
}

/** Returns how many sessions wait behind these now; null if the server does not tell. */
async function waitingBehind(
  database: string,
  sessions: readonly ChosenSession[],
  tools: ActionToolbox,
): Promise<number | null> {
  const { snapshot } = await tools.refresh(['locks'])
  const record = snapshot.databases.find(({ spec }) => spec.id === database)
  const locks = currentValue(record?.onDemand.locks ?? PENDING)
  return locks && sessionsBehind(locks, new Set(sessions.map(({ pid }) => pid)))
}

/** What becomes of the sessions that wait behind: a sentence for the impact. */
export function behindText(behind: number | null): string {
  if (behind === null) return ' How many sessions wait behind is unknown.'
  if (behind === 0) return ' No session waits behind.'
  return ` ${behind === 1 ? '1 session waits' : `${behind} sessions wait`} behind.`
}

function step(signal: SessionSignal, database: string, name: string, sessions: readonly ChosenSession[]): PlannedStep {
  const { call, verb } = signal
  const isCancel = call === 'pg_cancel_backend'
  const values = [
    sessions.map(({ pid }) => pid),
    sessions.map(({ backendStart }) => backendStart),
    sessions.map(({ queryStart }) => queryStart),
  ]
  const same = isCancel ? 'a.query_start IS NOT DISTINCT FROM s.query_start' : 'true'
  // unnest() of several arrays is part of the grammar and takes no schema.
  const meant = `FROM ROWS FROM (pg_catalog.unnest($1::int[]),
      pg_catalog.unnest($2::pg_catalog.timestamptz[]), pg_catalog.unnest($3::pg_catalog.timestamptz[])) AS s(pid, backend_start, query_start)
    JOIN pg_catalog.pg_stat_activity a ON a.pid = s.pid AND a.backend_start = s.backend_start`
  const still = isCancel ? `${same} AND a.state = 'active'` : 'true'
  return sqlCallKind.plan({
    id: signal.step,
    call: {
      database,
      text: `SELECT pg_catalog.bool_and(pg_catalog.${call}(a.pid)) ${meant} WHERE ${still}`,
      values,
      falseMeans: `${name} could not signal all of these sessions: some had just ended, or this role may not signal them`,
      verifySql: {
        text: `SELECT pg_catalog.count(*) = 0 AS seen,
          CASE pg_catalog.count(*) WHEN 0 THEN '${isCancel ? 'none of these statements runs any more' : 'none of these sessions is there any more'}'
          ELSE pg_catalog.count(*) || ' still there: '
            || pg_catalog.string_agg(a.pid::pg_catalog.text, ', ') END AS evidence ${meant} WHERE ${still}`,
        values,
      },
    },
    title: `${verb} ${sessions.length === 1 ? 'the session' : `${sessions.length} sessions`}`,
    where: name,
    detail: sessions
      .map((each) => `SELECT pg_catalog.${call}(${each.pid});  -- ${each.what}, began ${each.backendStart}`)
      .join('\n'),
    verify: isCancel ? 'their statements have ended' : 'they are no longer in pg_stat_activity',
    ifStopped: 'The signalled sessions end; the others continue.',
    deadlineSeconds: 15,
  })
}

/** Only a superuser may signal superusers. */
function noSuperusers(database: string, sessions: readonly ChosenSession[]): Draft['checks'][number] {
  return {
    id: 'superusers',
    mayOverride: true,
    async run(_, __, tools) {
      const text = `SELECT pg_catalog.count(*) FILTER (WHERE r.rolsuper)::int AS supers,
          (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS super
        FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid WHERE a.pid = ANY($1::int[])`
      const [row] = await tools.sql<{ supers: number; super: boolean }>(database, {
        text,
        values: [sessions.map(({ pid }) => pid)],
      })
      if (!row || row.super || row.supers === 0)
        return { result: 'pass', message: 'none of them needs more rights', hint: null }
      return {
        result: 'fail',
        message: `${row.supers} of them are sessions of superusers`,
        hint: 'Only a superuser may signal these.',
      }
    },
  }
}
