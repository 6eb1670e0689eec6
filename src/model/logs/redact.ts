// Removes secrets from text: logs, statements, settings, output of programs. It takes a whole text or a stream of
// chunks.

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
 * The look-ahead of a decision. A trigger is judged only once this much text follows it, or the end of the text. So
 * the result does not depend on where a stream was cut.
 */
const AHEAD = 16_384

/** The longest trigger of a single name. */
const LONG_TRIGGER = 40

const ANY = new RegExp(SECRET_TRIGGERS.map(({ pattern }) => `(${pattern})`).join('|'), 'gi')

export interface Redactor {
  /** Takes the next chunk; returns the text that is safe to output so far. */
  push(part: string): string
  /** Returns the rest. */
  end(): string
}

/** Returns the text without its secrets. A text without secrets stays as it is. */
export function redact(text: string): string {
  const redactor = createRedactor()
  return redactor.push(text) + redactor.end()
}

/** The same for a value that becomes JSON: each text in it, and whole values under names such as `password`. */
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

/** Replaces each text under the name of a secret, also in a list. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : REDACTED
  return Array.isArray(value) ? value.map(hidden) : redactAll(value)
}

/**
 * Returns a redactor for one stream. Its output equals `redact` of the whole, however the stream is cut. Bytes may
 * come as Latin-1.
 */
export function createRedactor(): Redactor {
  return new StreamRedactor()
}

/**
 * Returns a redactor for output that is shown as it arrives: whole lines, none held back. It answers with null for
 * lines inside a private key. It finds values that continue from the previous line, such as the value below
 * `password:`.
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
    // The rest of a key has been removed already.
    before = inKey ? '' : line
    return rest < 0 ? REDACTED : both.slice(rest + 1)
  }
}

class StreamRedactor implements Redactor {
  /** The text that is not output yet, after up to CONTEXT characters that were. */
  #text = ''
  #at = 0
  /** True after a secret without a visible end: everything up to the end of the line belongs to it. */
  #swallows = false
  readonly #memory: RedactionMemory = { parameters: new Map() }

  push(part: string): string {
    this.#text += part
    // Processing each small chunk would scan the same text repeatedly.
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

/** Up to the last of the secrets. Other secrets may lie between the trigger and one of them. */
function withoutSpans(text: string, triggerLength: number, spans: readonly SecretSpan[]): string {
  // A long trigger has words between its first and its last, which may hold a secret of another kind.
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
