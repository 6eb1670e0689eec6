// What of the pulse's statement looks for signs of Patroni, repmgr and pg_auto_failover: look-ups of names, nothing scanned.

const ROLES = ['repmgr', 'pgautofailover_monitor', 'pgautofailover_replicator']
const DATABASES = ['repmgr', 'pg_auto_failover']
const TABLES = [
  ['repmgr', 'nodes'],
  ['pgautofailover', 'node'],
] as const

// Names of applications are shown to every role. A setting that may not be read would fail the whole statement, and so
// would to_regclass() of a schema that may not be used: hence the catalogs.

/** A `json_build_object`; `activity` is the statement's look at all sessions. */
export const MANAGER_SIGNS = `pg_catalog.json_build_object(
    'patroniSessions', (SELECT pg_catalog.count(*) FROM activity WHERE application_name LIKE 'Patroni%'),
    'repmgrSessions', (SELECT pg_catalog.count(*) FROM activity
      WHERE application_name IN ('repmgr', 'repmgrd') AND is_client),
    'libraries', CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
      THEN pg_catalog.current_setting('shared_preload_libraries') END,
    'roles', pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[${ROLES.map(role).join(', ')}], NULL)),
    'databases', (SELECT coalesce(pg_catalog.json_agg(datname ORDER BY datname), '[]') FROM pg_catalog.pg_database
      WHERE datname IN (${DATABASES.map((name) => `'${name}'`).join(', ')})),
    'tables', pg_catalog.array_to_json(pg_catalog.array_remove(ARRAY[${TABLES.map(table).join(', ')}], NULL)))`

function role(name: string): string {
  return `CASE WHEN pg_catalog.to_regrole('${name}') IS NOT NULL THEN '${name}' END`
}

function table([schema, name]: readonly [string, string]): string {
  return `CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
      WHERE n.nspname = '${schema}' AND c.relname = '${name}') THEN '${schema}.${name}' END`
}
