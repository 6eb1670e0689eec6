// `pause-replay` and `resume-replay`: a standby stops applying the WAL that it receives, or continues.

import { isWritable, standbyPositionOf } from '../model/picture/roles.ts'
import { recoveryTargetText, resumeEndsRecovery } from '../model/replication/replay-pause.ts'
import { ActionError } from '../model/runs/action-error.ts'
import { noImpact, type PlannedStep } from '../model/runs/plan.ts'
import { formatBytes } from '../model/values/units.ts'
import { mayExecuteFunction } from './checks/privilege.ts'
import { noRecoveryTarget } from './checks/replay.ts'
import { requiredSettingsFor } from './checks/required-settings.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
  type PlanningView,
} from './definition/action.ts'
import type * as arg from './definition/step-arguments.ts'
import { defineStep, type Verification } from './definition/step-kind.ts'
import { databaseName, findDatabase, needsStandby, requireTargetDatabase } from './definition/target.ts'
import { planSqlCall, sqlCallForm, sqlCallKind } from './steps/sql-call.ts'
import { verifyLasting } from './steps/verify-lasting.ts'

const PAUSED = `pg_catalog.pg_is_wal_replay_paused()`

function step(database: string, name: string, change: 'pause' | 'resume'): PlannedStep {
  const call = `SELECT pg_catalog.pg_wal_replay_${change}()`
  const wanted = change === 'pause' ? PAUSED : `NOT ${PAUSED}`
  const kind = change === 'resume' ? resumeReplayKind : sqlCallKind
  return kind.plan({
    id: change,
    call: {
      database,
      text: call,
      verifySql: {
        text: `SELECT ${wanted} AS seen, 'replay is ' || CASE WHEN ${PAUSED} THEN 'paused' ELSE 'not paused' END
          || ' at ' || coalesce(pg_catalog.pg_last_wal_replay_lsn()::pg_catalog.text, '?') AS evidence`,
      },
    },
    title: `${name} ${change === 'pause' ? 'stops replay' : 'continues replay'}`,
    where: name,
    detail: `${call};`,
    verify:
      change === 'pause'
        ? 'pg_is_wal_replay_paused() is true'
        : 'pg_is_wal_replay_paused() is false, and it still answers as a standby some seconds later',
    ifStopped: 'Nothing is left half done.',
    deadlineSeconds: 15,
  })
}

function pauseState(clusterView: ClusterView, id: string | null): string | null {
  const view = findDatabase(clusterView, id)
  return view ? (standbyPositionOf(view)?.pause ?? null) : null
}

export const pauseReplayAction: Action = {
  name: 'pause-replay',
  title: 'pause replay',
  explains: 'A standby continues to receive WAL, but replays none: rows deleted by mistake can still be read there.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  locks: 'cluster',
  fields: [],
  whyNot(clusterView, target) {
    const reason = needsStandby(clusterView, target)
    return reason ?? (pauseState(clusterView, target) === 'paused' ? 'replay is already paused' : null)
  },
  draft(clusterView, request): Draft {
    const { database, name } = standby(clusterView, request, pauseReplayAction)
    const statement = `${name} replays nothing until you resume it: its data becomes stale, and a promotion has to wait.`
    return {
      target: { id: database, name },
      title: `pause replay on ${name}`,
      danger: 'disruptive',
      impact: noImpact(statement),
      checks: [mayExecuteFunction(database, 'pg_wal_replay_pause()')],
      input: request.input,
      steps: [step(database, name, 'pause')],
    }
  },
}

export const resumeReplayAction: Action = {
  name: 'resume-replay',
  title: 'resume replay',
  explains: 'A standby replays the WAL it received during the pause.',
  key: null,
  danger: 'routine',
  target: 'database',
  locks: 'cluster',
  fields: [],
  whyNot(clusterView, target) {
    const reason = needsStandby(clusterView, target)
    return reason ?? (pauseState(clusterView, target) === 'not paused' ? 'replay is not paused' : null)
  },
  draft(clusterView, request): Draft {
    const { database, name } = standby(clusterView, request, resumeReplayAction)
    const waiting = findDatabase(clusterView, database)?.lag?.replayedBytes ?? null
    const amount = waiting === null ? 'an unknown amount' : formatBytes(waiting)
    return {
      target: { id: database, name },
      title: `resume replay on ${name}`,
      danger: 'routine',
      impact: noImpact(`${name} replays ${amount} that it has received.`),
      checks: [
        mayExecuteFunction(database, 'pg_wal_replay_resume()'),
        noRecoveryTarget(database),
        requiredSettingsFor(database, 'resumed', clusterView),
      ],
      input: request.input,
      steps: [step(database, name, 'resume')],
    }
  },
}

function standby(
  clusterView: PlanningView,
  request: ActionRequest,
  action: Action,
): { database: string; name: string } {
  const database = requireTargetDatabase(clusterView, request)
  const reason = action.whyNot(clusterView, database)
  if (reason !== null) throw new PlanError(`${action.name}: ${reason}`)
  return { database, name: databaseName(clusterView, database) }
}

type Args = arg.Of<typeof sqlCallForm>

export const resumeReplayKind = defineStep({
  kind: 'resume-replay',
  version: 1,
  args: sqlCallForm,
  plan: planSqlCall,
  async run(args, tools) {
    await requireNoTarget(args, tools)
    await sqlCallKind.run(args, tools)
  },
  async verify(args, tools): Promise<Verification> {
    const database = args.database
    const view = findDatabase(await tools.refresh(), database)
    if (view && isWritable(view))
      return {
        result: 'never',
        why: `${view.name} has become a primary: its recovery ended`,
        hint: `If another database is writable: pgdeck do fence ${database}`,
      }
    return verifyLasting(await sqlCallKind.verify(args, tools), [database], 'standby', tools)
  },
})

/**
 * The last check: resuming at a recovery target ends recovery, and resuming with lower settings than the primary's ends
 * the server.
 */
async function requireNoTarget(args: Args, tools: ActionToolbox): Promise<void> {
  const view = findDatabase(await tools.refresh(), args.database)
  const position = view && standbyPositionOf(view)
  if (!position) return
  const { recoveryTarget } = position
  if (recoveryTarget && resumeEndsRecovery(position))
    throw new ActionError(
      `${view.name} has a recovery target: ${recoveryTargetText(recoveryTarget)}`,
      'Nothing was resumed.',
    )
  if (view.replayPause?.reason === 'settings')
    throw new ActionError(`replay of ${view.name} is paused ${view.replayPause.text}`, 'Nothing was resumed.')
}
