// `follow`: points a standby at another upstream. The rest of its connection stays as it was.

import { isFedByArchiveAlone } from '../model/picture/archive-source.ts'
import type { DatabaseView } from '../model/picture/picture.ts'
import { noImpact, type PlannedStep } from '../model/runs/plan.ts'
import { planAttaching, withAdmission } from './add-hba-entry/attaching.ts'
import { enoughWalSendersAndSlots, passwordInServerLog, standbysFollowTimeline } from './checks/attaching-standbys.ts'
import { configFilesValidOn, standbysToReconfigure } from './checks/config-files.ts'
import {
  noReplicationLoop,
  sameSystemIdentifier,
  timelineIsCompatible,
  upstreamIsReadable,
} from './checks/new-upstream.ts'
import { noClusterManager } from './checks/no-manager.ts'
import { targetIsStandby } from './checks/roles.ts'
import { type Action, type ActionRequest, type Draft, PlanError, type PlanningView } from './definition/action.ts'
import { promotionParticipants } from './definition/participants.ts'
import { findDatabase, needsStandby, requireTargetDatabase } from './definition/target.ts'
import { promotionSlotsStep, repointSteps } from './promotion/planned-steps.ts'
import { standbysReplayNow } from './repoint/later-replay.ts'

export const followAction: Action = {
  name: 'follow',
  title: 'follow another upstream',
  explains: 'Points a standby at another upstream; user, password and the rest of its connection stay the same.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  locks: 'cluster',
  fields: [{ name: 'upstream', explains: 'the database to replicate from', kind: 'text', required: true }],
  whyNot: needsStandby,
  async draft(clusterView, request, tools): Promise<Draft> {
    const standby = findDatabase(clusterView, requireTargetDatabase(clusterView, request))
    const upstream = requestedUpstream(clusterView, request)
    const participants = promotionParticipants(clusterView, upstream.id)
    if (!standby || !participants) throw new PlanError('follow: no such database')
    if (standby.id === upstream.id) throw new PlanError(`follow: ${standby.name} can’t follow itself`)
    if (isFedByArchiveAlone(standby))
      throw new PlanError(
        `follow: ${standby.name} has no primary_conninfo, it restores WAL from an archive; set it by hand`,
      )
    const former = findDatabase(clusterView, standby.upstreamId)
    const repoint = await repointSteps({ ...participants, standbys: [standby], primary: former }, tools)
    const attaching = await planAttaching({ upstream, followers: [standby.id], servers: [] }, tools)
    const held = clusterView.picture.slots.filter(({ databaseId, usedBy, type, temporary }) => {
      return databaseId === former?.id && usedBy === standby.id && type === 'physical' && !temporary
    })
    const isLeft = former !== null && former.id !== upstream.id && former.problem === null
    const drop = isLeft ? held.map(({ name }) => ({ database: former.id, name: former.name, slot: name })) : []
    const repointed = repoint.steps.filter(({ args }) => Array.isArray(args.followers) && args.followers.length > 0)
    const steps: readonly PlannedStep[] = repointed.map((step) => ({
      ...step,
      maySkip: false,
      ifStopped: `View 2 shows the upstream of ${standby.name}.`,
    }))
    const slots = await promotionSlotsStep(participants, repoint.slots, drop, tools)
    return {
      target: { id: standby.id, name: standby.name },
      title: `${standby.name} follows ${upstream.name}${former ? ` instead of ${former.name}` : ''}`,
      danger: 'disruptive',
      impact: withAdmission(
        noImpact(`${standby.name} reconnects to ${upstream.name}; its sessions continue.`),
        attaching,
      ),
      checks: [
        targetIsStandby(standby.id),
        noClusterManager('follow', standby.id, upstream.id),
        upstreamIsReadable(upstream.id),
        sameSystemIdentifier(standby.id, upstream.id),
        noReplicationLoop(standby.id, upstream.id),
        timelineIsCompatible(standby.id, upstream.id),
        standbysFollowTimeline([standby]),
        standbysReplayNow([standby]),
        configFilesValidOn(standbysToReconfigure([standby], true)),
        passwordInServerLog([standby]),
        enoughWalSendersAndSlots(upstream.id, 1),
        attaching.check,
      ],
      input: request.input,
      steps: [...attaching.steps, ...steps, ...(drop.length > 0 ? [slots] : [])],
    }
  },
}

function requestedUpstream(clusterView: PlanningView, { input }: ActionRequest): DatabaseView {
  const wanted = input.upstream ?? ''
  const { databases } = clusterView.picture
  const upstream = databases.find(({ id }) => id === wanted) ?? databases.find(({ name }) => name === wanted)
  if (upstream) return upstream
  throw new PlanError(
    `follow: upstream=${wanted} is not a database of this cluster; there are ${databases.map(({ name }) => name).join(', ')}`,
  )
}
