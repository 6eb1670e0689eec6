// Reads the backups of a database for a plan, as polling does: a plan must not rest on what was read minutes ago.

import type { ClusterConfig } from '../../../config/config.ts'
import { openDatabaseSession } from '../../../io/postgres/database-session.ts'
import { BACKUP_TOOL_LIMIT_MS, type NewestBackup } from '../../../model/measured/backup.ts'
import { backupProbe } from '../../../probes/database/index.ts'
import type { HostConnections } from '../../hosts/host-connections.ts'

const CONNECT_MS = 10_000

/** Resolves to null if the configuration has no source of backups for it. Throws FaultError. */
export async function readBackupsOf(
  id: string,
  config: ClusterConfig,
  hostConnections: HostConnections,
  stopped: AbortSignal,
): Promise<NewestBackup | null> {
  const database = config.databases.find(({ spec }) => spec.id === id)
  if (!database?.backup) return null
  const { backup: source, connection, passwordCommand, via } = database
  const tunnel = hostConnections.tunnelVia(via)
  const link = openDatabaseSession({ connection, passwordCommand, timeoutMs: CONNECT_MS, tunnel })
  const hostId = source.kind === 'folder' || source.kind === 'tool' ? source.host : null
  const host = hostConnections.hosts.find((each) => each.config.id === hostId) ?? null
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(BACKUP_TOOL_LIMIT_MS)])
    return await backupProbe.read({ source, link, host }, signal)
  } finally {
    await link.close()
  }
}
