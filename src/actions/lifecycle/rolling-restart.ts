// `rolling-restart`: restarts all databases of a cluster one after the other, standbys first, the primary last.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import { areSameSystem } from '../../model/replication/mirrored-pair.ts'
import type { Impact } from '../../model/runs/plan.ts'
import { listText } from '../../model/values/text.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  type ClusterView,
  type Draft,
  PlanError,
  type PlanningView,
  type PreflightCheck,
  type PreflightResult,
} from '../definition/action.ts'
import { promotionParticipants } from '../definition/participants.ts'
import { type ProfileActions, profileActionsFor } from '../definition/profile-actions.ts'
import { NO_ENTRY_POINTS, planPrimaryRestart, withWaiting } from '../entry-points/plan-entry-points.ts'
import { roleChangeAbortReason } from '../promotion/abort-conditions.ts'
import { promoteStandbyKind } from '../promotion/promote-standby.ts'
import { switchoverDraft } from '../promotion/switchover-draft.ts'
import { jointByKind } from './joint-check.ts'
import { startableOf } from './startable.ts'
import { databaseStopImpact, stopChecks } from './stop-cost.ts'
import { type PlannedRestart, restartChecks, restartSteps } from './stop-database-draft.ts'

/** Returns the action. It does not switch over where a profile allows none. */
export function createRollingRestartAction(profiles: readonly ProfileActions[]): Action {
  return {
    name: 'rolling-restart',
    title: 'restart all databases, one after the other',
    explains:
      'Standbys first, each proven to stream again before the next; then a switchover to the best standby, which restarts the old primary.',
    key: null,
    danger: 'outage',
    target: 'cluster',
    locks: 'cluster',
    roles: 'changes',
    yieldsToOwn: true,
    fields: [
      {
        name: 'switchover',
        explains: 'switch over before the primary is restarted; else users wait while it is down',
        kind: 'boolean',
        required: false,
        defaultText: 'true if a standby can take over',
      },
    ],
    whyNot: (clusterView) => whyNoPrimary(clusterView),
    draft(clusterView, request, tools): Promise<Draft> {
      const why = whyNoPrimary(clusterView)
      if (why !== null) throw new PlanError(`rolling-restart: ${why}`)
      const profile = profileActionsFor(profiles, clusterView.snapshot.spec.profile)
      const mayTakeOver = (id: string) => (profile?.promotion?.whyNoSwitchover(clusterView, id) ?? null) === null
      return rollingRestartDraft(clusterView, request, tools, mayTakeOver)
    },
    abortReason(plan, clusterView, done) {
      const id = plan.steps.map((step) => promoteStandbyKind.argsOf(step)?.database).find((each) => each !== undefined)
      return id === undefined ? null : roleChangeAbortReason({ ...plan, target: { id, name: id } }, clusterView, done)
    },
  }
}

function whyNoPrimary({ picture }: ClusterView): string | null {
  const writable = picture.databases.filter(isWritable)
  if (writable.length === 1) return null
  if (writable.length === 0) return 'no database is writable'
  return `${listText(writable.map(({ name }) => name))} are writable: restart each by itself`
}

async function rollingRestartDraft(
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
  mayTakeOver: (id: string) => boolean,
): Promise<Draft> {
  const { picture } = clusterView
  const { databases, failover } = picture
  const primary = databases.find(isWritable)
  if (!primary) throw new PlanError('rolling-restart: no database is writable')
  const members = databases.filter((view) => view === primary || areSameSystem(picture, view, primary))
  // The lowest of a cascade first: its upstream then restarts under a standby that has just been proven.
  const standbys = members.filter(isReadableStandby).toSorted((one, other) => other.depth - one.depth)
  const all = await Promise.all(
    [...standbys, primary].map(
      async (view): Promise<PlannedRestart> => ({
        view,
        startable: await startableOf(view, tools),
        users: NO_ENTRY_POINTS,
      }),
    ),
  )
  const candidate = request.input.switchover === 'false' ? null : failover.candidate
  const next = candidate !== null && mayTakeOver(candidate) ? promotionParticipants(clusterView, candidate) : null
  if (request.input.switchover === 'true' && !next)
    throw new PlanError('rolling-restart: no standby can take over; leave out switchover=true')
  const handOver = next ? await switchoverDraft(next, clusterView, request, tools, 'then-') : null
  const inPlace = handOver ? NO_ENTRY_POINTS : await planPrimaryRestart(primary, tools)
  const alone = handOver ? all.filter(({ view }) => view !== primary) : all
  const steps = await Promise.all(
    alone.map(async (each) => {
      const users = each.view === primary ? inPlace : each.users
      return restartSteps({ ...each, users }, clusterView, tools, `-${each.view.id}`)
    }),
  )
  return {
    target: null,
    title: titleOf(standbys, primary, next?.target ?? null),
    danger: 'outage',
    impact: handOver
      ? withStandbys(handOver.impact, standbys)
      : withWaiting(databaseStopImpact(primary, picture, 'restart'), inPlace),
    checks: [
      noClusterManager('rolling-restart', primary.id),
      noneLeftOut(members.filter((view) => view !== primary && !standbys.includes(view))),
      ...jointChecks(all, clusterView),
      ...inPlace.checks,
      ...(handOver?.checks ?? []).filter(({ id }) => id !== 'manager' && id !== 'right-server'),
    ],
    input: request.input,
    steps: [...steps.flat(), ...(handOver?.steps ?? [])],
  }
}

function titleOf(standbys: readonly DatabaseView[], primary: DatabaseView, next: DatabaseView | null): string {
  const first = standbys.length === 0 ? '' : `restart ${listText(standbys.map(({ name }) => name))}, then `
  return next ? `${first}switch over to ${next.name} and restart ${primary.name}` : `${first}restart ${primary.name}`
}

function withStandbys(impact: Impact, standbys: readonly DatabaseView[]): Impact {
  const names = listText(standbys.map(({ name }) => name))
  return {
    ...impact,
    statement: `One after the other ${names} answers no queries for some seconds. Then ${impact.statement}`,
  }
}

/** Warns of databases that are not restarted, because they do not answer. */
export function noneLeftOut(left: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'left-out',
    mayOverride: false,
    run(): PreflightResult {
      if (left.length === 0) return { result: 'pass', message: 'every database of it answers', hint: null }
      const names = left.map(({ name, problem }) => `${name} (${problem?.message ?? 'its state is unknown'})`)
      return { result: 'warn', message: `not restarted, because they do not answer: ${names.join('; ')}`, hint: null }
    },
  }
}

/** The checks of all restarts, those of a kind as one. */
function jointChecks(all: readonly PlannedRestart[], { picture }: PlanningView): readonly PreflightCheck[] {
  const checks = all.flatMap(({ view, startable }) =>
    [...stopChecks(view, startable.service, picture, 'restart'), ...restartChecks(view, startable)].map((check) => ({
      name: view.name,
      check,
    })),
  )
  return jointByKind(checks.filter(({ check }) => check.id !== 'manager'))
}
