// What is known of the audit trail's end beside the trail itself, so that a cut end is found; and its files' names.

import { readdirSync } from 'node:fs'
import * as z from 'zod'
import { FIRST_AUDIT_HASH } from '../../model/events/audit-entry.ts'
import { readStateFile, writeStateFile } from '../state/state-folder.ts'

/** The file that is written to. */
export const CURRENT_AUDIT_FILE = 'audit.jsonl'
/** What is known of its end. */
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
  /** Why the trail can't be trusted any more, whatever its lines say; null while it can. */
  readonly broken: string | null
}

export const EMPTY_AUDIT_HEAD: AuditLogHead = { lines: 0, hash: FIRST_AUDIT_HASH, bytes: 0, rotated: 0, broken: null }

/** The head; null when there is none. */
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

/** Names of the trail's files, the oldest first; none where there is no folder. */
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
