// Every check before a change of roles, in the order in which they are told.

import type { DatabaseView } from '../../model/picture/picture.ts'
import {
  followersWillFollow,
  hbaInReverse,
  passwordInLog,
  syncStandbys,
  walsendersAndSlots,
} from '../checks/attaching-standbys.ts'
import { type Changed, followersFiles, goodFilesOf } from '../checks/config-files.ts'
import { archiving, backupRunning, clocks, diskRoom, rewindLater } from '../checks/environment.ts'
import { noManager } from '../checks/no-manager.ts'
import { downByOthers } from '../checks/primary-down.ts'
import { mayExecute } from '../checks/privilege.ts'
import { applyDelay, recoveryConflict, replayBacklog, replayPaused } from '../checks/replay.ts'
import { requiredSettingsFor } from '../checks/required-settings.ts'
import { noOtherPrimary, targetIsStandby } from '../checks/roles.ts'
import { serversCanReach } from '../checks/servers-can-reach.ts'
import type { CheckCode, Sight } from '../definition/action.ts'
import type { Scene } from '../definition/participants.ts'
import { type Service, tellsItsEnd } from '../hosts/service.ts'
import { bestCandidate, loss } from './candidate-checks.ts'
import { receiverEnded } from './receiver-check.ts'

/** `isFenced`: the plan stops the old primary on its host by itself, and goes on only when that is seen; `service` is how, and can tell whether it runs. */
export function promotionChecks(
  scene: Scene,
  sight: Sight,
  isFenced: boolean,
  service: Service | null = null,
): readonly CheckCode[] {
  const { target, primary, isPrimaryUp, followers } = scene
  const id = target.id
  const comesBack = isPrimaryUp && primary ? [primary] : []
  const subjects = [target, ...comesBack]
  return [
    targetIsStandby(id),
    noManager('promote', id),
    noOtherPrimary(scene, isPrimaryUp),
    ...(isPrimaryUp ? [] : [downByOthers(scene, isFenced, service), receiverEnded(scene)]),
    bestCandidate(scene),
    loss(scene, sight.config.spec.thresholds.replicationLagBytes, service !== null && tellsItsEnd(service)),
    replayPaused(id),
    applyDelay(id),
    requiredSettingsFor(id, 'promoted'),
    replayBacklog(id),
    syncStandbys(id, [...followers, ...comesBack]),
    walsendersAndSlots(id, followers.length + comesBack.length),
    followersWillFollow(followers),
    goodFilesOf([...followersFiles(followers, false), ...comesBack.map(startedAnew)]),
    passwordInLog(followers),
    hbaInReverse(id),
    serversCanReach(id),
    diskRoom(id),
    mayExecute(id, 'pg_promote(boolean,integer)'),
    archiving(subjects),
    recoveryConflict(id),
    clocks(id),
    backupRunning(subjects),
    ...(isPrimaryUp ? [] : [rewindLater(id)]),
  ]
}

/** The old primary of a switchover is stopped, and has to start again. */
function startedAnew({ id, name }: DatabaseView): Changed {
  return { id, name, effect: 'it is stopped, and would not start again', isFatal: true }
}
