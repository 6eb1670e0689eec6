// `pgdeck audit`: prints the audit log, or proves that nobody changed it.

import { readAuditLog, verifyAuditLog } from '../../../io/audit/audit-log-reader.ts'
import { FileError } from '../../../io/files/text-files.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import type { AuditCategory, AuditEntry, Principal } from '../../../model/events/audit-entry.ts'
import { type Line, span } from '../../../ui/frame/format/line.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type TextColumn, textTable } from '../../text/print.ts'

export interface AuditOptions {
  readonly clusterName?: string | undefined
  /** Id of a server or database. */
  readonly server?: string | undefined
  readonly category?: AuditCategory | undefined
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly verify: boolean
  /** SHA-256 of a line that was noted elsewhere. The log must still contain it. */
  readonly hash?: string | undefined
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
}

/** Prints the entries, or with `verify` the verdict. Resolves to the exit code: 1 if the log was changed. */
export async function auditCommand(options: AuditOptions): Promise<number> {
  const folder = stateFolder(process.env)
  try {
    return await (options.verify || options.hash !== undefined ? verify(folder, options) : print(folder, options))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new FileError(folder, code, `the audit log can’t be read: ${message}`)
  }
}

async function print(folder: string, options: AuditOptions): Promise<number> {
  const { clusterName: cluster, server, category, since, json, output, colour } = options
  const entries = await readAuditLog({ folder, cluster, server, category, since })
  if (json) await output.write(jsonText(auditDocument(entries), 'pretty'))
  else await output.write((await linePrinter(colour))(linesOf(entries)))
  return EXIT_CODES.ok
}

async function verify(folder: string, { hash, json, output }: AuditOptions): Promise<number> {
  const verdict = await verifyAuditLog(folder, hash ?? null)
  if (json) await output.write(jsonText(auditVerdictDocument(verdict), 'pretty'))
  else if (verdict.ok) {
    const { lines, after } = verdict
    const noted = after === null ? '' : `; the noted hash is that of line ${lines - after}, ${countOf(after)} after it`
    await output.write(`${folder}: ${lines} lines, all unchanged${noted}; hash of the last one: ${verdict.hash}\n`)
  } else await output.write(`${folder}: tampered with: ${verdict.file}, line ${verdict.line} ${verdict.why}\n`)
  return verdict.ok ? EXIT_CODES.ok : EXIT_CODES.failed
}

function countOf(lines: number): string {
  return lines === 0 ? 'no line came' : lines === 1 ? 'one line came' : `${lines} lines came`
}

/** The document of `pgdeck audit --json`. */
export function auditDocument(entries: readonly AuditEntry[]) {
  return {
    schema: 'pgdeck.audit/1',
    entries: entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
  }
}

/** The document of `pgdeck audit --verify --json`. */
export function auditVerdictDocument(verdict: Awaited<ReturnType<typeof verifyAuditLog>>) {
  return { schema: 'pgdeck.audit-verdict/1', ...verdict }
}

function linesOf(entries: readonly AuditEntry[]): readonly Line[] {
  if (entries.length === 0) return [[span('no matching audit entries')]]
  return textTable(COLUMNS, entries, '')
}

const COLUMNS: readonly TextColumn<AuditEntry>[] = [
  { title: 'AT', align: 'left', cell: ({ at }) => span(new Date(at).toISOString(), 'dim') },
  { title: 'CATEGORY', align: 'left', cell: ({ category }) => category },
  { title: 'CLUSTER', align: 'left', cell: ({ cluster }) => cluster ?? '' },
  { title: 'SERVER', align: 'left', cell: ({ server }) => server ?? '' },
  { title: 'WHO', align: 'left', cell: ({ who }) => describeActor(who) },
  {
    title: 'WHAT',
    align: 'left',
    cell: ({ what, result }) => (typeof result === 'string' ? `${what}: ${result}` : what),
  },
]

/** `ann from 10.0.0.9 on /dev/pts/1`. */
function describeActor({ user, ssh, tty }: Principal): string {
  return `${user}${ssh === null ? '' : ` from ${ssh}`}${tty === null ? '' : ` on ${tty}`}`
}
