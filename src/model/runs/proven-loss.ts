// What a run has cost by what its steps proved: never by what was planned.

import type { Danger } from '../measured/spec.ts'
import type { LossBound } from '../picture/picture.ts'
import type { Impact, JsonRecord } from './plan.ts'
import type { Run } from './run.ts'
import { withSkippedSteps } from './skipped-proof.ts'

/** What was lost, by evidence. `exact`: it was proven; null: nothing is known. */
export interface ProvenLoss {
  readonly bytes: number | null
  readonly bound: LossBound | 'exact' | null
  /** Age of the reading that it rests on, when it was judged; null where it rests on none. */
  readonly ageSeconds: number | null
  /** To be read after "lost: ". */
  readonly text: string
}

/** As a step keeps it in the record. */
export function toLossProof({ bytes, bound, ageSeconds, text }: ProvenLoss): JsonRecord {
  return { lossBytes: bytes, lossBound: bound, lossAgeSeconds: ageSeconds, lossWords: text }
}

/** What a step kept of a loss; null where it kept nothing of that. */
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

/** What an act costs, as its record has it now: as planned while nothing was proven or left out. */
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

/** How much it may hurt, as its record has it now. */
export function currentDanger({ plan, steps }: Run): Danger {
  const out = plan.steps.some(({ id, proves }, index) => proves === 'loss' && steps[index]?.state === 'skipped' && id)
  return out ? 'data-loss' : plan.danger
}
