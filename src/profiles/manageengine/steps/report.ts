// The report after a vendor's promotion: that of every promotion, the risk of its order, and the next steps.

import type { ActionToolbox } from '../../../actions/definition/action.ts'
import type { PromotionParticipants } from '../../../actions/definition/participants.ts'
import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../../../actions/definition/step-kind.ts'
import { findServer } from '../../../actions/definition/target.ts'
import {
  planPromotionReport,
  promotionReportKind,
  promotionReportShape,
} from '../../../actions/promotion/promotion-report.ts'
import { schedulesText } from '../../../model/app-servers/schedules.ts'
import { SAME_TIMELINE_WARNING } from './record-acting.ts'

const form = () =>
  arg.form({
    ...promotionReportShape(),
    sameTimeline: arg.flag(),
    /** Sentences about the remaining work. */
    next: arg.texts(),
  })
type Args = arg.Of<typeof form>

export interface ProductReport extends Pick<Args, 'sameTimeline' | 'next'> {
  readonly participants: PromotionParticipants
}

export const productReportKind = defineStep({
  kind: 'product-report',
  version: 1,
  args: form,
  plan({ participants, sameTimeline, next }: ProductReport): StepPlan<Args> {
    const general = planPromotionReport(participants)
    return { ...general, args: { ...general.args, sameTimeline, next } }
  },
  isReadOnly: true,
  async run(args, tools) {
    await promotionReportKind.run(args, tools)
    for (const line of [...schedulesLine(tools), ...linesOf(args)]) tools.writeOutput(line)
  },
  async verify(args, tools): Promise<Verification> {
    const general = await promotionReportKind.verify(args, tools)
    if (general.result !== 'yes') return general
    const schedules = schedulesLine(tools)
    return { ...general, evidence: [general.evidence, ...schedules, ...linesOf(args)].join('; ') }
  },
})

/** Where the schedules run now: the promoted server takes them over. */
function schedulesLine(tools: ActionToolbox): readonly string[] {
  const clusterView = tools.view()
  const { schedules } = clusterView.picture
  return schedules ? [schedulesText(schedules, (id) => findServer(clusterView, id)?.name ?? id)] : []
}

function linesOf(args: Args): readonly string[] {
  const timeline = args.sameTimeline
    ? `timeline: no new one, ${SAME_TIMELINE_WARNING}: pg_rewind can’t distinguish the two histories, and would not report that`
    : 'timeline: a new one, so the old primary has another timeline'
  return [timeline, ...args.next]
}
