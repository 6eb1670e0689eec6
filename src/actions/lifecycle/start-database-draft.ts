// The plan that starts a database: in the role of its files, with all that keeps a second primary from starting.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { type Impact, noImpact } from '../../model/runs/plan.ts'
import { listText } from '../../model/values/text.ts'
import { dataAccess } from '../checks/data-access.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { isDownNow, noOtherPrimaryRuns } from '../checks/second-primary.ts'
import type { ActionRequest, ActionToolbox, Draft, PlanningView, PreflightCheck } from '../definition/action.ts'
import { unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'
import { startDatabaseKind } from '../steps/start-database.ts'
import {
  type ExpectedRole,
  endedAsStandby,
  gateOver,
  isOutOfDate,
  keepsStandbyRole,
  restoreGateOpen,
  startsInRole,
  timelineIsCurrent,
} from './start-checks.ts'
import { type Startable, startableOf } from './startable.ts'

export async function startDatabaseDraft(
  view: DatabaseView,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { service, expected } = await startableOf(view, tools)
  return {
    target: { id: view.id, name: view.name },
    title: `start ${view.name}`,
    danger: isRisky(view, expected, clusterView) ? 'outage' : 'routine',
    impact: startImpact(view, expected, clusterView),
    checks: databaseStartChecks(view, { service, expected }),
    input: request.input,
    steps: [
      startDatabaseKind.plan({
        view,
        service,
        as: 'as-found',
        found: expected.role,
        unread: unreadOfSameSystem(clusterView, view),
      }),
    ],
  }
}

/** All that keeps a second primary from starting, and an outdated one. */
export function databaseStartChecks(view: DatabaseView, { service, expected }: Startable): readonly PreflightCheck[] {
  const instead = `Start it as a standby: pgdeck do unfence ${view.id} --set as=standby`
  return [
    noClusterManager('start', view.id),
    isDownNow(view),
    dataAccess(service),
    dataDirectoryMatches(view, service),
    startsInRole(view, expected),
    keepsStandbyRole(view, expected),
    restoreGateOpen(view.id, expected.role),
    ...(expected.role === 'as-standby' ? [] : [noOtherPrimaryRuns(view, instead)]),
    timelineIsCurrent(view, expected),
  ]
}

/** Whether it may begin a second primary, or undo a change of roles: then the name is typed. */
function isRisky(view: DatabaseView, expected: ExpectedRole, clusterView: PlanningView): boolean {
  if (expected.role === 'as-standby') return false
  const others = [...writableOfSameSystem(clusterView, view), ...unreadOfSameSystem(clusterView, view)]
  return (
    others.length > 0 ||
    expected.role === 'recovering' ||
    endedAsStandby(view, expected.files) ||
    gateOver(clusterView, view.id) !== null ||
    isOutOfDate(view, expected, clusterView)
  )
}

function startImpact(view: DatabaseView, { role, files }: ExpectedRole, { picture }: PlanningView): Impact {
  const { name } = view
  if (role === 'as-standby') {
    const fenced = files?.fencedBy ?? null
    const why = fenced === null ? '' : ', because it is fenced'
    return noImpact(`${name} starts as a standby${why}: it is not writable.`)
  }
  const waiting = picture.servers.filter(({ databaseId }) => databaseId === view.id).map((server) => server.name)
  const serve = waiting.length === 0 ? '' : `, and ${listText(waiting)} can use it again`
  if (role === 'as-primary') return noImpact(`${name} is writable again${serve}. Nothing is lost.`)
  return noImpact(`${name} may be writable then${serve}.`)
}
