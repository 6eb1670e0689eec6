// The part of the pulse's statement that looks for signs of managers. It looks names up and scans nothing.

import { FOREIGN_FUNCTIONS, FOREIGN_ROLES } from '../../../model/managers/detection/foreign-signs.ts'

const ROLES = [
  'repmgr',
  'pgautofailover_monitor',
  'pgautofailover_replicator',
  '_crunchyrepl',
  'zalandos',
  'robot_zmon',
  ...FOREIGN_ROLES,
]
const DATABASES = ['repmgr', 'pg_auto_failover']
const TABLES = [
  ['repmgr', 'nodes'],
  ['pgautofailover', 'node'],
] as const

// Any user can choose names. So each sign says whether a role that may manage the server is behind it: a superuser, or
// a role with REPLICATION. Every role sees application names. A setting that this role may not read would make the
// whole statement fail, and so would to_regclass() of a schema without USAGE: hence the catalogs. A view with the name
// of a manager's table does not count and is never read, because it would run functions of its owner with the rights of
// the monitoring role.

/** SQL: a `json_build_object`. `activity` is the statement's own scan of all sessions. */
export const MANAGER_SIGNS_SQL = `pg_catalog.json_build_object(
    'sessions', ${list(
      `'name', name, 'count', count, 'isPrivileged', privileged`,
      `(SELECT CASE WHEN application_name LIKE 'Patroni%' THEN 'Patroni' ELSE application_name END AS name,
          coalesce(r.rolsuper OR r.rolreplication, false) AS privileged, pg_catalog.count(*) AS count
        FROM activity LEFT JOIN pg_catalog.pg_roles r ON r.oid = usesysid
        WHERE application_name LIKE 'Patroni%' OR (application_name IN ('repmgr', 'repmgrd') AND is_client)
        GROUP BY 1, 2) named`,
    )},
    'libraries', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
      THEN pg_catalog.current_setting('shared_preload_libraries') END,
    'roles', ${list(
      `'name', rolname, 'isPrivileged', rolsuper OR rolreplication`,
      `pg_catalog.pg_roles WHERE rolname = ANY ('{${ROLES.map((name) => `"${name}"`).join(',')}}'::pg_catalog.name[])`,
    )},
    'databases', ${list(
      `'name', datname, 'isPrivileged', coalesce(rolsuper, false)`,
      `pg_catalog.pg_database LEFT JOIN pg_catalog.pg_roles r ON r.oid = datdba
        WHERE datname IN (${DATABASES.map((name) => `'${name}'`).join(', ')})`,
    )},
    'tables', ${list(
      `'name', t.schema || '.' || t.relation, 'isPrivileged', c.relkind = 'r' AND coalesce(r.rolsuper, false)`,
      `(VALUES ${TABLES.map(([schema, relation]) => `('${schema}', '${relation}')`).join(', ')}) t (schema, relation)
        JOIN pg_catalog.pg_namespace n ON n.nspname = t.schema::pg_catalog.name
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.relation::pg_catalog.name
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = c.relowner`,
    )},
    'functions', ${list(
      `'name', p.proname, 'isPrivileged', coalesce(r.rolsuper, false)`,
      `pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_catalog.pg_roles r ON r.oid = p.proowner
        WHERE n.nspname = 'pg_catalog' AND p.pronargs = 0
          AND p.proname IN (${FOREIGN_FUNCTIONS.map((name) => `'${name}'`).join(', ')})`,
    )})`

function list(object: string, from: string): string {
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${object})), '[]') FROM ${from})`
}
