// Takes secrets out of text: logs, statements, settings, output of programs. For a whole text and for a stream of parts.

import { ASSIGNMENT_TRIGGERS } from './secret-assignments.ts'
import { COMMAND_TRIGGERS } from './secret-commands.ts'
import { isSecretName } from './secret-names.ts'
import { PAIR_TRIGGERS } from './secret-pairs.ts'
import { PARAMETER_TRIGGERS } from './secret-parameters.ts'
import { REDACTED, type SecretSpan } from './secret-spans.ts'
import { SQL_TRIGGERS } from './secret-sql.ts'
import { TOKEN_TRIGGERS } from './secret-tokens.ts'
import { type RedactionMemory, type SecretTrigger, TRIGGER_CONTEXT } from './secret-trigger.ts'

const SECRET_TRIGGERS: readonly SecretTrigger[] = [
  ...COMMAND_TRIGGERS,
  ...SQL_TRIGGERS,
  ...PARAMETER_TRIGGERS,
  ...PAIR_TRIGGERS,
  ...ASSIGNMENT_TRIGGERS,
  ...TOKEN_TRIGGERS,
]

export { REDACTED } from './secret-spans.ts'

/**
 * How far ahead a decision may look. A trigger is judged only once so much of the text follows it, or its end: the
 * outcome is then the same wherever a stream was cut into parts.
 */
const AHEAD = 16_384

/** No trigger of a single name is longer. */
const LONG_TRIGGER = 40

const ANY = new RegExp(SECRET_TRIGGERS.map(({ pattern }) => `(${pattern})`).join('|'), 'gi')

export interface Redactor {
  /** Takes the next part; answers with what of the text so far can be given away. */
  push(part: string): string
  /** The rest. */
  end(): string
}

/** The text without its secrets. Text without any stays as it is. */
export function redact(text: string): string {
  const redactor = createRedactor()
  return redactor.push(text) + redactor.end()
}

/** The same for what is to become JSON: every text in it, and whole texts under names such as `password`. */
export function redactAll(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(redactAll)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isSecretName(name) ? hidden(inner) : redactAll(inner),
  ])
  return Object.fromEntries(entries)
}

/** What stands under the name of a secret: every text of it, also of a list. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : REDACTED
  return Array.isArray(value) ? value.map(hidden) : redactAll(value)
}

/** A redactor for one stream: what it gives is `redact` of the whole, whatever the parts. Bytes may come as Latin-1. */
export function createRedactor(): Redactor {
  return new StreamRedactor()
}

/**
 * For output that is shown as it comes: whole lines, none held back. Answers with null for lines inside of a private key. What
 * goes on from the line before, such as the value below `password:`, is found.
 */
export function createLineRedactor(): (line: string) => string | null {
  let inKey = false
  let before = ''
  return (line) => {
    if (inKey) {
      inKey = !line.includes('-----END')
      return null
    }
    inKey = /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY-----(?!.*-----END)/.test(line)
    const both = redact(`${before}\n${line}`)
    const rest = both.indexOf('\n')
    // The rest of a key has been left out already.
    before = inKey ? '' : line
    return rest < 0 ? REDACTED : both.slice(rest + 1)
  }
}

class StreamRedactor implements Redactor {
  /** What was not given away yet, behind up to CONTEXT characters that were. */
  #text = ''
  #at = 0
  /** True after a secret whose end was not in sight: everything up to the end of the line belongs to it. */
  #swallows = false
  readonly #memory: RedactionMemory = { parameters: new Map() }

  push(part: string): string {
    this.#text += part
    // Working on every small part would look at the same text again and again.
    return this.#text.length - this.#at < 2 * AHEAD ? '' : this.#run(false)
  }

  end(): string {
    const rest = this.#run(true)
    this.#text = ''
    this.#at = 0
    this.#swallows = false
    return rest
  }

  #run(isEnd: boolean): string {
    const text = this.#text
    const safe = isEnd ? text.length : text.length - AHEAD
    let given = ''
    let at = this.#at
    while (at < safe) {
      if (this.#swallows) {
        const line = text.indexOf('\n', at)
        this.#swallows = line < 0 || line >= safe
        at = this.#swallows ? safe : line
        continue
      }
      ANY.lastIndex = at
      const match = ANY.exec(text)
      if (!match || match.index >= safe) {
        given += text.slice(at, safe)
        at = safe
        break
      }
      const ahead = text.slice(match.index, match.index + AHEAD)
      const trigger = SECRET_TRIGGERS[match.findIndex((group, index) => index > 0 && group !== undefined) - 1]
      const around = {
        before: text.slice(Math.max(0, match.index - TRIGGER_CONTEXT), match.index),
        memory: this.#memory,
      }
      const spans = listOf(trigger?.secrets(ahead, match[0].length, around) ?? null)
      const last = spans.at(-1)
      given += text.slice(at, match.index)
      at = match.index + (last?.end ?? 1)
      given += last ? withoutSpans(ahead, match[0].length, spans) : text.slice(match.index, at)
      this.#swallows = last?.open === true
    }
    const kept = Math.max(0, at - TRIGGER_CONTEXT)
    this.#text = text.slice(kept)
    this.#at = at - kept
    return given
  }
}

function listOf(found: SecretSpan | readonly SecretSpan[] | null): readonly SecretSpan[] {
  const spans = found === null ? [] : 'from' in found ? [found] : found
  return spans.filter(({ from, end }) => end > from)
}

/** Up to the last of the secrets. Between the trigger and one of them there may be others. */
function withoutSpans(text: string, triggerLength: number, spans: readonly SecretSpan[]): string {
  // A long trigger has words between its first and its last, and may have a secret of another kind among them.
  const head =
    triggerLength > LONG_TRIGGER
      ? text.slice(0, 1) + redact(text.slice(1, triggerLength))
      : text.slice(0, triggerLength)
  let given = head
  let at = triggerLength
  for (const { from, end } of spans) {
    given = from < triggerLength ? text.slice(0, from) : given + redact(text.slice(at, from))
    given += REDACTED
    at = end
  }
  return given
}
