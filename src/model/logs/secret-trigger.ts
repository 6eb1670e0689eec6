// A pattern of secrets: its trigger, and the places of the secrets in the text after it.

import type { SecretSpan } from './secret-spans.ts'

/** The known text before the current place. */
export interface TriggerContext {
  /** Up to CONTEXT characters. */
  readonly before: string
  readonly memory: RedactionMemory
}

/** What a log record tells about the next one. */
export interface RedactionMemory {
  /** Numbers of secret parameters, by the process that logs; '' if that is unknown. */
  readonly parameters: Map<string, Set<number>>
}

export interface SecretTrigger {
  /** Without groups, for one combined case-insensitive pattern. It looks back no further than CONTEXT. */
  readonly pattern: string
  /**
   * Returns the secrets in a text that starts with the trigger, in order. None, or an empty one: there is no secret
   * after all.
   */
  readonly secrets: (
    text: string,
    triggerLength: number,
    around: TriggerContext,
  ) => SecretSpan | readonly SecretSpan[] | null
}

/** How many characters before it a trigger may look at: the prefix of a log line. */
export const TRIGGER_CONTEXT = 256

/** The number of processes that are remembered. */
const MOST_REMEMBERED = 1_000

/** Notes that a parameter of a statement is a secret: its value follows in another record. */
export function noteSecretParameter(text: string, at: number, { before, memory }: TriggerContext): void {
  const [, digits] = /^\$(\d{1,5})/.exec(text.slice(at, at + 8)) ?? []
  if (digits === undefined) return
  const process = processIn(before)
  if (memory.parameters.size > MOST_REMEMBERED) memory.parameters.clear()
  const numbers = memory.parameters.get(process) ?? new Set()
  numbers.add(Number(digits))
  memory.parameters.set(process, numbers)
}

/** Returns and forgets the notes for the process that logs here, and for an unknown one. */
export function takeSecretParameters({ before, memory }: TriggerContext): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const process of new Set([processIn(before), ''])) {
    for (const number of memory.parameters.get(process) ?? []) numbers.add(number)
    memory.parameters.delete(process)
  }
  return numbers
}

/** `4711` of `2026-11-29 10:00:00 UTC [4711-3] LOG:  …`; a line that begins with a tab continues the one before. */
function processIn(before: string): string {
  const lines = before.split('\n')
  const own = lines.findLast((line, index) => index === 0 || !line.startsWith('\t')) ?? ''
  return /\[(\d{1,10})(?:-\d{1,10})?\]/.exec(own)?.[1] ?? ''
}
