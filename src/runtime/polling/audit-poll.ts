// The audits of the application servers, read while their view is open: each source by itself, on from where it ended.

import type { ServerConfig } from '../../config/config.ts'
import type { DatabaseSession } from '../../io/postgres/database-session.ts'
import type { ApplicationAuditReading, AuditPosition } from '../../model/application-audit/entry.ts'
import { AUDIT_INTERVAL_MS, applicationAuditProbe } from '../../probes/application-audit/index.ts'
import type { Store } from '../../state/store.ts'
import type { HostConnections } from '../hosts/host-connections.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

/** A host may take long: programs start there, and the first ssh connection takes time. */
export const AUDIT_LIMIT_MS = 10_000

interface AuditConnections {
  readonly config: { readonly spec: { readonly name: string } }
  readonly hostConnections: HostConnections
  /** By database. */
  readonly sessions: ReadonlyMap<string, DatabaseSession>
}

/** A target for each source of the server's audit. */
export function auditTargets(
  store: Store,
  { config, hostConnections, sessions }: AuditConnections,
  { spec: { id }, audit = [] }: ServerConfig,
): readonly PolledTarget[] {
  return audit.map((source, index) => {
    let position: AuditPosition | null = null
    const hostId = source.kind === 'sql' ? null : source.host
    return createPolledTarget<ApplicationAuditReading>({
      everyMs: AUDIT_INTERVAL_MS,
      description: `the audit of ${id}`,
      read: (signal) => {
        const session = source.kind === 'sql' ? (sessions.get(source.database) ?? null) : null
        const host = hostConnections.hosts.find((each) => each.config.id === hostId) ?? null
        return applicationAuditProbe.read({ source, session, host, position }, signal)
      },
      onResult(outcome) {
        if (outcome.ok) position = outcome.value.position
        const about = { cluster: config.spec.name, id, source: index }
        store.dispatch({ type: 'application-audit-read', ...about, at: Date.now(), outcome })
      },
    })
  })
}
