// Actions that only a manager can carry out: its pause, its resumption, and the end of a scheduled switchover.

import { isPausedAnywhere } from '../../model/managers/detection/cluster-manager.ts'
import { managerTitle } from '../../model/managers/manager-guard.ts'
import { type Action, type ActionRequest, type ClusterView, PlanError } from '../definition/action.ts'

const COMMON = { key: null, target: 'cluster', locks: 'cluster', fields: [], yieldsToOwn: true } as const

export const pauseManagerAction: Action = {
  ...COMMON,
  name: 'pause-manager',
  title: 'pause the manager',
  explains: 'Patroni, repmgr or another one that pgdeck may ask decides nothing by itself until it is resumed.',
  danger: 'disruptive',
  whyNot: (clusterView) =>
    whyNoManager(clusterView) ?? (clusterView.picture.manager?.paused ? 'it is paused already' : null),
  draft: refuse,
}

export const resumeManagerAction: Action = {
  ...COMMON,
  name: 'resume-manager',
  title: 'resume the manager',
  explains: 'A manager that is paused decides by itself again.',
  danger: 'disruptive',
  whyNot: (clusterView) => whyNoManager(clusterView) ?? whyNotResumed(clusterView),
  draft: refuse,
}

export const cancelSwitchoverAction: Action = {
  ...COMMON,
  name: 'cancel-switchover',
  title: 'cancel the scheduled switchover',
  explains: 'A switchover that Patroni is to make later is not made.',
  danger: 'routine',
  whyNot: (clusterView) =>
    whyNoManager(clusterView) ??
    (clusterView.picture.manager?.details?.scheduledSwitchover ? null : 'no switchover is scheduled'),
  draft: refuse,
}

function whyNotResumed({ picture: { manager } }: ClusterView): string | null {
  return manager?.paused === false && !isPausedAnywhere(manager) ? 'it is not paused' : null
}

function whyNoManager({ picture: { manager } }: ClusterView): string | null {
  return manager === null || manager.activity === 'hint' ? 'no manager is in charge of this cluster' : null
}

/** There is no way without the manager. */
function refuse(clusterView: ClusterView, { action }: ActionRequest): never {
  const why = whyNoManager(clusterView)
  if (why !== null) throw new PlanError(`${action}: ${why}`)
  const { manager } = clusterView.picture
  const title = manager ? managerTitle(manager) : 'the manager'
  throw new PlanError(
    `${action}: pgdeck may not ask ${title}: set "manager" with "act": true for this cluster in the config`,
  )
}

/** Those that have no plan without the manager. */
export const ONLY_BY_MANAGER: ReadonlySet<string> = new Set(
  [pauseManagerAction, resumeManagerAction, cancelSwitchoverAction].map(({ name }) => name),
)
