// The newest backup of one database, looked for every now and then beside its polls.

import type { DatabaseConfig } from '../../config/config.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import { BACKUP_INTERVAL_MS } from '../../model/measured/backup.ts'
import { backupProbe } from '../../probes/database/index.ts'
import type { Store } from '../../state/store.ts'
import type { HostConnections } from '../hosts/host-connections.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

/** What is to be polled; null where the config does not say how backups are found. */
export function createBackupPoll(
  store: Store,
  cluster: string,
  { spec: { id }, backup: source }: DatabaseConfig,
  link: DatabaseSession,
  ways: HostConnections,
): PolledTarget | null {
  if (!source) return null
  const hostId = source.kind === 'folder' ? source.host : null
  const host = ways.hosts.find(({ config }) => config.id === hostId) ?? null
  return createPolledTarget({
    everyMs: BACKUP_INTERVAL_MS,
    description: `the backups of ${id}`,
    read: (signal) => backupProbe.read({ source, link, host }, signal),
    onResult: (outcome) => store.dispatch({ type: 'backup-looked-for', cluster, id, at: Date.now(), outcome }),
  })
}
