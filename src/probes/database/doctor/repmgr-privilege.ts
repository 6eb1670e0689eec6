// Whether this role may read the tables of repmgr, where the connected database has them.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { PrivilegeCheck } from '../../../model/doctor/doctor.ts'
import { repmgrGrants } from '../../../model/managers/repmgr-grants.ts'
import { clean } from '../../../model/values/text.ts'

const TEXT = `SELECT current_user AS role, pg_catalog.bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT')) AS granted
  FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
  WHERE n.nspname = 'repmgr' AND c.relname IN ('nodes', 'events') AND c.relkind = 'r'`

/** Nothing where there are no such tables. Throws FaultError. */
export async function readRepmgrPrivilege(
  link: DatabaseSession,
  signal: AbortSignal,
): Promise<readonly PrivilegeCheck[]> {
  const question = { name: 'pgdeck_repmgr_privilege', text: TEXT, values: [] }
  const [row] = await link.query<{ role: string; granted: boolean | null }>(question, signal)
  if (!row || row.granted === null) return []
  const grant = repmgrGrants(clean(row.role))
  return [{ what: 'the members and events of repmgr', use: 'watch', required: true, granted: row.granted, grant }]
}
