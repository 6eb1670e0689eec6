// The plan of a promotion whose old primary is gone: fence it, promote, prove, re-point, slots, report.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { rightServer } from '../checks/data-directory.ts'
import type { Draft, Request, Sight, Tools } from '../definition/action.ts'
import type { Scene } from '../definition/participants.ts'
import { serviceOf } from '../hosts/service.ts'
import { promotionChecks } from './checks.ts'
import { dangerOf, lossImpact } from './cost.ts'
import { fenceStep } from './fence-step.ts'
import { promoteStep, repointSteps, reportStep, slotsStep, writeTestStep } from './planned-steps.ts'

export async function failoverDraft(scene: Scene, sight: Sight, request: Request, tools: Tools): Promise<Draft> {
  const { target, primary, upstream } = scene
  const service = primary ? await serviceOf(primary.id, tools) : null
  const fence: readonly PlannedStep[] = primary && service ? [fenceStep('fence-old-primary', primary, service)] : []
  const repoint = await repointSteps(scene, tools)
  const held = target.pulse?.position.kind === 'standby' ? (target.pulse.position.receiver?.slot ?? null) : null
  const drop =
    upstream && held !== null && upstream.problem === null
      ? [{ database: upstream.id, name: upstream.name, slot: held }]
      : []
  return {
    target: { id: target.id, name: target.name },
    title: `promote ${target.name}${primary ? ` in place of ${primary.name}, which is down` : ''}`,
    danger: dangerOf(scene, sight),
    impact: lossImpact(scene, sight),
    checks: [
      ...promotionChecks(scene, sight, service !== null && service.how !== 'manual', service),
      ...(primary && service ? [rightServer(primary, service)] : []),
    ],
    input: request.input,
    steps: [
      ...fence,
      promoteStep(scene, service),
      writeTestStep(scene),
      ...repoint.steps,
      await slotsStep(scene, repoint.slots, drop, tools),
      reportStep(scene),
    ],
  }
}
