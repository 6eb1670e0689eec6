// Writes the audit log's files: JSON lines that each give the hash of the previous one. One process writes at a time.

import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditEntry, auditLine } from '../../model/events/audit-entry.ts'
import { redactAll } from '../../model/logs/redact.ts'
import { withFileLock } from '../state/file-lock.ts'
import { requirePrivateFolder } from '../state/state-folder.ts'
import {
  type AuditLogHead,
  auditFiles,
  auditLineHash,
  CURRENT_AUDIT_FILE,
  EMPTY_AUDIT_HEAD,
  LINE_BREAK,
  previousHashOf,
  readAuditHead,
  rotatedAuditFile,
  splitAuditLines,
  writeAuditHead,
} from './audit-log-file.ts'

/** A file of this size is closed and the next one started. No file is ever deleted. */
const ROTATE_BYTES = 10 * 1024 * 1024

export interface AppendAuditOptions {
  readonly rotateBytes?: number
}

/**
 * Appends entries as one batch, without secrets. Resolves when they are on disk. Several processes may call it: each
 * waits for its turn. A line that a crash left incomplete is removed first. Throws errors of the file system; then
 * nothing was appended.
 */
export async function appendAuditLog(
  folder: string,
  entries: readonly AuditEntry[],
  { rotateBytes = ROTATE_BYTES }: AppendAuditOptions = {},
): Promise<void> {
  if (entries.length === 0) return
  requirePrivateFolder(folder)
  await withFileLock(join(folder, 'audit.lock'), async () => {
    const head = await repairAuditLog(folder, await headOf(folder))
    const start = head.bytes > 0 && head.bytes >= rotateBytes ? await rotate(folder, head) : head
    await write(folder, start, entries)
  })
}

/**
 * Returns the head. If it is missing although there are lines, returns a head that says so for good: a cut can't be
 * detected any more.
 */
async function headOf(folder: string): Promise<AuditLogHead> {
  const head = readAuditHead(folder)
  if (head !== null && head !== 'damaged') return head
  const files = auditFiles(folder)
  if (files.length === 0 && head === null) {
    await writeAuditHead(folder, EMPTY_AUDIT_HEAD)
    return EMPTY_AUDIT_HEAD
  }
  const contents = await Promise.all(files.map(async (name) => splitAuditLines(await readFile(join(folder, name)))))
  const lines = contents.flatMap((content) => content.lines)
  const last = lines.at(-1)
  return {
    lines: lines.length,
    hash: last ? auditLineHash(last) : EMPTY_AUDIT_HEAD.hash,
    bytes: files.includes(CURRENT_AUDIT_FILE) ? (await stat(join(folder, CURRENT_AUDIT_FILE))).size : 0,
    rotated: files.filter((name) => name !== CURRENT_AUDIT_FILE).length,
    broken: `its end was unknown at ${new Date().toISOString()}: audit.head.json was ${head ?? 'missing'}`,
  }
}

/** Returns the head after a crash: finishes a rotation, counts whole lines, removes an incomplete one. */
async function repairAuditLog(folder: string, head: AuditLogHead): Promise<AuditLogHead> {
  const files = auditFiles(folder)
  const last = rotatedAuditFile(head.rotated)
  if (head.rotated > 0 && head.bytes === 0 && files.includes(CURRENT_AUDIT_FILE) && !files.includes(last)) {
    await rename(join(folder, CURRENT_AUDIT_FILE), join(folder, last))
    return head
  }
  if (!files.includes(CURRENT_AUDIT_FILE)) return { ...head, bytes: 0 }
  const file = await open(join(folder, CURRENT_AUDIT_FILE), 'r+')
  try {
    const { size } = await file.stat()
    return size > head.bytes ? await adoptedHead(file, size, head) : { ...head, bytes: size }
  } finally {
    await file.close()
  }
}

async function adoptedHead(file: FileHandle, size: number, head: AuditLogHead): Promise<AuditLogHead> {
  const bytes = Buffer.alloc(size - head.bytes)
  await file.read(bytes, 0, bytes.length, head.bytes)
  const { lines, rest } = splitAuditLines(bytes)
  let next = head
  for (const line of lines) {
    // A line that does not follow stays, as evidence: the chain continues from the last line that was written.
    if (previousHashOf(line) !== next.hash) return { ...head, bytes: size }
    next = { ...next, lines: next.lines + 1, hash: auditLineHash(line), bytes: next.bytes + line.length + 1 }
  }
  if (rest.length > 0) await file.truncate(next.bytes)
  return next
}

/** The head is written first: `repairAuditLog` finishes an interrupted rotation. */
async function rotate(folder: string, head: AuditLogHead): Promise<AuditLogHead> {
  const next = { ...head, bytes: 0, rotated: head.rotated + 1 }
  await writeAuditHead(folder, next)
  await rename(join(folder, CURRENT_AUDIT_FILE), join(folder, rotatedAuditFile(next.rotated)))
  return next
}

async function write(folder: string, head: AuditLogHead, entries: readonly AuditEntry[]): Promise<void> {
  let { hash } = head
  const lines = entries.map((entry) => {
    const line = auditLine(redactAll(entry) as AuditEntry, hash)
    hash = auditLineHash(Buffer.from(line))
    return `${line}\n`
  })
  const file = await open(join(folder, CURRENT_AUDIT_FILE), 'a+', 0o600)
  try {
    const bytes = Buffer.from(`${(await endsInLine(file, head.bytes)) ? '' : '\n'}${lines.join('')}`)
    try {
      await file.writeFile(bytes)
      await file.datasync()
      const end = { lines: head.lines + entries.length, hash, bytes: head.bytes + bytes.length }
      await writeAuditHead(folder, { ...head, ...end })
    } catch (error) {
      // A full disk stores a part of a line. It is removed, so that the next attempt finds the previous state.
      await file.truncate(head.bytes)
      throw error
    }
  } finally {
    await file.close()
  }
}

/** False only for a file that was cut. */
async function endsInLine(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === LINE_BREAK
}
