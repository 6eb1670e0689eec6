// `pgdeck audit`: prints the audit log with the audits of the applications, or proves that nobody changed the log.

import type { ClusterConfig, Config } from '../../../config/config.ts'
import { readAuditLog, verifyAuditLog } from '../../../io/audit/audit-log-reader.ts'
import { FileError } from '../../../io/files/text-files.ts'
import { stateFolder } from '../../../io/state/state-folder.ts'
import type { ExchangeOutage } from '../../../model/events/exchange-outage.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { type Line, span } from '../../../ui/frame/format/line.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { linePrinter, type TextColumn, textTable } from '../../text/print.ts'
import { type AuditFilter, type AuditLine, auditLines, outagesByCluster, type ReadSource } from './audit-lines.ts'
import { readAuditSources } from './read-sources.ts'

export interface AuditOptions extends AuditFilter {
  /** The config with the sources of the applications' audits; null: there is none. */
  readonly config: Config | null
  readonly clusterName?: string | undefined
  readonly verify: boolean
  /** SHA-256 of a line that was noted elsewhere. The log must still contain it. */
  readonly hash?: string | undefined
  readonly json: boolean
  readonly colour: boolean
  readonly output: Output
  readonly notify: (text: string) => void
  readonly trace?: TraceRecorder | undefined
}

/**
 * Prints the entries, or with `verify` the verdict on those of pgdeck. Resolves to the exit code: 1 if the log was changed. A source
 * that can't be read is reported and hides nothing else.
 */
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
  const { clusterName: cluster, json, output, colour, config, notify } = options
  const entries = await readAuditLog({ folder, cluster })
  const clusters = (config?.clusters ?? []).filter(({ spec }) => cluster === undefined || spec.name === cluster)
  const sources = await sourcesOf(clusters, options)
  if (typeof sources === 'number') return sources
  for (const source of sources) for (const text of remarks(source)) notify(`warning: ${text}`)
  const outages = outagesByCluster(
    entries,
    clusters.map(({ spec }) => spec),
  )
  const lines = auditLines(entries, sources, outages, options)
  if (json) await output.write(jsonText(auditDocument(lines, sources, outages), 'pretty'))
  else await output.write((await linePrinter(colour))(linesOf(lines, sources.length > 0)))
  return EXIT_CODES.ok
}

/** Nothing is opened if no source is wanted. */
async function sourcesOf(
  clusters: readonly ClusterConfig[],
  { config, clusterName, source, server, trace }: AuditOptions,
): Promise<readonly ReadSource[] | number> {
  const isWanted = clusters.some(({ servers }) =>
    servers.some(({ spec, audit = [] }) => audit.length > 0 && (server === undefined || spec.id === server)),
  )
  if (!config || !isWanted || source === 'pgdeck') return []
  return readAuditSources({ config, clusterName, trace })
}

/** What a reader of the entries must know of a source: that it failed, or what is left out. */
function remarks({ server, source, record }: ReadSource): readonly string[] {
  const { fault, unreadable, leftOut } = record
  const about = `the audit of ${server} (${source})`
  return [
    ...(fault ? [`${about} can’t be read: ${fault.message}${fault.hint === null ? '' : `. ${fault.hint}`}`] : []),
    ...(unreadable > 0 ? [`${about}: lines of another form are left out (${unreadable})`] : []),
    ...(leftOut ? [`${about}: its older entries are left out`] : []),
  ]
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
export function auditDocument(
  lines: readonly AuditLine[],
  sources: readonly ReadSource[] = [],
  outages: ReadonlyMap<string, readonly ExchangeOutage[]> = new Map(),
) {
  return {
    schema: 'pgdeck.audit/1',
    entries: lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
    sources: sources.map(({ cluster, server, source, record }) => ({
      cluster,
      server,
      source,
      entries: record.entries.length,
      problem: record.fault?.message ?? null,
      hint: record.fault?.hint ?? null,
      clockAheadMs: record.clockAheadMs,
      unreadable: record.unreadable,
      leftOut: record.leftOut,
    })),
    outages: [...outages].flatMap(([cluster, list]) =>
      list.map(({ from, to }) => ({
        cluster,
        from: new Date(from).toISOString(),
        to: to === null ? null : new Date(to).toISOString(),
      })),
    ),
  }
}

/** The document of `pgdeck audit --verify --json`. */
export function auditVerdictDocument(verdict: Awaited<ReturnType<typeof verifyAuditLog>>) {
  return { schema: 'pgdeck.audit-verdict/1', ...verdict }
}

function linesOf(lines: readonly AuditLine[], withSource: boolean): readonly Line[] {
  if (lines.length === 0) return [[span('no matching audit entries')]]
  return textTable(
    COLUMNS.filter(({ title }) => withSource || title !== 'SOURCE'),
    lines,
    '',
  )
}

const COLUMNS: readonly TextColumn<AuditLine>[] = [
  { title: 'AT', align: 'left', cell: ({ at }) => span(new Date(at).toISOString(), 'dim') },
  { title: 'SOURCE', align: 'left', cell: ({ source }) => source },
  {
    title: 'CATEGORY',
    align: 'left',
    cell: ({ category, applicationCategory }) => category ?? applicationCategory ?? '',
  },
  { title: 'CLUSTER', align: 'left', cell: ({ cluster }) => cluster ?? '' },
  { title: 'SERVER', align: 'left', cell: ({ server }) => server ?? '' },
  { title: 'WHO', align: 'left', cell: describeActor },
  {
    title: 'WHAT',
    align: 'left',
    cell: ({ what, result }) => (typeof result === 'string' ? `${what}: ${result}` : what),
  },
]

/** `ann from 10.0.0.9 on /dev/pts/1`. */
function describeActor({ who: { user, tty }, from }: AuditLine): string {
  return `${user ?? '?'}${from === null ? '' : ` from ${from}`}${tty === null ? '' : ` on ${tty}`}`
}
