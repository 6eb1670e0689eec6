// What becomes of a step after each look for its effect, as a table; docs/actions.md has the same rows, made from these.

/** What a look found: the effect, or why it is not there; `other-server`: what answers is not the server that is meant. */
export type StepEffect = 'yes' | 'not-yet' | 'never' | 'by-word' | 'other-server'

/** Who carries it out: pgdeck, a person who is there, or a person who is not (a script's run). */
export type StepDoer = 'pgdeck' | 'person' | 'nobody'

/**
 * What else is so at that moment. `lock-lost`: another run has the cluster. `said-done`: a person said that it was done
 * (`m`). `stopping`: somebody wants the run to end. `overdue`: the time that the plan gives the effect is over.
 */
export type StepCircumstance = 'lock-lost' | 'said-done' | 'stopping' | 'overdue'

/** How the step goes on or ends. */
export type StepVerdict =
  | 'done'
  | 'done-by-word'
  | 'failed'
  | 'stopped'
  | 'stopped-without-lock'
  | 'unknown-elsewhere'
  | 'unknown-needs-person'
  | 'unknown-overdue'
  | 'look-again'

export interface StepRule {
  /** Absent: whatever was seen. */
  readonly seen?: StepEffect
  /** Absent: whoever does it. */
  readonly by?: readonly StepDoer[]
  /** All of these are so. */
  readonly when: readonly StepCircumstance[]
  readonly verdict: StepVerdict
}

const BY_HAND = ['person', 'nobody'] as const

/** The first that fits decides; the last one always fits. */
export const STEP_RULES: readonly StepRule[] = [
  { seen: 'other-server', when: [], verdict: 'unknown-elsewhere' },
  { seen: 'yes', when: [], verdict: 'done' },
  { by: BY_HAND, when: ['lock-lost'], verdict: 'stopped-without-lock' },
  { by: BY_HAND, when: ['said-done'], verdict: 'done-by-word' },
  { seen: 'by-word', by: ['pgdeck', 'nobody'], when: [], verdict: 'unknown-needs-person' },
  { seen: 'never', by: ['pgdeck'], when: [], verdict: 'failed' },
  { by: BY_HAND, when: ['stopping'], verdict: 'stopped' },
  { by: ['pgdeck'], when: ['stopping', 'overdue'], verdict: 'stopped' },
  { by: ['pgdeck', 'nobody'], when: ['overdue'], verdict: 'unknown-overdue' },
  { when: [], verdict: 'look-again' },
]

export interface StepObservation {
  readonly seen: StepEffect
  readonly by: StepDoer
  readonly circumstances: ReadonlySet<StepCircumstance>
}

/** What the table says of this observation. */
export function stepVerdict({ seen, by, circumstances }: StepObservation): StepVerdict {
  const rule = STEP_RULES.find(
    (each) =>
      (each.seen === undefined || each.seen === seen) &&
      (each.by === undefined || each.by.includes(by)) &&
      each.when.every((circumstance) => circumstances.has(circumstance)),
  )
  return rule?.verdict ?? 'look-again'
}
