// What a log said, as one short line that may be shown.

import { redact } from '../logs/redact.ts'
import { clean } from '../values/text.ts'

const LONGEST = 300

/** Without secrets and control characters; what is longer is cut. */
export function logExcerpt(...parts: readonly (string | null)[]): string {
  const whole = parts.filter((part) => part !== null).join(': ')
  return clean(redact(whole.replaceAll('\n', ' '))).slice(0, LONGEST)
}
