// SQL of the pulse for values of default_transaction_read_only that ALTER ROLE and ALTER DATABASE set.

/** At most this many roles are returned. */
const ROLES_TOLD = 20
const IS_ON = `'^default_transaction_read_only=(on|t|tr|tru|true|y|ye|yes|1)$'`
const IS_SET_ON = `EXISTS (SELECT FROM pg_catalog.unnest(r.setconfig) one WHERE one ~* ${IS_ON})`

// Set by ALTER DATABASE for all roles.
const READ_ONLY_DATABASES = `(SELECT coalesce(pg_catalog.json_agg(d.datname ORDER BY d.datname), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_db_role_setting r JOIN pg_catalog.pg_database d ON d.oid = r.setdatabase
   WHERE r.setrole = 0 AND ${IS_SET_ON})`

// Set by ALTER ROLE, also in some databases only.
const READ_ONLY_ROLES = `(SELECT coalesce(pg_catalog.json_agg(name ORDER BY name), '[]'::pg_catalog.json) FROM (
    SELECT DISTINCT u.rolname AS name FROM pg_catalog.pg_db_role_setting r JOIN pg_catalog.pg_roles u ON u.oid = r.setrole
     WHERE ${IS_SET_ON} ORDER BY 1 LIMIT ${ROLES_TOLD}) roles)`

// Set by ALTER ROLE ALL, which outranks the configuration. null: not set.
const READ_ONLY_FOR_ALL = `(SELECT one ~* ${IS_ON} FROM pg_catalog.pg_db_role_setting r, pg_catalog.unnest(r.setconfig) one
   WHERE r.setrole = 0 AND r.setdatabase = 0 AND one ~* '^default_transaction_read_only=' LIMIT 1)`

// All values that apply to this role and database. A change needs no reload.
const READ_ONLY_OWN = `(SELECT pg_catalog.string_agg(r.setdatabase || ' ' || r.setrole || ' ' || one, ' ' ORDER BY r.setdatabase, r.setrole)
    FROM pg_catalog.pg_db_role_setting r, pg_catalog.unnest(r.setconfig) one
   WHERE one ~* '^default_transaction_read_only='
     AND r.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user))
     AND r.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())))`

/** SQL: fields of a JSON object. Their schema is in pulse-document.ts. */
export const READ_ONLY_SQL = `'readOnlyDatabases', ${READ_ONLY_DATABASES},
  'readOnlyRoles', ${READ_ONLY_ROLES},
  'readOnlyForAll', ${READ_ONLY_FOR_ALL},
  'readOnlyOwn', ${READ_ONLY_OWN}`
