// The proof after a vendor's promotion: that of every promotion, what its order leaves behind, and what comes next.

import { flagArgument, textListArgument } from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { promotionReportKind } from '../../../actions/promotion/promotion-report.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { SAME_TIMELINE_WARNING } from './record-acting.ts'

/** The arguments of the general report, with `sameTimeline` and `next`, sentences about what is left to be done. */
export function productReportArguments(
  general: JsonRecord,
  more: { readonly sameTimeline: boolean; readonly next: readonly string[] },
): JsonRecord {
  return { ...general, ...more }
}

export const productReportKind: StepKind = {
  kind: 'product-report',
  isReadOnly: true,
  async run(args, tools) {
    await promotionReportKind.run(args, tools)
    for (const line of linesOf(args)) tools.writeOutput(line)
  },
  async verify(args, tools): Promise<Verification> {
    const general = await promotionReportKind.verify(args, tools)
    if (general.result !== 'yes') return general
    return { ...general, evidence: [general.evidence, ...linesOf(args)].join('; ') }
  },
}

function linesOf(args: JsonRecord): readonly string[] {
  const timeline = flagArgument(args, 'sameTimeline')
    ? `timeline: none was begun, ${SAME_TIMELINE_WARNING}: pg_rewind can’t tell the two histories apart, and would say nothing`
    : 'timeline: a new one, so that the old primary can be told apart'
  return [timeline, ...textListArgument(args, 'next')]
}
