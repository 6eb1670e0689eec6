// `pgdeck record --export`: writes a part of what was recorded into one file, for somebody without access to the cluster.

import { readAuditLog } from '../../../io/audit/audit-log-reader.ts'
import { openOutputFile } from '../../../io/files/output-file.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import type { AuditEntry } from '../../../model/events/audit-entry.ts'
import { redactAll } from '../../../model/logs/redact.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { openRecordings, type RecordingIndex } from '../../../runtime/recording/recordings.ts'
import type { SegmentPlace } from '../../../runtime/recording/segment-place.ts'
import { exportedLines } from '../../../state/recording/exported-lines.ts'
import { storedMark } from '../../../state/recording/marks.ts'
import { CommandError, EXIT_CODES } from '../../invocation/exit-codes.ts'
import { type Output, requireWritableOut } from '../../invocation/output.ts'
import { VERSION } from '../../invocation/version.ts'

export interface ExportCommandOptions {
  readonly out: string
  readonly force: boolean
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly until?: number | undefined
  /** Only this cluster. */
  readonly clusterName?: string | undefined
  /** Leave the text of statements in, where it was recorded. */
  readonly statements: boolean
  readonly output: Output
  readonly notify: (text: string) => void
}

/** Writes the file. Resolves to the exit code. Throws CommandError if nothing was recorded then. */
export async function exportCommand(options: ExportCommandOptions): Promise<number> {
  const { out, force, since, until = Date.now(), clusterName, statements, output, notify } = options
  requireWritableOut('--export', out, force)
  const folder = stateFolder(process.env)
  const recordings = openRecordings({ stateFolder: folder })
  try {
    const index = await recordings.index(clusterName === undefined ? undefined : [clusterName])
    for (const problem of index.problems) notify(`warning: ${problem}`)
    const parts = partsOf(index, since, until)
    if (parts.length === 0) throw new CommandError(nothingText(index, since, until))
    const marks = index.marks.filter(({ at }) => at >= since && at <= until).map(storedMark)
    const audit = await auditOf(folder, parts, clusterName, since, until, notify)
    const file = openOutputFile(out, { force })
    try {
      const meta = {
        pgdeck: VERSION,
        node: process.version,
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }
      // The thread makes the file itself.
      const bytes = await recordings.copy({
        path: file.partial,
        meta,
        parts,
        linesOf: (text) => exportedLines(text, { cluster: clusterName, statements }),
        clusters: (of) => of.clusters.filter((name) => clusterName === undefined || name === clusterName),
        marks,
        audit,
        onUnread: (text) => notify(`warning: ${text}`),
      })
      if (bytes === 0) throw new Error('no part of it can be read')
      file.finish()
      await output.write(`${out}: ${formatBytes(bytes)}, ${spanText(parts)}; it opens with  pgdeck --from ${out}\n`)
    } catch (error) {
      file.abandon()
      throw new CommandError(`${out}: ${messageOf(error)}`, { cause: error })
    }
    return EXIT_CODES.ok
  } finally {
    await recordings.close()
  }
}

/** A part can be read only as a whole: the file begins up to five minutes earlier. */
function partsOf({ segments }: RecordingIndex, since: number, until: number): readonly SegmentPlace[] {
  return segments.filter(({ started, ended }) => ended >= since && started <= until)
}

async function auditOf(
  folder: string,
  parts: readonly SegmentPlace[],
  clusterName: string | undefined,
  since: number,
  until: number,
  notify: (text: string) => void,
): Promise<readonly { readonly at: number; readonly entry: string }[]> {
  const names = new Set(clusterName === undefined ? parts.flatMap(({ clusters }) => clusters) : [clusterName])
  const isPart = ({ at, cluster }: AuditEntry) => at <= until && (cluster === null || names.has(cluster))
  try {
    const entries = await readAuditLog({ folder, since })
    return entries.filter(isPart).map((entry) => ({ at: entry.at, entry: JSON.stringify(redactAll(entry)) }))
  } catch (error) {
    notify(`warning: the audit log is left out: ${messageOf(error)}`)
    return []
  }
}

function spanText(parts: readonly SegmentPlace[]): string {
  const from = Math.min(...parts.map(({ started }) => started))
  const to = Math.max(...parts.map(({ ended }) => ended))
  return `${timeText(from)} to ${timeText(to)}`
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}

function nothingText({ segments }: RecordingIndex, since: number, until: number): string {
  if (segments.length === 0) return 'nothing is recorded: pgdeck record begins'
  return `nothing was recorded from ${timeText(since)} to ${timeText(until)}; there is ${spanText(segments)}`
}
