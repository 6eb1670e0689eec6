// The plan of a switchover: stop the old primary, wait for its last record, promote, bring it back as a standby.

import { slotFate } from '../../model/failover/slots-after.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { withAdmission } from '../add-hba-entry/attaching.ts'
import { dataAccess } from '../checks/data-access.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import { oldPrimaryHasEnough } from '../checks/lowered-settings.ts'
import {
  type ActionRequest,
  type ActionToolbox,
  type Draft,
  PlanError,
  type PlanningView,
} from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { planEntryPoints, withWaiting } from '../entry-points/plan-entry-points.ts'
import { addressForOthers } from '../hosts/address.ts'
import { canSeeShutdown, type DatabaseService, databaseServiceOf, manualStartCommand } from '../hosts/service.ts'
import { slotNameFor } from '../repoint/physical-slots.ts'
import { checkpointBeforePause } from '../steps/checkpoint-step.ts'
import { failoverSlotsOf, ownSlotSteps } from '../steps/drop-own-slot.ts'
import { returnAsStandbyKind } from '../steps/return-as-standby.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { attachingPromoted } from './attaching-promoted.ts'
import { promotionChecks } from './checks.ts'
import { switchoverImpact } from './cost.ts'
import { promotionSlotsStep, repointSteps } from './planned-steps.ts'
import { promoteStandbyKind } from './promote-standby.ts'
import { promotionReportKind } from './promotion-report.ts'
import { candidateStreams, stopMethodCheck } from './switchover-checks.ts'
import { waitCaughtUpKind } from './wait-caught-up.ts'
import { walReceiversLeft } from './wal-receivers-left.ts'
import { writeTestKind } from './write-test.ts'

/**
 * Throws PlanError if there is no primary that answers. `prefix`: the begin of the ids of steps that the plan may have
 * already.
 */
export async function switchoverDraft(
  participants: PromotionParticipants,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
  prefix = '',
): Promise<Draft> {
  const { target, primary, isPrimaryUp, standbys } = participants
  if (!primary || !isPrimaryUp)
    throw new PlanError('switchover: no primary answers; use promote if the primary is lost')
  const service = await databaseServiceOf(primary.id, tools)
  const attaching = await attachingPromoted(participants, clusterView, tools, prefix)
  const repoint = await repointSteps(participants, tools)
  const users = await planEntryPoints({ primary, target, pauses: true }, tools, prefix)
  const own = slotNameFor(primary, clusterView)
  const seen = clusterView.snapshot.databases.find(({ spec }) => spec.id === primary.id)?.lastSeenAsPrimary
  const held = [target, ...standbys].flatMap((view) => {
    const slot = heldOn(view, primary, clusterView)
    return slot === null ? [] : [{ database: primary.id, name: primary.name, slot }]
  })
  const asked = request.action === 'promote' ? `${primary.name} answers, so this is a switchover: ` : ''
  return {
    target: { id: target.id, name: target.name },
    title: `${asked}stop ${primary.name}, promote ${target.name}`,
    danger: 'outage',
    impact: withWaiting(
      withAdmission(switchoverImpact(participants, clusterView, canSeeShutdown(service)), attaching),
      users,
    ),
    checks: [
      stopMethodCheck(primary, service),
      dataAccess(service),
      dataDirectoryMatches(primary, service),
      candidateStreams(participants),
      oldPrimaryHasEnough(primary),
      walReceiversLeft(primary, target),
      ...promotionChecks(participants, clusterView, { isFenced: true, service, attaching }),
      ...users.checks,
    ],
    input: request.input,
    steps: [
      ...attaching.steps,
      ...(await checkpointBeforePause(primary, users.hold, tools, `${prefix}checkpoint`)),
      ...users.hold,
      { ...stopDatabaseKind.plan({ id: 'stop-old-primary', view: primary, service }), maySkip: false },
      waitCaughtUpKind.plan({ primary, candidate: target, service, lsn: seen?.lsn ?? null }),
      promoteStandbyKind.plan({ participants, service }),
      writeTestKind.plan(target),
      ...users.release,
      ...repoint.steps,
      ...users.byHand,
      returnStep(participants, primary, service, own, tools),
      ...(await ownSlotSteps(primary, target, copiedSlots(primary, target, clusterView), tools)),
      await promotionSlotsStep(participants, [...repoint.slots, own], held, tools),
      ...users.proof,
      promotionReportKind.plan({ ...participants, standbys: [...standbys, primary] }),
    ],
  }
}

/**
 * The primary's own slots of which the target has a copy that is ready. A slot that was itself a synchronized copy when
 * its server was promoted is taken up again as one.
 */
function copiedSlots(primary: DatabaseView, target: DatabaseView, { picture }: PlanningView): readonly string[] {
  return failoverSlotsOf(picture, primary.id)
    .filter((slot) => slot.synced !== true && slotFate(slot, target.pulse?.slots ?? []) === 'kept')
    .map(({ name }) => name)
}

/** The slot that a standby uses on the old primary now. It has no user there afterwards. */
function heldOn(view: DatabaseView, primary: DatabaseView, { picture }: PlanningView): string | null {
  return (
    picture.slots.find(
      ({ databaseId, usedBy, type, temporary }) =>
        databaseId === primary.id && usedBy === view.id && type === 'physical' && !temporary,
    )?.name ?? null
  )
}

function returnStep(
  { target }: PromotionParticipants,
  primary: DatabaseView,
  service: DatabaseService,
  slot: string,
  tools: ActionToolbox,
): PlannedStep {
  const to = addressForOthers(target.id, tools)
  const { dataDirectory, start, control: leads } = service
  const how = leads !== 'manual' && dataDirectory !== null && start !== null ? leads : 'manual'
  const folder = dataDirectory ?? 'the data directory'
  return returnAsStandbyKind.plan({
    id: 'return-old-primary',
    database: primary,
    upstream: target,
    to,
    service,
    slot,
    title: `bring ${primary.name} back as a standby of ${target.name}`,
    how,
    detail: [
      `On ${target.name}: SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`,
      `In ${folder}/postgresql.auto.conf of ${primary.name}: primary_conninfo = 'host=${to.host} port=${to.port} user=… password=…' (as ${target.name} had it), primary_slot_name = '${slot}'`,
      `touch ${folder}/standby.signal`,
      how === 'manual' ? manualStartCommand(service) : shellCommandLine(start ?? []),
    ].join('\n'),
    ifStopped: `${target.name} is the primary; ${primary.name} is down, or starting.`,
    maySkip: true,
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 120,
  })
}
