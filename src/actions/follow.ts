// `follow`: a standby replicates from another database than before, with everything else of its connection as it was.

import type { DatabaseView } from '../model/picture/picture.ts'
import type { PlannedStep } from '../model/runs/plan.ts'
import { noImpact } from '../model/runs/plan.ts'
import { followersWillFollow, hbaInReverse, passwordInLog, walsendersAndSlots } from './checks/attaching-standbys.ts'
import { followersFiles, goodFilesOf } from './checks/config-files.ts'
import { descends, oneSystem, sameTimeline, upstreamAnswers } from './checks/new-upstream.ts'
import { noManager } from './checks/no-manager.ts'
import { targetIsStandby } from './checks/roles.ts'
import { type Action, type Draft, PlanProblem, type Request, type Sight } from './definition/action.ts'
import { sceneOf } from './definition/participants.ts'
import { databaseOf, needsStandby, targetDatabase } from './definition/target.ts'
import { repointSteps, slotsStep } from './promotion/planned-steps.ts'

export const follow: Action = {
  name: 'follow',
  title: 'follow another database',
  explains: 'A standby is pointed at another upstream; user, password and all else of its connection stay as they are.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  holds: 'cluster',
  fields: [{ name: 'upstream', explains: 'the database to replicate from', kind: 'text', required: true }],
  whyNot: needsStandby,
  async draft(sight, request, tools): Promise<Draft> {
    const standby = databaseOf(sight, targetDatabase(sight, request))
    const upstream = upstreamOf(sight, request)
    const scene = sceneOf(sight, upstream.id)
    if (!standby || !scene) throw new PlanProblem('follow: no such database')
    if (standby.id === upstream.id) throw new PlanProblem(`follow: ${standby.name} can’t follow itself`)
    const former = databaseOf(sight, standby.upstreamId)
    const repoint = await repointSteps({ ...scene, followers: [standby], primary: former }, tools)
    const held = sight.picture.slots.filter(({ databaseId, usedBy, type }) => {
      return databaseId === former?.id && usedBy === standby.id && type === 'physical'
    })
    const isLeft = former !== null && former.id !== upstream.id && former.problem === null
    const drop = isLeft ? held.map(({ name }) => ({ database: former.id, name: former.name, slot: name })) : []
    const repointed = repoint.steps.filter(({ args }) => Array.isArray(args.followers) && args.followers.length > 0)
    const steps: readonly PlannedStep[] = repointed.map((step) => ({
      ...step,
      maySkip: false,
      ifStopped: `${standby.name} replicates from where it says then; look at view 2.`,
    }))
    const slots = await slotsStep(scene, repoint.slots, drop, tools)
    return {
      target: { id: standby.id, name: standby.name },
      title: `${standby.name} follows ${upstream.name}${former ? ` instead of ${former.name}` : ''}`,
      danger: 'disruptive',
      impact: {
        ...noImpact(`${standby.name} is cut off for a moment and goes on from ${upstream.name}; its sessions go on.`),
        serversAffected: [],
      },
      checks: [
        targetIsStandby(standby.id),
        noManager('follow', standby.id),
        upstreamAnswers(upstream.id),
        oneSystem(standby.id, upstream.id),
        descends(standby.id, upstream.id),
        sameTimeline(standby.id, upstream.id),
        followersWillFollow([standby]),
        goodFilesOf(followersFiles([standby], true)),
        passwordInLog([standby]),
        walsendersAndSlots(upstream.id, 1),
        hbaInReverse(upstream.id),
      ],
      input: request.input,
      steps: drop.length > 0 ? [...steps, slots] : steps,
    }
  },
}

function upstreamOf(sight: Sight, { input }: Request): DatabaseView {
  const wanted = input.upstream ?? ''
  const { databases } = sight.picture
  const found = databases.find(({ id }) => id === wanted) ?? databases.find(({ name }) => name === wanted)
  if (found) return found
  throw new PlanProblem(
    `follow: upstream=${wanted} is not a database of this cluster; there are ${databases.map(({ name }) => name).join(', ')}`,
  )
}
