// All checks before a change of roles, in the order of their display.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { AttachingPlan } from '../add-hba-entry/attaching.ts'
import { passwordInServerLog } from '../checks/attaching-standbys.ts'
import { configFilesValidOn, type ReconfiguredServer, standbysToReconfigure } from '../checks/config-files.ts'
import {
  archivingWorks,
  clocksAgree,
  noBackupRunning,
  rewindPossibleLater,
  walDiskSpace,
} from '../checks/environment.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import { primaryConfirmedDown } from '../checks/primary-down.ts'
import { mayExecuteFunction } from '../checks/privilege.ts'
import { recoveryConflict } from '../checks/replay.ts'
import { noOtherPrimary, targetIsStandby } from '../checks/roles.ts'
import { serversCanReach } from '../checks/servers-can-reach.ts'
import type { PlanningView, PreflightCheck } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { canSeeShutdown, type DatabaseService } from '../hosts/service.ts'
import { walReceiverEnded } from './await-receivers.ts'
import { bestCandidateCheck, promotionLossCheck } from './candidate-checks.ts'
import { promotedStateChecks } from './promoted-state.ts'

export interface PromotionMeans {
  /** The plan stops the old primary on its host itself, and continues only when that is verified. */
  readonly isFenced: boolean
  /** How the old primary is stopped, which can report whether it runs; null if unknown. */
  readonly service: DatabaseService | null
  /** How the plan admits to the new primary those who follow and use it. */
  readonly attaching: Pick<AttachingPlan, 'check'>
}

export function promotionChecks(
  participants: PromotionParticipants,
  clusterView: PlanningView,
  { isFenced, service, attaching }: PromotionMeans,
): readonly PreflightCheck[] {
  const { target, primary, isPrimaryUp, standbys } = participants
  const id = target.id
  const comesBack = isPrimaryUp && primary ? [primary] : []
  const subjects = [target, ...comesBack]
  return [
    targetIsStandby(id),
    noClusterManager('promote', id),
    noOtherPrimary(participants, isPrimaryUp),
    ...(isPrimaryUp ? [] : [primaryConfirmedDown(participants, isFenced, service), walReceiverEnded(participants)]),
    bestCandidateCheck(participants),
    promotionLossCheck(
      participants,
      clusterView.config.spec.thresholds.replicationLagBytes,
      service !== null && canSeeShutdown(service),
    ),
    ...promotedStateChecks(participants),
    configFilesValidOn([...standbysToReconfigure(standbys, false), ...comesBack.map(startedAnew)]),
    passwordInServerLog(standbys),
    attaching.check,
    serversCanReach(id),
    walDiskSpace(id),
    mayExecuteFunction(id, 'pg_promote(boolean,integer)'),
    archivingWorks(subjects),
    recoveryConflict(id),
    clocksAgree(id),
    noBackupRunning(subjects),
    ...(isPrimaryUp ? [] : [rewindPossibleLater(id)]),
  ]
}

/** The old primary of a switchover is stopped and must be able to start again. */
function startedAnew({ id, name }: DatabaseView): ReconfiguredServer {
  return { id, name, effect: 'it is stopped, and would not start again', isFatal: true }
}
