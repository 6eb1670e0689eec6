// What a plan warned of, or a user skipped, that may be why a later step does not work.

import type { Run } from './run.ts'

export interface KnownCause {
  /** What was known, as text after a semicolon. */
  readonly why: string
  /** What mends it; null: nothing is known. */
  readonly hint: string | null
}

/** Returns what was known under these ids of checks and kinds of steps; null if there is nothing. */
export function knownCause({ plan, steps }: Run, ids: readonly string[]): KnownCause | null {
  const warned = plan.checks.filter(({ id, result }) => result !== 'pass' && ids.includes(id))
  const skipped = plan.steps.filter(
    ({ id, kind }) => ids.includes(kind) && steps.some((step) => step.id === id && step.state === 'skipped'),
  )
  const parts = [
    ...warned.map(({ id, message }) => `the plan had warned (${id}): ${message}`),
    ...skipped.map(({ id, title }) => `${id} was skipped: ${title}`),
  ]
  if (parts.length === 0) return null
  const hints = [...warned.flatMap(({ hint }) => hint ?? []), ...skipped.map(({ detail }) => detail)]
  return { why: parts.join('; '), hint: hints.length === 0 ? null : hints.join(' ') }
}
