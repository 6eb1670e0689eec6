// `decommission` of the profile postgres: a standby is stopped, its slot dropped, the lines for it alone taken out of pg_hba.conf.

import { rightHosts } from '../add-hba-entry/host-check.ts'
import { noManager } from '../checks/no-manager.ts'
import { type Draft, type Glance, PlanProblem } from '../definition/action.ts'
import type { ProfilePlan } from '../definition/by-profile.ts'
import { isWritable } from '../definition/participants.ts'
import { optionalText } from '../definition/step-arguments.ts'
import { takenDown } from '../definition/stop-impact.ts'
import { databaseOf, targetDatabase } from '../definition/target.ts'
import { serviceOf } from '../hosts/service.ts'
import { takesNoWrites } from '../rebuild-replica/checks.ts'
import { anotherIsLeft, commitsDontWait, nobodyBelow, nobodyUses } from './checks.ts'
import { wordStep } from './follow-up-step.ts'
import { hbaSteps, slotSteps, stopStep } from './planned-steps.ts'

export const postgresDecommission: ProfilePlan = {
  fields: [],
  whyNot: needsNoPrimary,
  async draft(_, request, tools): Promise<Draft> {
    const sight = await tools.look(['hba'])
    const view = databaseOf(sight, targetDatabase(sight, request))
    if (!view) throw new PlanProblem(`decommission: ${request.target ?? 'nothing'} is not a database of this cluster`)
    const service = await serviceOf(view.id, tools)
    const upstream = databaseOf(sight, view.upstreamId)
    const slots = await slotSteps(view, sight, tools)
    const lines = await hbaSteps(view, sight, tools)
    const freed =
      slots.length === 0 ? 'It has no slot' : `${slots.length === 1 ? 'Its slot is' : 'Its slots are'} dropped`
    const narrow =
      lines.length === 0
        ? 'no line of pg_hba.conf is there for it alone'
        : 'the lines of pg_hba.conf for it alone are removed'
    return {
      target: { id: view.id, name: view.name },
      title: `take ${view.name} out for good`,
      danger: 'outage',
      impact: takenDown(
        view,
        sight.picture,
        `${view.name} is stopped and can’t come back by itself: to follow again it has to be rebuilt. ${freed}, ${narrow}; its data stays.`,
      ),
      checks: [
        takesNoWrites(view.id),
        noManager('decommission', view.id),
        nobodyBelow(view),
        nobodyUses(view),
        anotherIsLeft(view),
        commitsDontWait(view, upstream),
        rightHosts(lines.flatMap(({ args }) => optionalText(args, 'database') ?? [])),
      ],
      input: request.input,
      steps: [stopStep(view, service), ...slots, ...lines, wordStep(view, service, sight)],
    }
  },
}

function needsNoPrimary(sight: Glance, target: string | null): string | null {
  const view = databaseOf(sight, target)
  if (!view) return 'select a database first'
  return isWritable(view) ? `${view.name} takes writes: a primary that serves is not taken out` : null
}
