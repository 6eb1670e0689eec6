// Every privilege that pgdeck can use: the condition under which this role has it, and the statement that grants it.

import type { PrivilegeUse } from '../../../model/doctor/doctor.ts'
import { qualifiedRoutine } from '../../../model/values/sql-names.ts'

interface GrantNeed {
  readonly what: string
  readonly use: PrivilegeUse
  readonly required?: true
  /**
   * SQL that is true for a role with the privilege. NULL if this version has no such function; the privilege is then
   * left out.
   */
  readonly granted: string
  /** `GRANT … TO %I`. */
  readonly grant: string
  /** server_version_num. */
  readonly since?: number
}

const member = (role: string) => `pg_catalog.pg_has_role(current_user, '${role}', 'USAGE')`
const mayCall = (routine: string) =>
  `pg_catalog.has_function_privilege(current_user, pg_catalog.to_regprocedure('${qualifiedRoutine(routine)}'), 'EXECUTE')`
const mayRead = (view: string) =>
  `pg_catalog.has_table_privilege(current_user, pg_catalog.to_regclass('pg_catalog.${view}'), 'SELECT')`

function execute(what: string, use: PrivilegeUse, routine: string, required?: true): GrantNeed {
  const grant = `GRANT EXECUTE ON FUNCTION ${qualifiedRoutine(routine)} TO %I`
  return { what, use, granted: mayCall(routine), grant, ...(required ? { required } : {}) }
}

/** A view and the function behind it have separate privileges. */
function view(what: string, name: string, required?: true): readonly GrantNeed[] {
  const select: GrantNeed = {
    what,
    use: 'diagnose',
    granted: mayRead(name),
    grant: `GRANT SELECT ON pg_catalog.${name} TO %I`,
  }
  const behind = name === 'pg_file_settings' ? 'pg_show_all_file_settings()' : `${name}()`
  return [{ ...select, ...(required ? { required } : {}) }, execute(what, 'diagnose', behind, required)]
}

// These words are part of the statement: a database of another encoding may have no characters beyond ASCII.
const NEEDS: readonly GrantNeed[] = [
  {
    what: 'sessions, replication and settings of others',
    use: 'watch',
    required: true,
    granted: `${member('pg_read_all_stats')} AND ${member('pg_read_all_settings')} AND ${mayCall('pg_ls_waldir()')}`,
    grant: 'GRANT pg_monitor TO %I',
  },
  {
    what: 'anything when no connection slots are left',
    use: 'watch',
    granted: `CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
                   THEN ${member('pg_use_reserved_connections')} END`,
    grant: 'GRANT pg_use_reserved_connections TO %I',
    since: 160_000,
  },
  ...view('the rules of pg_hba.conf', 'pg_hba_file_rules', true),
  ...view('the user name maps', 'pg_ident_file_mappings'),
  ...view('errors in postgresql.conf', 'pg_file_settings'),
  execute('the exact text of pg_hba.conf', 'diagnose', 'pg_read_file(text)'),
  execute('when files were changed', 'diagnose', 'pg_stat_file(text)'),
  execute('the log of the server', 'logs', 'pg_read_binary_file(text,bigint,bigint,boolean)'),
  execute('the current log file', 'logs', 'pg_current_logfile()'),
  execute('promote', 'act', 'pg_promote(boolean,integer)'),
  execute('reload', 'act', 'pg_reload_conf()'),
  execute('pause replay', 'act', 'pg_wal_replay_pause()'),
  execute('resume replay', 'act', 'pg_wal_replay_resume()'),
  execute('begin a new WAL file', 'act', 'pg_switch_wal()'),
  execute('begin a new log', 'act', 'pg_rotate_logfile()'),
  execute('name a restore point', 'act', 'pg_create_restore_point(text)'),
  {
    what: 'cancel and terminate',
    use: 'act',
    granted: member('pg_signal_backend'),
    grant: 'GRANT pg_signal_backend TO %I',
  },
  {
    what: 'checkpoint',
    use: 'act',
    granted: member('pg_checkpoint'),
    grant: 'GRANT pg_checkpoint TO %I',
    since: 150_000,
  },
  {
    what: 'create and drop slots',
    use: 'act',
    granted: '(SELECT rolreplication FROM pg_catalog.pg_roles WHERE rolname = current_user)',
    grant: 'ALTER ROLE %I REPLICATION',
  },
]

/** SQL: a JSON array of the privileges that exist in this version. Superusers have all of them. */
export function grantsSql(versionNumber: number): string {
  const rows = NEEDS.filter(({ since = 0 }) => versionNumber >= since).map(
    ({ what, use, required, granted, grant }) =>
      `('${what}', '${use}', ${required === true}, ${granted}, pg_catalog.format('${grant}', current_user))`,
  )
  return `(SELECT pg_catalog.json_agg(pg_catalog.json_build_object('what', what, 'use', use_, 'required', required,
      'granted', granted OR pg_catalog.current_setting('is_superuser') = 'on', 'grant', grant_))
    FROM (VALUES ${rows.join(',\n      ')}) need(what, use_, required, granted, grant_) WHERE granted IS NOT NULL)`
}
