// Copies the logs of one server or database from all available sources into an open archive.

import type { ClusterConfig } from '../../config/config.ts'
import type { Archive } from '../../io/files/archive.ts'
import { openHostConnection } from '../../io/hosts/host-connection.ts'
import { openDatabaseSession } from '../../io/postgres/database-session.ts'
import type { LogCollection } from '../../model/logs/collection.ts'
import type { LogSettings } from '../../model/logs/entries/entry.ts'
import { openHostConnections } from '../hosts/host-connections.ts'
import { type CopyProgress, copyLogs, type FileWatcher } from './copy-logs.ts'
import { locateLogs } from './locate-logs.ts'
import type { LogFile } from './log-file.ts'

export interface NodeLogsOptions {
  readonly cluster: ClusterConfig
  readonly id: string
  readonly archive: Archive
  /** Folder inside the archive. */
  readonly folder: string
  readonly since: number | null
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly progress: (progress: CopyProgress) => void
  /** Sees what is copied, once it is known how entries of the log are to be read. */
  readonly reads?: ((settings: LogSettings) => (file: LogFile) => FileWatcher) | undefined
}

/** Reading a part of a log takes longer than a poll may. */
const LIMIT_MS = 15_000

/** Throws FileError if the archive can't be written, and the signal's reason at the signal. */
export async function collectNodeLogs(options: NodeLogsOptions): Promise<Omit<LogCollection, 'at'>> {
  const { cluster, id, archive, folder, since, maxBytes, signal, progress, reads } = options
  const database = cluster.databases.find(({ spec }) => spec.id === id)
  const server = cluster.servers.find(({ spec }) => spec.id === id)
  const hostId = (database ?? server)?.spec.hostId
  const host = cluster.hosts.find((each) => each.id === hostId && each.access.kind !== 'none')
  const connection = host ? openHostConnection(host) : null
  const hostConnections = openHostConnections(cluster.hosts)
  const session = database
    ? openDatabaseSession({
        connection: database.connection,
        passwordCommand: database.passwordCommand,
        timeoutMs: LIMIT_MS,
        tunnel: hostConnections.tunnelVia(database.via),
      })
    : null
  try {
    const found = await locateLogs(
      {
        cluster,
        isDatabase: database !== undefined,
        host: host && connection ? { config: host, connection } : null,
        database: database && session ? { config: database, link: session } : null,
      },
      signal,
    )
    const watch = reads?.(found.settings)
    const about = { archive, folder, files: found.files, since, maxBytes, signal, progress, reads: watch }
    const outcome = await copyLogs(about)
    const kind = database ? 'database' : 'server'
    const collection = { cluster: cluster.spec.name, node: id, kind, since, limitBytes: maxBytes } as const
    return { ...collection, taken: outcome.taken, left: [...found.left, ...outcome.left], missing: found.missing }
  } finally {
    await Promise.all([session?.close(), connection?.close()])
    await hostConnections.close()
  }
}
