// The statements that read what a server reports of its pg_hba.conf, and the schemas of their answers.

import * as z from 'zod'
import type { HbaRole } from '../../../model/measured/hba-reading.ts'
import { qualifiedRoutine } from '../../../model/values/sql-names.ts'
import { cleanText } from '../answers/answer.ts'
import type { Figures } from '../answers/refused-figures.ts'

const ms = (instant: string) => `extract(epoch FROM ${instant}) * 1000`
const may = (routine: string) =>
  `pg_catalog.has_function_privilege(current_user, '${qualifiedRoutine(routine)}', 'EXECUTE')`

// pg_settings hides settings that this role may not see. current_setting() would raise an error.
const SETTING = (name: string) => `(SELECT setting FROM pg_catalog.pg_settings WHERE name = '${name}')`

// Memberships without INHERIT count for +role too.
const ROLES = `WITH RECURSIVE asked AS (SELECT DISTINCT name FROM pg_catalog.unnest($1::pg_catalog.text[]) given(name)),
  member(name, of) AS (
    SELECT asked.name, m.roleid FROM asked JOIN pg_catalog.pg_roles r ON r.rolname = asked.name
      JOIN pg_catalog.pg_auth_members m ON m.member = r.oid
    UNION
    SELECT member.name, m.roleid FROM member JOIN pg_catalog.pg_auth_members m ON m.member = member.of)
  SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('name', asked.name, 'exists', r.oid IS NOT NULL,
      'canLogin', coalesce(r.rolcanlogin, false), 'superuser', coalesce(r.rolsuper, false),
      'replication', coalesce(r.rolreplication, false),
      'passwordExpired', coalesce(r.rolvaliduntil < pg_catalog.clock_timestamp(), false),
      'memberOf', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.pg_get_userbyid(of)), '[]'::pg_catalog.json)
                    FROM member WHERE member.name = asked.name))), '[]'::pg_catalog.json)
    FROM asked LEFT JOIN pg_catalog.pg_roles r ON r.rolname = asked.name`

/** What every role may read: facts of the server, the rights of this role, and the roles named in $1. */
export const HBA_FACTS_SQL = `SELECT pg_catalog.json_build_object(
  'role', pg_catalog.quote_ident(current_user),
  'systemIdentifier', (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()),
  'versionNumber', pg_catalog.current_setting('server_version_num')::int,
  'onLinux', coalesce(pg_catalog.version() LIKE '%linux%', false),
  'ssl', pg_catalog.current_setting('ssl') = 'on',
  'port', pg_catalog.current_setting('port')::int,
  'listenAddresses', pg_catalog.current_setting('listen_addresses'),
  'passwordEncryption', pg_catalog.current_setting('password_encryption'),
  'hbaFile', ${SETTING('hba_file')},
  'identFile', ${SETTING('ident_file')},
  'dataDirectory', ${SETTING('data_directory')},
  'startedAt', ${ms('pg_catalog.pg_postmaster_start_time()')},
  'loadedAt', ${ms('pg_catalog.pg_conf_load_time()')},
  'sessionStartedAt', (SELECT ${ms('backend_start')} FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())),
  'clock', ${ms('pg_catalog.clock_timestamp()')},
  'serverAddress', pg_catalog.host(pg_catalog.inet_server_addr()),
  'clientAddress', pg_catalog.host(pg_catalog.inet_client_addr()),
  'maySelectRules', pg_catalog.has_table_privilege(current_user, 'pg_catalog.pg_hba_file_rules', 'SELECT'),
  'mayCallRules', ${may('pg_hba_file_rules()')},
  'mayCallMaps', coalesce(pg_catalog.has_table_privilege(current_user,
      pg_catalog.to_regclass('pg_catalog.pg_ident_file_mappings'), 'SELECT') AND pg_catalog.has_function_privilege(
      current_user, pg_catalog.to_regprocedure('pg_catalog.pg_ident_file_mappings()'), 'EXECUTE'), false),
  'mayReadBytes', ${may('pg_read_binary_file(text)')},
  'mayReadText', ${may('pg_read_file(text)')},
  'mayReadAnywhere', pg_catalog.pg_has_role(current_user, 'pg_read_server_files', 'USAGE'),
  'mayStat', ${may('pg_stat_file(text)')},
  'mayList', ${may('pg_ls_dir(text)')},
  'mayReadPasswords', pg_catalog.has_table_privilege(current_user, 'pg_catalog.pg_authid', 'SELECT'),
  'roles', (${ROLES})) AS answer`

const role = z.object({
  name: z.string(),
  exists: z.boolean(),
  canLogin: z.boolean(),
  superuser: z.boolean(),
  replication: z.boolean(),
  passwordExpired: z.boolean(),
  memberOf: z.array(z.string()),
}) satisfies z.ZodType<Omit<HbaRole, 'password'>>

/** Names and paths stay raw, because they are compared and opened. The code that shows them cleans them. */
export const hbaFacts = z.object({
  role: z.string(),
  /** null: the server refuses to tell. */
  systemIdentifier: cleanText.nullable(),
  versionNumber: z.number(),
  onLinux: z.boolean(),
  ssl: z.boolean(),
  port: z.number(),
  listenAddresses: cleanText,
  passwordEncryption: cleanText,
  hbaFile: z.string().nullable(),
  identFile: z.string().nullable(),
  dataDirectory: z.string().nullable(),
  startedAt: z.number().nullable(),
  loadedAt: z.number().nullable(),
  sessionStartedAt: z.number().nullable(),
  clock: z.number(),
  serverAddress: z.string().nullable(),
  clientAddress: z.string().nullable(),
  maySelectRules: z.boolean(),
  mayCallRules: z.boolean(),
  mayCallMaps: z.boolean(),
  mayReadBytes: z.boolean(),
  mayReadText: z.boolean(),
  mayReadAnywhere: z.boolean(),
  mayStat: z.boolean(),
  mayList: z.boolean(),
  mayReadPasswords: z.boolean(),
  roles: z.array(role).nullable(),
})
/** What is unknown where functions are refused. */
export const HBA_FIGURES: Figures = {
  pg_roles: { what: 'the roles', unknown: ['roles'] },
  pg_auth_members: { what: 'the roles', unknown: ['roles'] },
}

export type HbaFacts = z.infer<typeof hbaFacts>

/** SQL: contents as base64, because they need not be text in the database's encoding. */
export function hbaContentSql({ mayReadBytes }: Pick<HbaFacts, 'mayReadBytes'>): string {
  const bytes = mayReadBytes
    ? 'pg_catalog.pg_read_binary_file(path)'
    : `pg_catalog.convert_to(pg_catalog.pg_read_file(path), 'UTF8')`
  return `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.encode(${bytes}, 'base64') ORDER BY number), '[]'::pg_catalog.json)
    FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY given(path, number))`
}

/** Windows reports no time of a change of rights or name. */
export const FILE_TIMES_SQL = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
    'written', ${ms('modification')}, 'changed', ${ms('greatest(modification, change)')})), '[]'::pg_catalog.json)
    FROM pg_catalog.unnest($1::pg_catalog.text[]) given(path), LATERAL pg_catalog.pg_stat_file(path))`

// Columns new in 16 are read from the row as JSON; on older versions the key is missing.
export const HBA_RULES_SQL = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
    'file', pg_catalog.to_jsonb(r) ->> 'file_name', 'line', r.line_number, 'type', r.type, 'databases', r.database, 'users', r.user_name, 'address', r.address,
    'netmask', r.netmask, 'method', r.auth_method, 'options', r.options, 'error', r.error)), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_hba_file_rules r)`

/** Only the type of a password hash leaves the server. */
export const PASSWORD_TYPES_SQL = `(SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', rolname, 'password', CASE
      WHEN rolpassword LIKE 'md5%' AND pg_catalog.length(rolpassword) = 35 THEN 'md5'
      WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram-sha-256' ELSE 'none' END)), '[]'::pg_catalog.json)
    FROM pg_catalog.pg_authid WHERE rolname = ANY ($2::pg_catalog.text[]))`

export const contentsAnswer = z.array(z.string())
export const timesAnswer = z.array(z.object({ written: z.number(), changed: z.number() }))
export const rulesViewAnswer = z.array(
  z.object({
    file: z.string().nullable(),
    line: z.number(),
    type: z.string().nullable(),
    databases: z.array(z.string()).nullable(),
    users: z.array(z.string()).nullable(),
    address: z.string().nullable(),
    netmask: z.string().nullable(),
    method: z.string().nullable(),
    options: z.array(z.string()).nullable(),
    error: z.string().nullable(),
  }),
)
export const passwordsAnswer = z.array(
  z.object({ name: z.string(), password: z.enum(['md5', 'scram-sha-256', 'none']) }),
)
