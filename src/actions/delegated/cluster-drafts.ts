// Plans about the whole cluster that a manager carries out: a rolling restart, its pause, a scheduled switchover.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import { areSameSystem } from '../../model/replication/mirrored-pair.ts'
import { noImpact } from '../../model/runs/plan.ts'
import { listText } from '../../model/values/text.ts'
import { type Draft, PlanError, type PreflightCheck } from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import { NO_ENTRY_POINTS, planPrimaryRestart, withWaiting } from '../entry-points/plan-entry-points.ts'
import { jointByKind } from '../lifecycle/joint-check.ts'
import { noneLeftOut } from '../lifecycle/rolling-restart.ts'
import { startableOf } from '../lifecycle/startable.ts'
import { databaseStopImpact, stopChecks } from '../lifecycle/stop-cost.ts'
import { restartChecks } from '../lifecycle/stop-database-draft.ts'
import { oneRequest, restartedByManager, restartStep, whileUsersWait } from './database-drafts.ts'
import { type Delegation, managerCarriesOut, type NotDelegated } from './delegated-draft.ts'
import { NO_EFFECT } from './effects.ts'
import { delegatedPromotion, withEffects } from './promotion-draft.ts'

/** Standbys first, each proven before the next; then a switchover, which restarts the old primary, or its restart. */
export async function delegatedRollingRestart(delegation: Delegation): Promise<Draft | NotDelegated> {
  const { picture } = delegation.clusterView
  const primary = picture.databases.find(isWritable)
  if (!primary) throw new PlanError('rolling-restart: no database is writable')
  const others = picture.databases.filter((view) => view !== primary && areSameSystem(picture, view, primary))
  const standbys = others.filter(isReadableStandby).toSorted((one, other) => other.depth - one.depth)
  const handOver = await handOverOf(delegation)
  if (handOver && 'why' in handOver) return handOver
  const alone = handOver ? standbys : [...standbys, primary]
  const restarts = await Promise.all(alone.map((view) => restartStep(delegation, view, `-${view.id}`)))
  const refused = restarts.find((each): each is NotDelegated => 'why' in each)
  if (refused) return refused
  const restarted = restarts.flatMap((each) => ('why' in each ? [] : [each]))
  const users = handOver ? NO_ENTRY_POINTS : await planPrimaryRestart(primary, delegation.tools)
  const steps = await Promise.all(
    restarted.map((each, index) => {
      const restart = { view: primary, steps: each.steps, users }
      return alone[index] === primary ? whileUsersWait(delegation, restart, `-${primary.id}`) : each.steps
    }),
  )
  const checks = await Promise.all(
    alone.map(async (view) => (await checksOfRestart(delegation, view)).map((check) => ({ name: view.name, check }))),
  )
  const first = standbys.length === 0 ? '' : `restart ${listText(standbys.map(({ name }) => name))}, then `
  const last = handOver ? `${handOver.title}, which restarts ${primary.name}` : `restart ${primary.name}`
  return {
    target: null,
    title: `${first}${last}`,
    danger: 'outage',
    impact: withEffects(
      handOver?.impact ?? withWaiting(databaseStopImpact(primary, picture, 'restart'), users),
      standbys.length === 0
        ? []
        : ['Before that each standby answers no queries for some seconds, one after the other.'],
    ),
    checks: [
      managerCarriesOut(delegation),
      noneLeftOut(others.filter((view) => !standbys.includes(view))),
      ...jointByKind([
        ...checks.flat(),
        ...restarted.flatMap(({ planned }, index) =>
          planned.checks.map((check) => ({ name: alone[index]?.name ?? '', check })),
        ),
        ...(handOver?.checks ?? []).flatMap((check) =>
          check.id === 'manager' ? [] : [{ name: handOver?.target?.name ?? '', check }],
        ),
      ]),
      ...users.checks,
    ],
    input: delegation.request.input,
    steps: [...steps.flat(), ...(handOver?.steps ?? [])],
  }
}

/** For repmgr pgdeck itself stops and starts each server: then what a restart without a manager looks at counts. */
async function checksOfRestart(delegation: Delegation, view: DatabaseView): Promise<readonly PreflightCheck[]> {
  if (delegation.acts.kind !== 'repmgr') return restartedByManager(delegation, view)
  const { clusterView, tools } = delegation
  const startable = await startableOf(view, tools)
  const own = [
    ...stopChecks(view, startable.service, clusterView.picture, 'restart'),
    ...restartChecks(view, startable),
  ]
  return own.filter(({ id }) => id !== 'manager')
}

/** The switchover at its end; null: the primary is restarted in its place. */
async function handOverOf(delegation: Delegation): Promise<Draft | NotDelegated | null> {
  const { clusterView, request } = delegation
  const isWanted = request.input.switchover !== 'false'
  const candidate = isWanted ? clusterView.picture.failover.candidate : null
  const next = candidate === null ? null : promotionParticipants(clusterView, candidate)
  if (next) return delegatedPromotion(delegation, next, null)
  if (request.input.switchover !== 'true') return null
  throw new PlanError('rolling-restart: no standby can take over; leave out switchover=true')
}

export function delegatedPause(delegation: Delegation): Promise<Draft | NotDelegated> {
  return oneRequest(
    delegation,
    { wanted: { act: 'pause' }, view: null, effect: NO_EFFECT, ifStopped: 'It is paused, or will be.' },
    {
      danger: 'disruptive',
      impact: noImpact('Nothing fails over by itself until it is resumed: pgdeck do resume-manager.'),
      checks: [],
    },
  )
}

export function delegatedResume(delegation: Delegation): Promise<Draft | NotDelegated> {
  return oneRequest(
    delegation,
    { wanted: { act: 'resume' }, view: null, effect: NO_EFFECT, ifStopped: 'It is resumed, or will be.' },
    {
      danger: 'disruptive',
      impact: noImpact('It decides by itself again: a primary that does not answer is replaced.'),
      checks: [],
    },
  )
}

export function delegatedCancel(delegation: Delegation): Promise<Draft | NotDelegated> {
  return oneRequest(
    delegation,
    {
      wanted: { act: 'cancel-switchover' },
      view: null,
      effect: NO_EFFECT,
      ifStopped: 'The switchover is cancelled, or it is not.',
    },
    { danger: 'routine', impact: noImpact('The primary stays what it is.'), checks: [] },
  )
}
