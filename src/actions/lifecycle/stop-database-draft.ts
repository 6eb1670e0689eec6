// The plans that stop a database, and that stop and start it again in the same role.

import { upstreamOf } from '../../model/picture/neighbours.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadAsStandby } from '../../model/picture/roles.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { replayKeepsRunning, standbyHasEnough } from '../checks/lowered-settings.ts'
import type { ActionRequest, ActionToolbox, Draft, PlanningView } from '../definition/action.ts'
import { type EntryPointPlan, planPrimaryRestart, withWaiting } from '../entry-points/plan-entry-points.ts'
import { type DatabaseService, databaseServiceOf } from '../hosts/service.ts'
import { checkpointBeforeStop } from '../steps/checkpoint-step.ts'
import { streamingFrom } from '../steps/repoint-standbys.ts'
import { startDatabaseKind } from '../steps/start-database.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { stopStandbyKind } from '../steps/stop-standby.ts'
import { waitStreamingKind } from '../steps/wait-streaming.ts'
import { comesBackInRole, filesLetItStart, hbaLetsItStart, pauseIsLost, pendingSettings } from './restart-checks.ts'
import { restoreGateOpen } from './start-checks.ts'
import { type Startable, startableOf } from './startable.ts'
import { databaseStopImpact, stopChecks, stopsUsers } from './stop-cost.ts'

export async function stopDatabaseDraft(
  view: DatabaseView,
  { picture }: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const service = await databaseServiceOf(view.id, tools)
  return {
    target: { id: view.id, name: view.name },
    title: `stop ${view.name}`,
    danger: stopsUsers(view, picture) ? 'outage' : 'disruptive',
    impact: databaseStopImpact(view, picture, 'stop'),
    checks: [...stopChecks(view, service, picture, 'stop'), pauseIsLost(view, 'stop')],
    input: request.input,
    steps: [...(await checkpointBeforeStop(view, tools)), stopStep(view, service, 'stop')],
  }
}

export async function restartDatabaseDraft(
  view: DatabaseView,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { picture } = clusterView
  const startable = await startableOf(view, tools)
  const users = await planPrimaryRestart(view, tools)
  return {
    target: { id: view.id, name: view.name },
    title: `restart ${view.name}`,
    danger: stopsUsers(view, picture) ? 'outage' : 'disruptive',
    impact: withWaiting(databaseStopImpact(view, picture, 'restart'), users),
    checks: [
      ...stopChecks(view, startable.service, picture, 'restart'),
      ...restartChecks(view, startable),
      replayKeepsRunning(view),
      restoreGateOpen(view.id, startable.expected.role),
      ...users.checks,
    ],
    input: request.input,
    steps: await restartSteps({ view, startable, users }, clusterView, tools),
  }
}

/** What would keep it from coming back as it was. */
export function restartChecks(view: DatabaseView, { expected }: Startable) {
  return [
    comesBackInRole(view, expected),
    filesLetItStart(view),
    hbaLetsItStart(view),
    standbyHasEnough(view),
    pauseIsLost(view, 'restart'),
    pendingSettings(view),
  ]
}

export interface PlannedRestart {
  readonly view: DatabaseView
  readonly startable: Startable
  /** What becomes of the clients of poolers meanwhile. */
  readonly users: EntryPointPlan
}

/** Its shutdown and its start; for a standby that streams also the wait until it does again. `suffix`: of the steps' ids. */
export async function restartSteps(
  { view, startable: { service, expected }, users }: PlannedRestart,
  clusterView: PlanningView,
  tools: ActionToolbox,
  suffix = '',
): Promise<readonly PlannedStep[]> {
  const upstream = upstreamOf(clusterView.picture, view)
  const streams = upstream !== null && streamingFrom(clusterView, view.id, upstream.id).streams
  return [
    ...(await checkpointBeforeStop(view, tools, `checkpoint${suffix}`)),
    ...users.hold,
    stopStep(view, service, `stop${suffix}`),
    startDatabaseKind.plan({ id: `start${suffix}`, view, service, as: 'as-found', found: expected.role }),
    ...users.release,
    ...users.byHand,
    ...users.proof,
    ...(streams ? [streamsStep(view, upstream, `streams${suffix}`)] : []),
  ]
}

/** A shutdown in mode fast. It may start again in the role that it has. */
function stopStep(view: DatabaseView, known: DatabaseService, id: string): PlannedStep {
  const { name } = view
  const service: DatabaseService = known.stop === null ? { ...known, control: 'manual' } : known
  const stop = { id, view, service, bars: false }
  const ifStopped = `${name} is down. To start it: pgdeck do start ${view.id}`
  if (isReadAsStandby(view)) {
    const undo = service.start === null || service.control === 'manual' ? null : 'started again, as a standby'
    return stopStandbyKind.plan({ ...stop, ifStopped, maySkip: service.control === 'manual', undo })
  }
  return {
    ...stopDatabaseKind.plan(stop),
    maySkip: service.control === 'manual',
    changes: [view.id],
    ifStopped,
  }
}

function streamsStep(view: DatabaseView, upstream: DatabaseView, id: string): PlannedStep {
  return waitStreamingKind.plan({
    id,
    database: view.id,
    upstream: upstream.id,
    startedAfter: null,
    title: `wait until ${view.name} streams from ${upstream.name} again`,
    how: 'sql',
    where: upstream.name,
    detail: `SELECT * FROM pg_catalog.pg_stat_replication; -- on ${upstream.name}`,
    verify: `pg_stat_replication of ${upstream.name} shows it streaming, some seconds long`,
    ifStopped: `${view.name} runs; whether it streams is not proven.`,
    maySkip: true,
    deadlineSeconds: 120,
  })
}
