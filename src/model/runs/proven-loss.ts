// The cost of a run as its steps proved it, never as planned.

import type { Danger } from '../measured/spec.ts'
import type { LossBound } from '../picture/picture.ts'
import type { Impact, JsonRecord } from './plan.ts'
import type { Run } from './run.ts'
import { withSkippedSteps } from './skipped-proof.ts'

/** A loss with its evidence. `exact`: it is proven; null: unknown. */
export interface ProvenLoss {
  readonly bytes: number | null
  readonly bound: LossBound | 'exact' | null
  /** Age of its reading when it was judged; null without one. */
  readonly ageSeconds: number | null
  /** The text after "lost: ". */
  readonly text: string
}

/** The form in the record of a step. */
export function toLossProof({ bytes, bound, ageSeconds, text }: ProvenLoss): JsonRecord {
  return { lossBytes: bytes, lossBound: bound, lossAgeSeconds: ageSeconds, lossWords: text }
}

/** Reads the loss in the record of a step; null without one. */
export function readLossProof(proof: JsonRecord | null): ProvenLoss | null {
  if (!proof || typeof proof.lossWords !== 'string') return null
  const { lossBytes, lossBound, lossAgeSeconds, lossWords } = proof
  return {
    bytes: typeof lossBytes === 'number' ? lossBytes : null,
    bound: BOUNDS.find((each) => each === lossBound) ?? null,
    ageSeconds: typeof lossAgeSeconds === 'number' ? lossAgeSeconds : null,
    text: lossWords,
  }
}

const BOUNDS = ['as-read', 'at-least', 'none-confirmed', 'exact'] as const

/** The current cost by the record: as planned while nothing was proven or skipped. */
export function currentImpact({ plan, steps }: Run): Impact {
  const skips = Object.fromEntries(steps.flatMap(({ id, state }) => (state === 'skipped' ? [[id, '']] : [])))
  const { impact } = withSkippedSteps(plan, skips)
  const loss = steps.flatMap(({ proof }) => readLossProof(proof) ?? []).at(-1)
  if (!loss) return impact
  const { bytes, bound, ageSeconds, text } = loss
  const { lossBound: _, ...rest } = impact
  const estimate = {
    ...rest,
    lossBytes: bytes,
    lossSeconds: bytes === 0 ? 0 : null,
    lossAgeSeconds: ageSeconds,
    ...(bound === 'exact' ? {} : { lossBound: bound }),
  }
  const isAsPlanned = bytes === plan.impact.lossBytes && (bound === 'exact') === (plan.impact.lossBound === undefined)
  return isAsPlanned ? estimate : { ...estimate, statement: `${plan.title}; lost: ${text}.` }
}

/** The current danger by the record. */
export function currentDanger({ plan, steps }: Run): Danger {
  const out = plan.steps.some(({ id, proves }, index) => proves === 'loss' && steps[index]?.state === 'skipped' && id)
  return out ? 'data-loss' : plan.danger
}
