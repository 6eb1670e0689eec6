// What a shape of secrets is made of: how it begins, and where the secrets are in the text from there on.

import type { SecretSpan } from './secret-spans.ts'

/** What is known of the text before the place that is looked at. */
export interface TriggerContext {
  /** Up to CONTEXT characters. */
  readonly before: string
  readonly memory: RedactionMemory
}

/** What a record of a log tells of the next one. */
export interface RedactionMemory {
  /** Numbers of parameters that are secrets, by the process that logs; '' where that is not known. */
  readonly parameters: Map<string, Set<number>>
}

export interface SecretTrigger {
  /** Without groups, for one expression of all, ignoring case; looks back no further than CONTEXT. */
  readonly pattern: string
  /** The secrets in a text that begins with the trigger, in their order; none or an empty one when there is none after all. */
  readonly secrets: (
    text: string,
    triggerLength: number,
    around: TriggerContext,
  ) => SecretSpan | readonly SecretSpan[] | null
}

/** How many characters before it a trigger may look at: the prefix of a line of a log. */
export const TRIGGER_CONTEXT = 256

/** How many processes are remembered. */
const MOST_REMEMBERED = 1_000

/** Notes that a parameter of a statement is a secret: its value comes in a record of its own. */
export function noteSecretParameter(text: string, at: number, { before, memory }: TriggerContext): void {
  const [, digits] = /^\$(\d{1,5})/.exec(text.slice(at, at + 8)) ?? []
  if (digits === undefined) return
  const process = processIn(before)
  if (memory.parameters.size > MOST_REMEMBERED) memory.parameters.clear()
  const numbers = memory.parameters.get(process) ?? new Set()
  numbers.add(Number(digits))
  memory.parameters.set(process, numbers)
}

/** What was noted for the process that logs here, and for one that is not known; it is forgotten then. */
export function takeSecretParameters({ before, memory }: TriggerContext): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const process of new Set([processIn(before), ''])) {
    for (const number of memory.parameters.get(process) ?? []) numbers.add(number)
    memory.parameters.delete(process)
  }
  return numbers
}

/** `4711` of `2026-11-29 10:00:00 UTC [4711-3] LOG:  …`; a line that begins with a tab goes on with the one before. */
function processIn(before: string): string {
  const lines = before.split('\n')
  const own = lines.findLast((line, index) => index === 0 || !line.startsWith('\t')) ?? ''
  return /\[(\d{1,10})(?:-\d{1,10})?\]/.exec(own)?.[1] ?? ''
}
