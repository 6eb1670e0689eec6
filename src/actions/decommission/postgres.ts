// `decommission` of the profile postgres: a standby is stopped, its slot dropped, the lines for it alone taken out of pg_hba.conf.

import { type Draft, type Glance, PlanProblem } from '../action.ts'
import { optionalText } from '../arguments.ts'
import type { ProfilePlan } from '../by-profile.ts'
import { noManager } from '../checks/no-manager.ts'
import { rightHosts } from '../hba/right-host.ts'
import { serviceOf } from '../hosts/service.ts'
import { takenDown } from '../impact.ts'
import { isWritable } from '../promotion/scene.ts'
import { takesNoWrites } from '../rebuild/checks.ts'
import { databaseOf, targetDatabase } from '../target.ts'
import { anotherIsLeft, commitsDontWait, nobodyBelow, nobodyUses } from './checks.ts'
import { hbaSteps, slotSteps, stopStep } from './parts.ts'
import { wordStep } from './word.ts'

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
