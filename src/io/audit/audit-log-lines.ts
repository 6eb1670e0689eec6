// The lines of the audit trail as bytes: where they end, what they hash to, which line they follow.

import { createHash } from 'node:crypto'

export const LINE_BREAK = 0x0a

/** SHA-256 of a line without its line break, in hexadecimal. */
export function auditLineHash(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('hex')
}

/** The whole lines of a file's bytes, without line breaks, and what follows the last of them. */
export function splitAuditLines(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = []
  let from = 0
  for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, from)) {
    lines.push(bytes.subarray(from, end))
    from = end + 1
  }
  return { lines, rest: bytes.subarray(from) }
}

/** What the proof needs of a line. */
export interface AuditLineFacts {
  /** The hash that it names as that of the line before. */
  readonly previous: string
  /** Id of the run of which it tells; null where it tells of none. */
  readonly run: string | null
}

/** null for what is no line of a trail. */
export function auditLineFacts(line: Buffer): AuditLineFacts | null {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'))
    const previous = textAt(parsed, 'previous')
    if (previous === null) return null
    const plan = typeof parsed === 'object' && parsed !== null && 'plan' in parsed ? parsed.plan : null
    return { previous, run: textAt(plan, 'run') }
  } catch {
    return null
  }
}

/** The hash that a line names as that of the one before; null for what is no line of a trail. */
export function previousHashOf(line: Buffer): string | null {
  return auditLineFacts(line)?.previous ?? null
}

function textAt(value: unknown, key: string): string | null {
  const found: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key as keyof typeof value] : null
  return typeof found === 'string' ? found : null
}
