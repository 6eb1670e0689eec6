// The size of a database in SQL, which may be gone by the time it is measured.

/**
 * The bytes of the database of each row of `pg_database` (its column `oid`); NULL for one that was dropped meanwhile, and
 * where `condition` does not hold. Whether it is still there is asked last: what that looks up in the catalog's cache is what
 * `pg_database_size` checks next, with nothing in between that would notice a drop. That function ends the whole statement
 * of a role that is no superuser.
 */
export function databaseSizeSql(condition = 'true'): string {
  return `CASE WHEN ${condition} THEN CASE WHEN pg_catalog.has_database_privilege(oid, 'CONNECT') IS NOT NULL
      THEN pg_catalog.pg_database_size(oid) END END`
}
