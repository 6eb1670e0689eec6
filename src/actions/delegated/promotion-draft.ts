// The plan of a change of roles that a manager carries out: one request, then the proof as after a direct promotion.

import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { Impact, PlannedStep } from '../../model/runs/plan.ts'
import { archivingWorks, clocksAgree, noBackupRunning, walDiskSpace } from '../checks/environment.ts'
import { primaryConfirmedDown } from '../checks/primary-down.ts'
import { noOtherPrimary, targetIsStandby } from '../checks/roles.ts'
import { serversCanReach } from '../checks/servers-can-reach.ts'
import type { Draft, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import {
  type EntryPointPlan,
  NO_ENTRY_POINTS,
  planEntryPoints,
  withWaiting,
} from '../entry-points/plan-entry-points.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { bestCandidateCheck, promotionLossCheck } from '../promotion/candidate-checks.ts'
import { failoverImpact, promotionDanger, switchoverImpact } from '../promotion/cost.ts'
import { promotedStateChecks } from '../promotion/promoted-state.ts'
import { promotionReportKind } from '../promotion/promotion-report.ts'
import { candidateStreams } from '../promotion/switchover-checks.ts'
import { writeTestKind } from '../promotion/write-test.ts'
import { checkpointBeforePause } from '../steps/checkpoint-step.ts'
import { waitStreamingKind } from '../steps/wait-streaming.ts'
import { askManagerKind } from './ask-manager.ts'
import type { PlannedRequest } from './definition/manager-acts.ts'
import { type Delegation, managerCarriesOut, type NotDelegated, requestFor } from './delegated-draft.ts'
import { NO_EFFECT } from './effects.ts'
import { provenShutdownKind } from './proven-shutdown.ts'

/** `at`: when the manager is to switch over, in milliseconds since the epoch; null: now. */
export async function delegatedPromotion(
  delegation: Delegation,
  participants: PromotionParticipants,
  at: number | null,
): Promise<Draft | NotDelegated> {
  const { isPrimaryUp } = participants
  if (at !== null && !isPrimaryUp) return { why: 'no primary answers, so nothing can be scheduled' }
  const wanted = isPrimaryUp
    ? { act: 'switchover' as const, participants, at }
    : { act: 'failover' as const, participants }
  const planned = await requestFor(delegation, wanted)
  if ('why' in planned) return planned
  const { target, primary } = participants
  const { clusterView, request } = delegation
  const users = await usersOf(delegation, participants, at)
  const instead = isPrimaryUp || !primary ? '' : ` in place of ${primary.name}, which is down`
  return {
    target: { id: target.id, name: target.name },
    title: at === null ? `${planned.title}${instead}` : planned.title,
    danger: promotionDanger(participants, clusterView),
    impact: withWaiting(
      withEffects(impactOf(delegation, { ...participants, ...estimateBy(participants, planned) }, at), planned.effects),
      users,
    ),
    checks: [...(await checksOf(delegation, participants)), ...planned.checks, ...users.checks],
    input: request.input,
    steps:
      at === null
        ? await promotionSteps(delegation, participants, planned, users)
        : [scheduleStep(delegation, participants, planned)],
  }
}

/** What the run does with poolers and addresses. The manager switches over at a later time without pgdeck. */
async function usersOf(
  { tools }: Delegation,
  { primary, target, isPrimaryUp }: PromotionParticipants,
  at: number | null,
): Promise<EntryPointPlan> {
  return at === null ? planEntryPoints({ primary, target, pauses: isPrimaryUp }, tools) : NO_ENTRY_POINTS
}

/** The request for a change of roles now, and its proof. */
async function promotionSteps(
  { acts, tools }: Delegation,
  participants: PromotionParticipants,
  planned: PlannedRequest,
  users: EntryPointPlan,
): Promise<readonly PlannedStep[]> {
  const { target, primary, isPrimaryUp, standbys } = participants
  const followers = isPrimaryUp && primary ? [...standbys, primary] : standbys
  return [
    ...(primary ? await checkpointBeforePause(primary, users.hold, tools) : []),
    ...users.hold,
    askManagerKind.plan({
      id: 'ask-manager',
      acts,
      act: isPrimaryUp ? 'switchover' : 'failover',
      planned,
      database: target.id,
      effect: {
        ...NO_EFFECT,
        kind: 'promoted',
        timeline: target.timeline ?? 0,
        old: isPrimaryUp && primary ? primary.id : null,
        usersWait: users.hold.length > 0,
      },
      ifStopped: `${target.name} is the primary, or becomes it: look before you act.`,
      changes: [target.id, ...(primary ? [primary.id] : [])],
    }),
    writeTestKind.plan(target),
    ...users.release,
    ...(isPrimaryUp ? users.byHand : []),
    ...followers.map((view) => followStep(view, target)),
    ...(isPrimaryUp && primary ? [provenShutdownKind.plan({ target, old: primary })] : []),
    ...(isPrimaryUp ? [] : users.byHand),
    ...users.proof,
    promotionReportKind.plan({ ...participants, standbys: followers }),
  ]
}

function scheduleStep({ acts }: Delegation, { target }: PromotionParticipants, planned: PlannedRequest): PlannedStep {
  return askManagerKind.plan({
    id: 'ask-manager',
    acts,
    act: 'switchover',
    planned,
    database: target.id,
    effect: NO_EFFECT,
    ifStopped: 'The switchover is scheduled, or it is not: pgdeck do cancel-switchover takes it back.',
    changes: [],
  })
}

function followStep(view: DatabaseView, target: DatabaseView): PlannedStep {
  return waitStreamingKind.plan({
    id: `follows-${view.id}`,
    database: view.id,
    upstream: target.id,
    startedAfter: null,
    title: `wait until ${view.name} streams from ${target.name}`,
    how: 'sql',
    where: target.name,
    detail: `SELECT * FROM pg_catalog.pg_stat_replication; -- on ${target.name}`,
    verify: `pg_stat_replication of ${target.name} shows it streaming, some seconds long`,
    ifStopped: `${target.name} is writable; whether ${view.name} follows it is not proven.`,
    maySkip: true,
    deadlineSeconds: 120,
  })
}

/** The manager stops the old primary itself, and tells nothing of the end of its WAL. */
function impactOf(
  { clusterView, manager }: Delegation,
  participants: PromotionParticipants,
  at: number | null,
): Impact {
  const { target, primary, isPrimaryUp } = participants
  if (!isPrimaryUp) return failoverImpact(participants, clusterView)
  const impact = switchoverImpact(participants, clusterView, true)
  const when = at === null ? '' : `At ${new Date(at).toISOString()}: `
  const who = MANAGER_TITLES[manager.kind]
  return {
    ...impact,
    statement: `${when}${primary?.name ?? 'The primary'} is stopped by ${who}, ${target.name} becomes the primary; after a clean shutdown nothing is lost. No database is writable in between.`,
  }
}

/** The manager may take longer than a direct promotion. */
function estimateBy(
  { estimate }: PromotionParticipants,
  { writableInSeconds }: PlannedRequest,
): Pick<PromotionParticipants, 'estimate'> {
  const own = estimate.estimate
  if (writableInSeconds === undefined || !own) return { estimate }
  return { estimate: { ...estimate, estimate: { ...own, writableInSeconds } } }
}

export function withEffects(impact: Impact, effects: readonly string[]): Impact {
  return { ...impact, statement: [impact.statement, ...effects].join(' ') }
}

/** Those of a direct change of roles that mean something when the manager makes it. */
async function checksOf(
  delegation: Delegation,
  participants: PromotionParticipants,
): Promise<readonly PreflightCheck[]> {
  const { target, primary, isPrimaryUp } = participants
  const { clusterView, tools } = delegation
  const comesBack = isPrimaryUp && primary ? [primary] : []
  const service = isPrimaryUp || !primary ? null : await databaseServiceOf(primary.id, tools)
  const { id } = target
  return [
    targetIsStandby(id),
    managerCarriesOut(delegation),
    noOtherPrimary(participants, isPrimaryUp),
    ...(isPrimaryUp ? [candidateStreams(participants)] : [primaryConfirmedDown(participants, false, service)]),
    bestCandidateCheck(participants),
    isPrimaryUp && primary
      ? cleanShutdown(delegation, primary, target)
      : promotionLossCheck(participants, clusterView.config.spec.thresholds.replicationLagBytes, true),
    ...promotedStateChecks(participants),
    serversCanReach(id),
    walDiskSpace(id),
    archivingWorks([target, ...comesBack]),
    clocksAgree(id),
    noBackupRunning([target, ...comesBack]),
  ]
}

/** The manager stops the old primary. What it lost is seen afterwards. */
function cleanShutdown({ manager }: Delegation, primary: DatabaseView, target: DatabaseView): PreflightCheck {
  return {
    id: 'loss',
    mayOverride: false,
    run(): PreflightResult {
      const title = MANAGER_TITLES[manager.kind]
      const message = `nothing where ${title} stops ${primary.name} cleanly, as ${target.name} then has its last record; the run reads whether that was so`
      return { result: 'pass', message, hint: null }
    },
  }
}
