// The plan of a promotion after the old primary is gone: fence it, promote, verify, re-point the standbys, slots,
// report.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { withAdmission } from '../add-hba-entry/attaching.ts'
import { dataAccess } from '../checks/data-access.ts'
import { dataDirectoryMatches } from '../checks/data-directory.ts'
import type { ActionRequest, ActionToolbox, Draft, PlanningView } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { planEntryPoints } from '../entry-points/plan-entry-points.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { usedSlotOf } from '../repoint/physical-slots.ts'
import { stopDatabaseKind } from '../steps/stop-database.ts'
import { attachingPromoted } from './attaching-promoted.ts'
import { promotionChecks } from './checks.ts'
import { failoverImpact, promotionDanger } from './cost.ts'
import { promotionSlotsStep, repointSteps } from './planned-steps.ts'
import { promoteStandbyKind } from './promote-standby.ts'
import { promotionReportKind } from './promotion-report.ts'
import { writeTestKind } from './write-test.ts'

export async function failoverDraft(
  participants: PromotionParticipants,
  clusterView: PlanningView,
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Draft> {
  const { target, primary, upstream } = participants
  const service = primary ? await databaseServiceOf(primary.id, tools) : null
  const fence: readonly PlannedStep[] =
    primary && service ? [stopDatabaseKind.plan({ id: 'fence-old-primary', view: primary, service })] : []
  const attaching = await attachingPromoted(participants, clusterView, tools)
  const repoint = await repointSteps(participants, tools)
  const users = await planEntryPoints({ primary, target, pauses: false }, tools)
  const held = usedSlotOf(target)
  const drop =
    upstream && held !== null && upstream.problem === null
      ? [{ database: upstream.id, name: upstream.name, slot: held }]
      : []
  return {
    target: { id: target.id, name: target.name },
    title: `promote ${target.name}${primary ? ` in place of ${primary.name}, which is down` : ''}`,
    danger: promotionDanger(participants, clusterView),
    impact: withAdmission(failoverImpact(participants, clusterView), attaching),
    checks: [
      ...promotionChecks(participants, clusterView, {
        isFenced: service !== null && service.control !== 'manual',
        service,
        attaching,
      }),
      ...(primary && service ? [dataAccess(service), dataDirectoryMatches(primary, service)] : []),
      ...users.checks,
    ],
    input: request.input,
    steps: [
      ...attaching.steps,
      ...fence,
      promoteStandbyKind.plan({ participants, service }),
      writeTestKind.plan(target),
      ...users.release,
      ...repoint.steps,
      await promotionSlotsStep(participants, repoint.slots, drop, tools),
      ...users.byHand,
      ...users.proof,
      promotionReportKind.plan(participants),
    ],
  }
}
