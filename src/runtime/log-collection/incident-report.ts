// Collects what happened in a whole cluster: the timeline alone, or an archive with the timeline and the logs of every
// node.

import type { ClusterConfig } from '../../config/config.ts'
import { openArchive } from '../../io/files/archive.ts'
import { writeOutputFile } from '../../io/files/output-file.ts'
import { type IncidentEntry, type IncidentTimeline, incidentMarkdown } from '../../model/events/incident-timeline.ts'
import { type LogCollection, logManifestText, type OmittedLog } from '../../model/logs/collection.ts'
import type { LogSettings } from '../../model/logs/entries/entry.ts'
import { createLogHighlighter, type LogHighlighter } from '../../model/logs/highlights.ts'
import { formatBytes } from '../../model/values/units.ts'
import { type RecordedFigures, readRecordedFigures } from '../recording/recorded-figures.ts'
import { nodeFolderName } from './archive-names.ts'
import {
  addDocumentToArchive,
  addRecordsToArchive,
  type ClusterRecords,
  readClusterRecords,
  redactedJson,
} from './cluster-records.ts'
import { auditCollection, type CollectLogsOptions, collectionDocument } from './collect-logs.ts'
import type { FileWatcher } from './copy-logs.ts'
import { fileTimestamp } from './file-timestamp.ts'
import type { LogFile } from './log-file.ts'
import { collectNodeLogs } from './node-logs.ts'
import { buildReportTimeline } from './report-timeline.ts'

export interface IncidentReportOptions extends Omit<CollectLogsOptions, 'id' | 'since' | 'progress'> {
  readonly since: number
  /** Called with the current work as text. */
  readonly onProgress?: (what: string) => void
}

export interface IncidentReport {
  readonly timeline: IncidentTimeline
  /** One for each node; empty for the timeline alone. */
  readonly collections: readonly LogCollection[]
  /** Why the audit log has no entry of it; null if it has one, and for the timeline alone. */
  readonly unnoted: string | null
}

/** Writes the timeline as Markdown. Throws FileError. */
export async function writeTimelineReport(options: IncidentReportOptions): Promise<IncidentReport> {
  const { cluster, path, state, folder, since } = options
  const records = await readClusterRecords(state, cluster.spec.name, folder, since)
  const recorded = await recordedFigures(options)
  const timeline = buildReportTimeline(state, cluster.spec.name, records, since, recorded)
  writeOutputFile(path, incidentMarkdown(timeline), { force: options.force })
  return { timeline, collections: [], unnoted: null }
}

/**
 * Writes an archive with the timeline, pgdeck's records and the logs of every node. All nodes share the limit equally.
 */
export async function writeReportArchive(options: IncidentReportOptions): Promise<IncidentReport> {
  const { cluster, path, state, folder, since, signal } = options
  const at = Date.now()
  const top = `pgdeck-report-${cluster.spec.name.replace(/[^\w.-]/g, '_')}-${fileTimestamp(at)}`
  const archive = await openArchive(path, { force: options.force })
  try {
    const records = await readClusterRecords(state, cluster.spec.name, folder, since)
    await addRecordsToArchive(archive, top, records)
    const collections: LogCollection[] = []
    const logged: IncidentEntry[] = []
    const unreadLogs: OmittedLog[] = []
    const nodes = nodesOf(cluster)
    const folders = new Set<string>()
    for (const id of nodes) {
      const share = Math.floor(options.maxBytes / nodes.length)
      const below = `${top}/nodes/${nodeFolderName(id, folders)}`
      const about = { cluster, id, archive, folder: below, since, maxBytes: share, signal }
      const progress = ({ doneBytes }: { readonly doneBytes: number }) =>
        options.onProgress?.(`${id}: ${formatBytes(doneBytes)} of its logs`)
      const highlights: LogHighlighter[] = []
      const reads = (settings: LogSettings) => {
        const highlighter = createLogHighlighter(since, settings)
        highlights.push(highlighter)
        return (file: LogFile) => watcherOf(highlighter, file)
      }
      const collection = { ...(await collectNodeLogs({ ...about, progress, reads })), at }
      const found = highlights.flatMap((each) => each.found())
      logged.push(...found.map(({ at, text }) => ({ at, kind: 'log', subject: id, text }) as const))
      const unread = collection.kind === 'database' ? highlights.flatMap((each) => each.unread()) : []
      unreadLogs.push(...unread.map((why) => ({ what: `${id}: its log`, why })))
      collections.push(collection)
      await addDocumentToArchive(archive, `${below}/MANIFEST.txt`, logManifestText(collection))
    }
    const timeline = buildReportTimeline(
      state,
      cluster.spec.name,
      withMissing(records, collections, unreadLogs),
      since,
      await recordedFigures(options),
      logged,
    )
    await addDocumentToArchive(archive, `${top}/report.md`, incidentMarkdown(timeline))
    await addDocumentToArchive(archive, `${top}/manifest.json`, redactedJson(collections.map(collectionDocument)))
    signal.throwIfAborted()
    await archive.finish()
    const what = 'gathered a report with the logs of all nodes'
    const note = { folder, who: options.who, cluster: cluster.spec.name, node: null, what, path }
    return { timeline, collections, unnoted: await auditCollection(note) }
  } catch (error) {
    await archive.abandon()
    signal.throwIfAborted()
    throw error
  }
}

function recordedFigures(options: IncidentReportOptions): Promise<RecordedFigures> {
  const { cluster, folder: stateFolder, since, signal, onProgress } = options
  const told = (at: number) => onProgress?.(`what was recorded, at ${new Date(at).toISOString()}`)
  return readRecordedFigures({ stateFolder, cluster: cluster.spec.name, since, signal, onProgress: told })
}

function nodesOf({ databases, servers }: ClusterConfig): readonly string[] {
  return [...servers, ...databases].map(({ spec }) => spec.id)
}

/** A letter of several bytes may be cut between two parts. */
function watcherOf(highlighter: LogHighlighter, { path }: LogFile): FileWatcher {
  const reader = highlighter.file(path)
  const decoder = new TextDecoder()
  return {
    push: (part) => reader.push(decoder.decode(part, { stream: true })),
    end() {
      reader.push(decoder.decode())
      reader.end()
    },
  }
}

function withMissing(
  records: ClusterRecords,
  collections: readonly LogCollection[],
  unreadLogs: readonly OmittedLog[],
): ClusterRecords {
  const missing = collections.flatMap(({ node, missing }) =>
    missing.map(({ what, why }) => ({ what: `${node}: ${what}`, why })),
  )
  return { ...records, missing: [...records.missing, ...missing, ...unreadLogs] }
}
