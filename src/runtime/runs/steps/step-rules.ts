// The table that says how a step continues after each verification. The table in docs/actions.md is generated from it.

/**
 * The result of a verification: the effect, or why it is not there. `other-server`: another server answered than the
 * one that is meant.
 */
export type StepEffect = 'yes' | 'not-yet' | 'never' | 'by-word' | 'other-server'

/** Who does the step: pgdeck, a user who is present, or a user who is not (the run of a script). */
export type StepDoer = 'pgdeck' | 'person' | 'nobody'

/**
 * The circumstances of a verification. `lock-lost`: another run has the cluster. `said-done`: the user confirmed it
 * (`m`). `left-out`: the user skipped it, with a reason (`s`). `stopping`: the user wants the run to end. `overdue`: the time limit of the plan has passed.
 */
export const STEP_CIRCUMSTANCES = ['lock-lost', 'said-done', 'left-out', 'stopping', 'overdue'] as const
export type StepCircumstance = (typeof STEP_CIRCUMSTANCES)[number]

/** How the step continues or ends. */
export type StepVerdict =
  | 'done'
  | 'done-by-word'
  | 'skipped'
  | 'failed'
  | 'stopped'
  | 'stopped-without-lock'
  | 'unknown-elsewhere'
  | 'unknown-needs-person'
  | 'unknown-overdue'
  | 'look-again'

export interface StepRule {
  /** Absent: any result. */
  readonly seen?: StepEffect
  /** Absent: anyone. */
  readonly by?: readonly StepDoer[]
  /** All of these must be true. */
  readonly when: readonly StepCircumstance[]
  readonly verdict: StepVerdict
}

const BY_HAND = ['person', 'nobody'] as const

/** The first matching rule decides. The last one always matches. */
export const STEP_RULES: readonly StepRule[] = [
  { seen: 'other-server', when: [], verdict: 'unknown-elsewhere' },
  { seen: 'yes', when: [], verdict: 'done' },
  { by: BY_HAND, when: ['lock-lost'], verdict: 'stopped-without-lock' },
  { by: BY_HAND, when: ['said-done'], verdict: 'done-by-word' },
  { by: BY_HAND, when: ['left-out'], verdict: 'skipped' },
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

/** Returns the verdict of the table for this observation. */
export function stepVerdict({ seen, by, circumstances }: StepObservation): StepVerdict {
  const rule = STEP_RULES.find(
    (each) =>
      (each.seen === undefined || each.seen === seen) &&
      (each.by === undefined || each.by.includes(by)) &&
      each.when.every((circumstance) => circumstances.has(circumstance)),
  )
  return rule?.verdict ?? 'look-again'
}
