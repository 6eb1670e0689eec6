// Reads and verifies the audit log: entries for people, and a verdict on whether a line was changed.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import * as z from 'zod'
import {
  AUDIT_CATEGORIES,
  type AuditCategory,
  type AuditEntry,
  FIRST_AUDIT_HASH,
} from '../../model/events/audit-entry.ts'
import { clean } from '../../model/values/text.ts'
import { listStartedRuns } from '../runs/journal.ts'
import {
  AUDIT_HEAD_FILE,
  type AuditLineFacts,
  auditFiles,
  auditLineFacts,
  auditLineHash,
  CURRENT_AUDIT_FILE,
  readAuditHead,
  splitAuditLines,
} from './audit-log-file.ts'

export interface AuditLogQuery {
  readonly folder: string
  readonly cluster?: string | undefined
  /** Id of a server or database. */
  readonly server?: string | undefined
  readonly category?: AuditCategory | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  /** The newest entries, at most this many; all without it. */
  readonly limit?: number | undefined
}

export type AuditLogVerification =
  /** `hash` is that of the last line. Stored elsewhere, it proves later that no earlier line was rewritten. */
  | {
      readonly ok: true
      readonly lines: number
      readonly hash: string
      /** How many lines came after the one with the noted hash; null without a noted hash. */
      readonly after: number | null
    }
  | { readonly ok: false; readonly file: string; readonly line: number; readonly why: string }

const LINES_AT_ONCE = 200

/** Made when the first line is read, because it would delay every start. */
function makeEntry() {
  const text = z.string().transform(clean)
  return z.object({
    at: z.iso.datetime().transform((written) => Date.parse(written)),
    who: z.object({ user: text, ssh: text.nullable(), tty: text.nullable() }),
    cluster: text.nullable(),
    server: text.nullable(),
    category: z.enum(AUDIT_CATEGORIES),
    what: text,
    plan: z.unknown(),
    result: z.unknown(),
  })
}

let entry: ReturnType<typeof makeEntry> | null = null

/** Returns the requested entries, the oldest first. Invalid lines are left out; `verifyAuditLog` reports them. */
export async function readAuditLog(question: AuditLogQuery): Promise<readonly AuditEntry[]> {
  const { folder, limit = Number.POSITIVE_INFINITY } = question
  const newestFirst: AuditEntry[] = []
  for (const name of [...auditFiles(folder)].reverse()) {
    const { lines } = splitAuditLines(await readFile(join(folder, name)))
    for (let index = lines.length - 1; index >= 0 && newestFirst.length < limit; index -= 1) {
      const entry = entryOf(lines[index])
      if (entry && matches(entry, question)) newestFirst.push(entry)
    }
    if (newestFirst.length >= limit) break
  }
  return newestFirst.reverse()
}

function entryOf(line: Buffer | undefined): AuditEntry | null {
  try {
    entry ??= makeEntry()
    return entry.safeParse(JSON.parse(line?.toString('utf8') ?? '')).data ?? null
  } catch {
    return null
  }
}

function matches(entry: AuditEntry, { cluster, server, category, since }: AuditLogQuery): boolean {
  if (cluster !== undefined && entry.cluster !== cluster) return false
  if (server !== undefined && entry.server !== server) return false
  if (category !== undefined && entry.category !== category) return false
  return since === undefined || entry.at >= since
}

/**
 * Verifies that no line was changed, removed, inserted, moved or cut off since it was written. Others may write
 * meanwhile. A user who may write to the folder can write a whole new log. Against that, store the last hash elsewhere
 * and give it as `noted`, in hexadecimal: one line must have it. Entries are written before journals, so runs without
 * an entry prove that the log was started again.
 */
export async function verifyAuditLog(folder: string, noted: string | null = null): Promise<AuditLogVerification> {
  for (let attempt = 1; ; attempt += 1) {
    const before = state(folder)
    const verdict = await verified(folder, noted)
    // Another process may have written between our two reads: then verification runs again.
    if (verdict.ok || attempt === 5 || before === state(folder)) return verdict
  }
}

function state(folder: string): string {
  return JSON.stringify([auditFiles(folder), readAuditHead(folder)])
}

async function verified(folder: string, noted: string | null): Promise<AuditLogVerification> {
  // Runs and the head are read first: later lines come after what they say.
  const untold = new Set(await listStartedRuns(folder))
  const head = readAuditHead(folder)
  const files = auditFiles(folder)
  if (head === null && files.length === 0) {
    return ended({ lines: 0, hash: FIRST_AUDIT_HASH }, noted, noted === FIRST_AUDIT_HASH ? 0 : null, untold)
  }
  if (head === null || head === 'damaged') {
    const why = `is ${head ?? 'missing'}: whether lines were cut off at the end is unknown`
    return { ok: false, file: AUDIT_HEAD_FILE, line: 1, why }
  }
  const chain = new AuditChain(head, noted, untold)
  for (const file of files) {
    const flaw = await chain.flawOfFile(folder, file)
    if (flaw) return { ok: false, ...flaw }
  }
  const { lines, hash, notedAt, place } = chain
  if (lines < head.lines) {
    const why = `${head.lines - lines} more lines were written after this one, and are missing`
    return { ok: false, ...place, why }
  }
  if (head.broken !== null) return { ok: false, file: AUDIT_HEAD_FILE, line: 1, why: head.broken }
  return ended({ lines, hash }, noted, notedAt, untold)
}

interface AuditFlaw {
  readonly file: string
  readonly line: number
  readonly why: string
}

/** The lines so far. Each gives the hash of the previous one. */
class AuditChain {
  lines = 0
  hash = FIRST_AUDIT_HASH
  /** The number of lines up to the one with the noted hash; null before it. */
  notedAt: number | null
  /** The last line. */
  place = { file: CURRENT_AUDIT_FILE, line: 0 }
  readonly #head: { readonly lines: number; readonly hash: string }
  readonly #noted: string | null
  readonly #untold: Set<string>

  /** `untold` are runs; those with an entry are removed from it. */
  constructor(head: { readonly lines: number; readonly hash: string }, noted: string | null, untold: Set<string>) {
    this.#head = head
    this.#noted = noted
    this.#untold = untold
    this.notedAt = noted === FIRST_AUDIT_HASH ? 0 : null
  }

  /** Adds the lines of the next file. Returns the first flaw; null: none. */
  async flawOfFile(folder: string, file: string): Promise<AuditFlaw | null> {
    const { lines, rest } = splitAuditLines(await readFile(join(folder, file)))
    for (const [index, line] of lines.entries()) {
      // A long log takes a while: keys and polls must not wait for it.
      if (index % LINES_AT_ONCE === 0) await breathe()
      this.place = { file, line: index + 1 }
      const why = this.#flawOfNext(line)
      if (why !== null) return { ...this.place, why }
    }
    // An unfinished line is beyond the size that the head has.
    const isCutOff = rest.length > 0 && (file !== CURRENT_AUDIT_FILE || this.lines < this.#head.lines)
    return isCutOff ? { file, line: lines.length + 1, why: 'is truncated' } : null
  }

  #flawOfNext(line: Buffer): string | null {
    const facts = auditLineFacts(line)
    const why = flaw(facts, this.hash, this.lines)
    if (why !== null) return why
    if (facts?.run) this.#untold.delete(facts.run)
    this.hash = auditLineHash(line)
    this.lines += 1
    if (this.#noted === this.hash) this.notedAt = this.lines
    return this.lines === this.#head.lines && this.hash !== this.#head.hash ? 'was changed after it was written' : null
  }
}

/** The verdict on a chain without flaws of its own. */
function ended(
  end: { readonly lines: number; readonly hash: string },
  noted: string | null,
  notedAt: number | null,
  untold: ReadonlySet<string>,
): AuditLogVerification {
  const [oldest] = [...untold].sort()
  if (oldest !== undefined) {
    const more = untold.size === 1 ? '' : ` (and ${untold.size - 1} more such runs)`
    const why = `is of a run without entries in the audit log: the log was removed, or started again${more}`
    return { ok: false, file: `runs/${oldest}.jsonl`, line: 1, why }
  }
  if (noted === null) return { ok: true, ...end, after: null }
  if (notedAt !== null) return { ok: true, ...end, after: end.lines - notedAt }
  const why = 'is the last line, and no line has the recorded hash: the audit log was rewritten, or is another one'
  return { ok: false, file: CURRENT_AUDIT_FILE, line: end.lines, why }
}

function flaw(facts: AuditLineFacts | null, hash: string, before: number): string | null {
  if (facts === null) return 'is not a line of an audit log'
  if (facts.previous === hash) return null
  if (before === 0) return 'is not the first line: the lines before it are missing'
  return 'does not follow the line before it: that line was changed, or lines were removed, inserted or moved'
}
