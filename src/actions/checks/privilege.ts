// The check that pgdeck's role has the privileges for a step. Otherwise it names the GRANT that is missing.

import { qualifiedRoutine } from '../../model/values/sql-names.ts'
import type { PreflightCheck } from '../definition/action.ts'

/** Fails if the role may not execute the function, e.g. `pg_promote(boolean,integer)`. */
export function mayExecuteFunction(database: string, signature: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(_, __, tools) {
      const text = `SELECT current_user AS role, pg_catalog.has_function_privilege($1::pg_catalog.text, 'execute') AS may,
        pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', $1::pg_catalog.text, current_user) AS grant`
      const [row] = await tools.sql<{ role: string; may: boolean; grant: string }>(database, {
        text,
        values: [qualifiedRoutine(signature)],
      })
      if (row?.may) return { result: 'pass', message: `${row.role} may execute ${signature}`, hint: null }
      const message = `${row?.role ?? 'this role'} may not execute ${signature} on ${database}`
      return { result: 'fail', message, hint: `As a superuser, on the primary: ${row?.grant ?? ''};` }
    },
  }
}

/** Fails if the role is neither a member of the predefined role nor a superuser. */
export function hasPredefinedRole(database: string, role: string, what: string): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    async run(_, __, tools) {
      const text = `SELECT current_user AS role, pg_catalog.format('GRANT %I TO %I', $1::pg_catalog.text, current_user) AS grant,
        (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
        OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1 AND pg_catalog.pg_has_role(oid, 'member')) AS may`
      const [row] = await tools.sql<{ role: string; may: boolean; grant: string }>(database, { text, values: [role] })
      if (row?.may) return { result: 'pass', message: `${row.role} may ${what}`, hint: null }
      const message = `${row?.role ?? 'this role'} may not ${what} on ${database}`
      return { result: 'fail', message, hint: `As a superuser, on the primary: ${row?.grant ?? ''};` }
    },
  }
}
