// The proof after a vendor's promotion: that of every promotion, what its order leaves behind, and what comes next.

import type { JsonRecord } from '../../../model/runs/plan.ts'
import { flagOf, textsOf } from '../../definition/step-arguments.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { promotionReport } from '../../promotion/promotion-report.ts'
import { SAME_TIMELINE } from './record-acting.ts'

/** The arguments of the general report, with `sameTimeline` and `next`, sentences about what is left to be done. */
export function productReportArguments(
  general: JsonRecord,
  more: { readonly sameTimeline: boolean; readonly next: readonly string[] },
): JsonRecord {
  return { ...general, ...more }
}

export const productReport: StepKind = {
  kind: 'product-report',
  onlyLooks: true,
  async run(args, tools) {
    await promotionReport.run(args, tools)
    for (const line of linesOf(args)) tools.say(line)
  },
  async verify(args, tools): Promise<Seen> {
    const general = await promotionReport.verify(args, tools)
    if (general.seen !== 'yes') return general
    return { ...general, evidence: [general.evidence, ...linesOf(args)].join('; ') }
  },
}

function linesOf(args: JsonRecord): readonly string[] {
  const timeline = flagOf(args, 'sameTimeline')
    ? `timeline: none was begun, ${SAME_TIMELINE}: pg_rewind can’t tell the two histories apart, and would say nothing`
    : 'timeline: a new one, so that the old primary can be told apart'
  return [timeline, ...textsOf(args, 'next')]
}
