// The plan that starts a database: in the role of its files, with all that keeps a second primary from starting.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { roleWord } from '../../model/picture/roles.ts'
import { type Impact, noImpact } from '../../model/runs/plan.ts'
import { listText } from '../../model/values/text.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { isDownNow, noOtherPrimaryRuns } from '../checks/second-primary.ts'
import type { ActionRequest, ActionToolbox, Draft, PlanningView } from '../definition/action.ts'
import { unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'
import { inspectableHost } from '../hosts/server-on-host.ts'
import { type DatabaseService, databaseServiceOf } from '../hosts/service.ts'
import { startFilesOf } from '../hosts/start-files.ts'
import { startDatabaseKind } from '../steps/start-database.ts'
import {
  type ExpectedRole,
  gateOver,
  isOutOfDate,
  restoreGateOpen,
  startsInRole,
  timelineIsCurrent,
} from './start-checks.ts'

/** A database with the commands of its host and the role in which it would start. */
interface Startable {
  readonly service: DatabaseService
  readonly expected: ExpectedRole
}

export async function startDatabaseDraft(
  view: DatabaseView,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { service, expected } = await startableOf(view, tools)
  const mayBePrimary = expected.role !== 'standby'
  const instead = `Start it as a standby: pgdeck do unfence ${view.id} --set as=standby`
  return {
    target: { id: view.id, name: view.name },
    title: `start ${view.name}`,
    danger: isRisky(view, expected, clusterView) ? 'outage' : 'routine',
    impact: startImpact(view, expected, clusterView),
    checks: [
      noClusterManager('start', view.id),
      isDownNow(view),
      dataDirectoryMatches(view, service),
      startsInRole(view, expected),
      restoreGateOpen(view.id, expected.role),
      ...(mayBePrimary ? [noOtherPrimaryRuns(view, instead)] : []),
      timelineIsCurrent(view, expected),
    ],
    input: request.input,
    steps: [startDatabaseKind.plan({ view, service, as: 'as-found', found: expected.role })],
  }
}

/** Its files decide; where they can't be read, a standby by its last reading counts as one. */
async function startableOf(view: DatabaseView, tools: ActionToolbox): Promise<Startable> {
  const known = await databaseServiceOf(view.id, tools)
  const folder = inspectableHost(view.id, tools)?.dataDirectory ?? null
  // A host may have a command to start PostgreSQL and none to stop it.
  const access = known.start === null ? null : (tools.host(known.host)?.accessKind ?? null)
  const control = known.control === 'manual' && access !== null ? access : known.control
  const files = await startFilesOf({ ...known, control, dataDirectory: folder }, tools)
  const wasStandby = roleWord(view) === 'standby'
  return {
    service: { ...known, control, dataDirectory: files === null ? null : folder },
    expected: { role: files?.role ?? (wasStandby ? 'standby' : null), files },
  }
}

/** Whether it may begin a second primary, or undo a change of roles: then the name is typed. */
function isRisky(view: DatabaseView, expected: ExpectedRole, clusterView: PlanningView): boolean {
  if (expected.role === 'standby') return false
  const others = [...writableOfSameSystem(clusterView, view), ...unreadOfSameSystem(clusterView, view)]
  return (
    others.length > 0 ||
    expected.role === 'recovering' ||
    gateOver(clusterView, view.id) !== null ||
    isOutOfDate(view, expected, clusterView)
  )
}

function startImpact(view: DatabaseView, { role, files }: ExpectedRole, { picture }: PlanningView): Impact {
  const { name } = view
  if (role === 'standby') {
    const fenced = files?.fencedBy ?? null
    const why = fenced === null ? '' : ', because it is fenced'
    return noImpact(`${name} starts as a standby${why}: it is not writable.`)
  }
  const waiting = picture.servers.filter(({ databaseId }) => databaseId === view.id).map((server) => server.name)
  const serve = waiting.length === 0 ? '' : `, and ${listText(waiting)} can use it again`
  if (role === 'primary') return noImpact(`${name} takes writes again${serve}. Nothing is lost.`)
  return noImpact(`${name} may take writes then${serve}.`)
}
