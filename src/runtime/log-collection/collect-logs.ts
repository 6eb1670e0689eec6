// Collects the logs of one server or database into one archive, with pgdeck's records of that time. Only reads from
// servers.

import type { ClusterConfig } from '../../config/config.ts'
import { appendAuditLog } from '../../io/audit/audit-log-writer.ts'
import { openArchive } from '../../io/files/archive.ts'
import type { Principal } from '../../model/events/audit-entry.ts'
import { type LogCollection, logManifestText } from '../../model/logs/collection.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { State } from '../../state/state.ts'
import { addDocumentToArchive, addRecordsToArchive, readClusterRecords, redactedJson } from './cluster-records.ts'
import type { CopyProgress } from './copy-logs.ts'
import { fileTimestamp } from './file-timestamp.ts'
import { DEFAULT_LOG_PERIOD_MS } from './limits.ts'
import { collectNodeLogs } from './node-logs.ts'

export interface CollectLogsOptions {
  readonly cluster: ClusterConfig
  /** Of a server or database of the cluster. */
  readonly id: string
  /** Path of the archive. */
  readonly path: string
  /** Replace an existing file. */
  readonly force: boolean
  /** For the status and the events. */
  readonly state: State
  /** The folder of the audit log, and who collects. */
  readonly folder: string
  readonly who: Principal
  /** Milliseconds since the epoch; null: log files of any age, events and audit log of the last day. */
  readonly since: number | null
  /** Limit for the log files. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly progress?: (progress: CopyProgress) => void
}

export interface CollectedLogs {
  readonly path: string
  /** Size of the archive. */
  readonly bytes: number
  readonly collection: LogCollection
  /** Why the audit log has no entry of it; null if it has one. */
  readonly unnoted: string | null
}

/**
 * Writes the archive. Its manifest lists what could not be collected. Throws FileError if it can't be written, and the
 * signal's reason at the signal; then no file is left.
 */
export async function collectLogArchive(options: CollectLogsOptions): Promise<CollectedLogs> {
  const { cluster, id, path, state, folder, since, maxBytes, signal, progress = () => {} } = options
  const at = Date.now()
  const top = `pgdeck-logs-${id.replace(/[^\w.-]/g, '_')}-${fileTimestamp(at)}`
  const archive = await openArchive(path, { force: options.force })
  try {
    const records = await readClusterRecords(state, cluster.spec.name, folder, since ?? at - DEFAULT_LOG_PERIOD_MS)
    await addRecordsToArchive(archive, top, records)
    const logs = await collectNodeLogs({
      cluster,
      id,
      archive,
      folder: `${top}/logs`,
      since,
      maxBytes,
      signal,
      progress,
    })
    const collection = { ...logs, at, missing: [...logs.missing, ...records.missing] }
    await addDocumentToArchive(archive, `${top}/MANIFEST.txt`, logManifestText(collection))
    await addDocumentToArchive(archive, `${top}/manifest.json`, redactedJson(collectionDocument(collection)))
    signal.throwIfAborted()
    const bytes = await archive.finish()
    const note = { folder, who: options.who, cluster: cluster.spec.name, node: id, what: 'collected its logs', path }
    return { path, bytes, collection, unnoted: collection.taken.length > 0 ? await auditCollection(note) : null }
  } catch (error) {
    await archive.abandon()
    signal.throwIfAborted()
    throw error
  }
}

/** The result as JSON, in the units of the status document. */
export function collectionDocument({ at, since, taken, ...rest }: LogCollection) {
  const instant = (time: number) => new Date(time).toISOString()
  return {
    ...rest,
    at: instant(at),
    since: since === null ? null : instant(since),
    taken: taken.map((file) => ({ ...file, modifiedAt: instant(file.modifiedAt) })),
  }
}

interface CollectionNote {
  /** The folder of the audit log. */
  readonly folder: string
  readonly who: Principal
  readonly cluster: string
  /** null: of the whole cluster. */
  readonly node: string | null
  readonly what: string
  readonly path: string
}

/** Returns why the audit log has no entry of it; null if it has one. The archive exists in both cases. */
export async function auditCollection({
  folder,
  who,
  cluster,
  node,
  what,
  path,
}: CollectionNote): Promise<string | null> {
  const entry = {
    at: Date.now(),
    who,
    cluster,
    server: node,
    category: 'user',
    what,
    plan: null,
    result: clean(path),
  } as const
  try {
    await appendAuditLog(folder, [entry])
    return null
  } catch (error) {
    return `pgdeck could not write the audit entry: ${clean(messageOf(error))}`
  }
}
