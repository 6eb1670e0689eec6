// `decommission`: removes a standby from its cluster for good: its service, its slots, its lines in pg_hba.conf.

import { isWritable } from '../../model/picture/roles.ts'
import { rightHosts } from '../add-hba-entry/host-check.ts'
import { backupWindow } from '../backup/backup-window.ts'
import { dataAccess } from '../checks/data-access.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { notRequiredForCommits } from '../checks/sync-standbys.ts'
import { type Action, type ClusterView, type Draft, PlanError } from '../definition/action.ts'
import { actionByProfile } from '../definition/by-profile.ts'
import type { ProfileActions, ProfilePlan } from '../definition/profile-actions.ts'
import { stopImpact } from '../definition/stop-impact.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { notWritable } from '../rebuild-replica/checks.ts'
import { stopStandbyKind } from '../steps/stop-standby.ts'
import { anotherStandbyRemains, noCascadingStandbys, notUsedByServers } from './checks.ts'
import { followUpNoteKind } from './follow-up-step.ts'
import { dropSlotSteps, removeHbaLinesSteps } from './planned-steps.ts'
import { removeHbaLinesKind } from './remove-hba-lines.ts'

/** Returns the action, with the plans of these profiles and that for plain PostgreSQL. */
export function createDecommissionAction(profiles: readonly ProfileActions[]): Action {
  return actionByProfile(
    {
      name: 'decommission',
      title: 'decommission a node',
      explains: 'Stops its service, drops its slot, removes its lines in pg_hba.conf; its data stays.',
      key: 'X',
      danger: 'outage',
      target: 'node',
      locks: 'cluster',
    },
    plainDecommission,
    profiles,
  )
}

const plainDecommission: ProfilePlan = {
  fields: [],
  whyNot: needsNoPrimary,
  async draft(_, request, tools): Promise<Draft> {
    const clusterView = await tools.refresh(['hba'])
    const view = findDatabase(clusterView, requireTargetDatabase(clusterView, request))
    if (!view) throw new PlanError(`decommission: ${request.target ?? 'nothing'} is not a database of this cluster`)
    const service = await databaseServiceOf(view.id, tools)
    const upstream = findDatabase(clusterView, view.upstreamId)
    const stop = stopStandbyKind.plan({
      id: 'stop',
      view,
      service,
      ifStopped: `${view.name} is down, and everything else is unchanged.`,
      // A script skips a manual step to confirm that a person has done it.
      maySkip: service.control === 'manual',
    })
    const slots = await dropSlotSteps(view, clusterView, tools)
    const lines = await removeHbaLinesSteps(view, clusterView, tools)
    const freed =
      slots.length === 0 ? 'It has no slot' : `${slots.length === 1 ? 'Its slot is' : 'Its slots are'} dropped`
    const narrow =
      lines.length === 0 ? 'pg_hba.conf has no line for it alone' : 'the lines of pg_hba.conf for it alone are removed'
    return {
      target: { id: view.id, name: view.name },
      title: `decommission ${view.name}`,
      danger: 'outage',
      impact: stopImpact(
        view,
        clusterView.picture,
        `${view.name} is stopped; to follow again it has to be rebuilt. ${freed}, ${narrow}; its data stays.`,
      ),
      checks: [
        notWritable(view.id),
        dataAccess(service),
        noClusterManager('decommission', view.id),
        backupWindow(view, false),
        noCascadingStandbys(view),
        notUsedByServers(view),
        anotherStandbyRemains(view),
        notRequiredForCommits(view, upstream),
        rightHosts(lines.flatMap((line) => removeHbaLinesKind.argsOf(line)?.database ?? [])),
      ],
      input: request.input,
      steps: [stop, ...slots, ...lines, followUpNoteKind.plan({ view, service, config: clusterView.config })],
    }
  },
}

function needsNoPrimary(clusterView: ClusterView, target: string | null): string | null {
  const view = findDatabase(clusterView, target)
  if (!view) return 'select a database first'
  return isWritable(view) ? `${view.name} is writable: this action refuses a primary` : null
}
