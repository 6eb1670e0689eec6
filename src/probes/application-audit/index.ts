// The audit of an application server, from a query, a file or a program, as the configuration says.

import type { ApplicationAuditReading } from '../../model/application-audit/entry.ts'
import type { AccessibleHost, Probe } from '../probe.ts'
import { auditFault } from './audit-fault.ts'

/** How often it is read while its view is open. */
export const AUDIT_INTERVAL_MS = 10_000

export const applicationAuditProbe: Probe<'audit', ApplicationAuditReading> = {
  id: 'audit',
  scope: 'audit',
  title: 'Audit of an application server',
  source: 'the `audit` of its config: a query on a database, the end of a file on a host, or a program there',
  runs: 'when-viewed',
  every: { ms: AUDIT_INTERVAL_MS },
  needs: [
    'SELECT on the tables of the configured query; nobody else may create in the schemas of its `searchPath`; permission to read the file',
  ],
  // Its readers are loaded at first use: most clusters have no such source, and they would delay every start.
  async read({ source, session, host, position }, signal) {
    if (source.kind === 'sql') {
      if (!session) throw auditFault(`pgdeck does not watch the database ${source.database}`, NO_DATABASE)
      const { readSqlAudit } = await import('./sql-audit.ts')
      return readSqlAudit(source, { session, position }, signal)
    }
    const access = requireShell(host, source.host)
    if (source.kind === 'file') {
      const { readFileAudit } = await import('./file-audit.ts')
      return readFileAudit({ ...source, host: access, position }, signal)
    }
    const { readCommandAudit } = await import('./command-audit.ts')
    return readCommandAudit({ ...source, host: access }, signal)
  },
}

const NO_DATABASE = 'Set `audit.database` to one of `databases`.'

function requireShell(host: AccessibleHost | null, id: string): AccessibleHost {
  if (!host) {
    throw auditFault(`pgdeck has no access to the host ${id}`, 'Set "ssh" or "local" for the host in the config.')
  }
  if (host.config.platform !== 'windows') return host
  throw auditFault(
    `host ${id} has no POSIX shell, which files and programs are read by`,
    'Use `audit.sql`, or name another host that has the file.',
  )
}
