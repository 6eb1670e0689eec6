// Who holds keys of this system's runs on one server: read by runs before and while they act, and by every pulse.

import { lockClassSql } from '../../model/runs/lock/lock-key.ts'
import { RUN_NAME_PREFIX } from '../../model/runs/lock/run-name.ts'

// A session-level advisory lock belongs to one database, and pg_locks shows those of all. Two runs whose connection
// strings name different databases find each other here, not by the lock itself. Every role may read the views and
// columns named here; client_addr and backend_start are null if this role may not see them.

/**
 * SQL: whether `role` (a name or an oid) can act: it is a superuser, may call pg_promote(), or is a member of a role
 * that may. A role that may only watch like pg_monitor counts if its session is named as a run (`named`): that run acts
 * on hosts.
 */
function canAct(role: string, named: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(${role}, r.oid, 'MEMBER')
      AND (r.rolsuper OR pg_catalog.has_function_privilege(r.oid, 'pg_catalog.pg_promote(boolean,integer)', 'EXECUTE')
        OR (r.rolname = 'pg_monitor' AND ${named})))`
}

/** SQL: whether a run of this session's role counts for those of other roles too. */
export function countsForOthersSql(): string {
  return canAct('session_user', 'true')
}

/** The fields of a holder for json_build_object. Its type is LockHolder. */
const HOLDER = `'pid', l.pid, 'role', pg_catalog.pg_get_userbyid(a.usesysid), 'application', a.application_name, 'address', pg_catalog.host(a.client_addr),
    'startedAt', extract(epoch FROM a.backend_start) * 1000, 'objid', l.objid`

/**
 * SQL: sessions that hold a key of a run of this system and whose role can act, or is ours, as one JSON array; `also`
 * restricts them. Reduced to one row per session before anything is looked up, so that a user who fills the lock table
 * delays nothing.
 */
export function lockHoldersSql(also = 'true'): string {
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(${HOLDER})), '[]'::pg_catalog.json)
    FROM (SELECT k.pid, pg_catalog.max(k.objid::bigint) AS objid FROM pg_catalog.pg_locks k
        WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted
          AND k.classid::bigint = (SELECT ${lockClassSql('c.system_identifier')} FROM pg_catalog.pg_control_system() c)
        GROUP BY k.pid) l
      CROSS JOIN LATERAL pg_catalog.pg_stat_get_activity(l.pid) a
    WHERE ${also} AND (a.usesysid = (SELECT o.oid FROM pg_catalog.pg_roles o WHERE o.rolname = session_user)
        OR ${canAct('a.usesysid', `a.application_name LIKE '${RUN_NAME_PREFIX}%'`)}))`
}
