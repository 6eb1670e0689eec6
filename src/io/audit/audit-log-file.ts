// The files of the audit log: their names, their lines and hashes, and the head file, which shows whether the end was
// cut off.

import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import * as z from 'zod'
import { FIRST_AUDIT_HASH } from '../../model/events/audit-entry.ts'
import { readStateFile, writeStateFile } from '../state/state-folder.ts'

/** The file that is written to. */
export const CURRENT_AUDIT_FILE = 'audit.jsonl'
/** The head: what is known of the log's end. */
export const AUDIT_HEAD_FILE = 'audit.head.json'

const schema = z.object({
  lines: z.number().int().nonnegative(),
  hash: z.string(),
  bytes: z.number().int().nonnegative(),
  rotated: z.number().int().nonnegative(),
  broken: z.string().nullable(),
})

export interface AuditLogHead {
  /** Lines of all files. */
  readonly lines: number
  /** Of the last line. */
  readonly hash: string
  /** Size of the current file. */
  readonly bytes: number
  /** How many files were closed. */
  readonly rotated: number
  /** Why the log can't be trusted any more, whatever its lines say; null while it can. */
  readonly broken: string | null
}

export const EMPTY_AUDIT_HEAD: AuditLogHead = { lines: 0, hash: FIRST_AUDIT_HASH, bytes: 0, rotated: 0, broken: null }

/** Returns the head; null if there is none. */
export function readAuditHead(folder: string): AuditLogHead | 'damaged' | null {
  try {
    const content = readStateFile(folder, AUDIT_HEAD_FILE)
    return content === null ? null : schema.parse(content)
  } catch (error) {
    if (error instanceof z.ZodError || (error as Error).cause instanceof SyntaxError) return 'damaged'
    throw error
  }
}

export async function writeAuditHead(folder: string, head: AuditLogHead): Promise<void> {
  await writeStateFile(folder, AUDIT_HEAD_FILE, head)
}

/** Name of the n-th closed file. */
export function rotatedAuditFile(n: number): string {
  return `audit.${String(n).padStart(6, '0')}.jsonl`
}

/** Returns the names of the log's files, the oldest first; none without a folder. */
export function auditFiles(folder: string): readonly string[] {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const closed = names.filter((name) => /^audit\.\d{6,}\.jsonl$/.test(name)).sort()
  return names.includes(CURRENT_AUDIT_FILE) ? [...closed, CURRENT_AUDIT_FILE] : closed
}

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

/** What verification needs of a line. */
export interface AuditLineFacts {
  /** The hash that it gives for the previous line. */
  readonly previous: string
  /** Id of the run that it is about; null if it is about none. */
  readonly run: string | null
}

/** null for text that is not a line of an audit log. */
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

/** Returns the hash that a line gives for the previous one; null for text that is not a line of an audit log. */
export function previousHashOf(line: Buffer): string | null {
  return auditLineFacts(line)?.previous ?? null
}

function textAt(value: unknown, key: string): string | null {
  const member: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? value[key as keyof typeof value] : null
  return typeof member === 'string' ? member : null
}
