// The plan of a planned change of primary: stop the old one, wait until nothing is missing, promote, bring it back.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { formatLsn } from '../../model/values/lsn.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import {
  type ActionRequest,
  type ActionToolbox,
  type Draft,
  PlanError,
  type PlanningView,
} from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import { canSeeShutdown, type DatabaseService, databaseServiceOf, manualStartCommand } from '../hosts/service.ts'
import { returnAsStandbyArguments } from '../steps/return-as-standby.ts'
import { fenceStep } from '../steps/stop-database.ts'
import { promotionChecks } from './checks.ts'
import { switchoverImpact } from './cost.ts'
import { promoteStep, promotionReportStep, promotionSlotsStep, repointSteps, writeTestStep } from './planned-steps.ts'
import { candidateStreams, stopMethodCheck } from './switchover-checks.ts'
import { waitCaughtUpArguments } from './wait-caught-up.ts'

/** Throws PlanProblem where there is no primary that answers. */
export async function switchoverDraft(
  scene: PromotionParticipants,
  sight: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { target, primary, isPrimaryUp, standbys } = scene
  if (!primary || !isPrimaryUp)
    throw new PlanError('switchover: no primary answers; promote is for a primary that is gone')
  const service = await databaseServiceOf(primary.id, tools)
  const repoint = await repointSteps(scene, tools)
  const own = slotFor(primary)
  const held = [target, ...standbys].flatMap((view) => {
    const slot = heldOn(view, primary, sight)
    return slot === null ? [] : [{ database: primary.id, name: primary.name, slot }]
  })
  const asked = request.action === 'promote' ? `${primary.name} answers, so this is a switchover: ` : ''
  return {
    target: { id: target.id, name: target.name },
    title: `${asked}stop ${primary.name}, promote ${target.name}`,
    danger: 'outage',
    impact: switchoverImpact(scene, sight, canSeeShutdown(service)),
    checks: [
      stopMethodCheck(primary, service),
      dataDirectoryMatches(primary, service),
      candidateStreams(scene),
      ...promotionChecks(scene, sight, true, service),
    ],
    input: request.input,
    steps: [
      { ...fenceStep('stop-old-primary', primary, service), maySkip: false },
      receivedAllStep(scene, primary, service, sight),
      promoteStep(scene, service),
      writeTestStep(scene),
      ...repoint.steps,
      returnStep(scene, primary, service, own, tools),
      await promotionSlotsStep(scene, [...repoint.slots, own], held, tools),
      promotionReportStep({ ...scene, standbys: [...standbys, primary] }),
    ],
  }
}

/** The slot that the old primary will use on the new one: as configured, else its own name. */
function slotFor({ id }: DatabaseView): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, 63)
}

/** The slot that a standby holds on the old primary now: nobody will use it there. */
function heldOn(view: DatabaseView, primary: DatabaseView, { picture }: PlanningView): string | null {
  return (
    picture.slots.find(
      ({ databaseId, usedBy, type }) => databaseId === primary.id && usedBy === view.id && type === 'physical',
    )?.name ?? null
  )
}

function receivedAllStep(
  { target }: PromotionParticipants,
  primary: DatabaseView,
  { host, dataDirectory }: DatabaseService,
  { snapshot }: PlanningView,
): PlannedStep {
  const seen = snapshot.databases.find(({ spec }) => spec.id === primary.id)?.lastSeenAsPrimary
  const lsn = seen ? formatLsn(seen.lsn) : '0/0'
  const control =
    host === null || dataDirectory === null
      ? null
      : `the latest checkpoint in ${dataDirectory}/global/pg_control (pg_controldata)`
  return {
    id: 'received-all',
    kind: 'received-all',
    args: waitCaughtUpArguments({ primary: primary.id, candidate: target.id, host, dataDirectory, lsn }),
    title: `wait until ${target.name} has the last record of ${primary.name}`,
    how: 'sql',
    where: target.name,
    detail: `SELECT pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn(); -- against ${control ?? `what ${primary.name} was last seen to have`}`,
    verify: `${target.name} has replayed the shutdown checkpoint of ${primary.name}`,
    undo: null,
    ifStopped: `${primary.name} is down and nothing is promoted: start it again (--abort), or go on.`,
    maySkip: true,
    proves: 'loss',
    changes: [],
    deadlineSeconds: 60,
  }
}

function returnStep(
  { target }: PromotionParticipants,
  primary: DatabaseView,
  service: DatabaseService,
  slot: string,
  tools: ActionToolbox,
): PlannedStep {
  const to = addressForOthers(target.id, tools)
  const { host, dataDirectory, start, control: leads } = service
  const how = leads !== 'manual' && dataDirectory !== null && start !== null ? leads : 'manual'
  const folder = dataDirectory ?? 'the data directory'
  const detail = [
    `On ${target.name}: SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`,
    `In ${folder}/postgresql.auto.conf of ${primary.name}: primary_conninfo = 'host=${to.host} port=${to.port} user=… password=…' (as ${target.name} had it), primary_slot_name = '${slot}'`,
    `touch ${folder}/standby.signal`,
    how === 'manual' ? manualStartCommand(service) : shellCommandLine(start ?? []),
  ]
  return {
    id: 'return-old-primary',
    kind: 'return-as-standby',
    args: returnAsStandbyArguments({
      database: primary.id,
      upstream: target.id,
      to,
      host,
      dataDirectory,
      start: start ?? [],
      slot,
    }),
    title: `bring ${primary.name} back as a standby of ${target.name}`,
    how,
    where: host ?? primary.host,
    detail: detail.join('\n'),
    verify: `pg_stat_replication of ${target.name} shows it streaming`,
    undo: null,
    ifStopped: `${target.name} is the primary; ${primary.name} is down, or on its way back.`,
    maySkip: true,
    changes: [primary.id],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 120,
  }
}
