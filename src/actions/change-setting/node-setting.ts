// What one server tells of a setting: its value, where it comes from, what else sets it, and whether this role may change it.

import { isListSetting, listElements } from '../../model/settings/list-setting.ts'
import { isEqualSetting, type ParameterForm } from '../../model/settings/value-form.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** A row of pg_settings. */
export interface SettingInForce {
  readonly name: string
  /** In its unit. */
  readonly value: string
  /** With a unit that reads well: `64MB`. */
  readonly shown: string
  readonly form: ParameterForm
  readonly context: string
  readonly source: string
  readonly bootValue: string | null
  readonly file: string | null
  readonly line: number | null
  readonly isPending: boolean
}

/** A line of the configuration files that sets it, in the order in which they count: the last wins. */
interface SettingLine {
  readonly file: string
  readonly line: number
  readonly value: string
}

export interface NodeSetting {
  readonly versionNumber: number
  /** null: the server does not know it, or does not show it to this role. */
  readonly setting: SettingInForce | null
  /** null: this role may not read pg_file_settings. */
  readonly lines: readonly SettingLine[] | null
  /** Roles and databases with a value of their own: `role web`, `database shop`. */
  readonly ownValues: readonly string[]
  /** When this session's server loaded its configuration; null: it does not tell. */
  readonly loadedAt: string | null
  readonly role: string
  /** May set it by ALTER SYSTEM. */
  readonly maySet: boolean
  readonly mayReload: boolean
  /** allow_alter_system is not off. */
  readonly alterSystemAllowed: boolean
}

interface Row {
  readonly found: {
    readonly name: string
    readonly value: string
    readonly shown: string
    readonly unit: string | null
    readonly context: string
    readonly vartype: ParameterForm['kind']
    readonly source: string
    readonly least: string | null
    readonly most: string | null
    readonly choices: readonly string[] | null
    readonly bootValue: string | null
    readonly file: string | null
    readonly line: number | null
    readonly isPending: boolean
  } | null
  readonly ownValues: readonly string[]
  readonly loadedAt: string | null
  readonly role: string
  readonly isSuperuser: boolean
  readonly mayReload: boolean
  readonly mayReadFiles: boolean
  readonly alterSystem: string | null
  readonly versionNumber: number
}

const FOUND = `(SELECT pg_catalog.json_build_object('name', s.name, 'value', s.setting, 'shown', pg_catalog.current_setting(s.name),
    'unit', s.unit, 'context', s.context, 'vartype', s.vartype, 'source', s.source, 'least', s.min_val, 'most', s.max_val,
    'choices', s.enumvals, 'bootValue', s.boot_val, 'file', s.sourcefile, 'line', s.sourceline, 'isPending', s.pending_restart)
  FROM pg_catalog.pg_settings s WHERE pg_catalog.lower(s.name) = pg_catalog.lower($1))`

const OWN_VALUES = `(SELECT coalesce(pg_catalog.json_agg(who ORDER BY who), '[]'::pg_catalog.json) FROM (
    SELECT DISTINCT pg_catalog.concat_ws(' in ', CASE WHEN r.setrole <> 0 THEN 'role ' || pg_catalog.pg_get_userbyid(r.setrole) END,
        CASE WHEN r.setdatabase <> 0 THEN 'database ' || coalesce(d.datname, '?') WHEN r.setrole = 0 THEN 'all roles' END) AS who
      FROM pg_catalog.pg_db_role_setting r LEFT JOIN pg_catalog.pg_database d ON d.oid = r.setdatabase,
           pg_catalog.unnest(r.setconfig) one
     WHERE pg_catalog.lower(pg_catalog.split_part(one, '=', 1)) = pg_catalog.lower($1)) own)`

const FACTS = `SELECT ${FOUND} AS found, ${OWN_VALUES} AS "ownValues", current_user AS role,
  pg_catalog.pg_conf_load_time()::pg_catalog.text AS "loadedAt",
  (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS "isSuperuser",
  pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'execute') AS "mayReload",
  pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'select')
    AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute') AS "mayReadFiles",
  pg_catalog.current_setting('allow_alter_system', true) AS "alterSystem",
  pg_catalog.current_setting('server_version_num')::int AS "versionNumber"`

const LINES = `SELECT f.sourcefile AS file, f.sourceline AS line, f.setting AS value FROM pg_catalog.pg_file_settings f
  WHERE pg_catalog.lower(f.name) = pg_catalog.lower($1) ORDER BY f.seqno`

const MAY_SET = `SELECT pg_catalog.has_parameter_privilege(pg_catalog.lower($1), 'ALTER SYSTEM') AS may`

/** Reads it from one server. Throws FaultError. */
export async function readNodeSetting(database: string, name: string, tools: ActionToolbox): Promise<NodeSetting> {
  const values = [name]
  const [row] = await tools.sql<Row>(database, { text: FACTS, values })
  if (!row) throw new TypeError('a SELECT without FROM has one row')
  const { found, isSuperuser, mayReadFiles, alterSystem, versionNumber, ...rest } = row
  const lines = mayReadFiles ? await tools.sql<SettingLine>(database, { text: LINES, values }) : null
  const granted = !isSuperuser && versionNumber >= 150_000
  const [privilege] = granted ? await tools.sql<{ may: boolean }>(database, { text: MAY_SET, values }) : []
  return {
    ...rest,
    versionNumber,
    lines,
    maySet: isSuperuser || (privilege?.may ?? false),
    alterSystemAllowed: alterSystem !== 'off',
    setting: found && settingOf(found),
  }
}

function settingOf({ unit, vartype, least, most, choices, ...found }: NonNullable<Row['found']>): SettingInForce {
  const bound = (text: string | null, open: number) => (text === null ? open : Number(text))
  return {
    ...found,
    form: {
      kind: vartype,
      unit: unit ?? '',
      least: bound(least, Number.NEGATIVE_INFINITY),
      most: bound(most, Number.POSITIVE_INFINITY),
      values: choices ?? [],
    },
  }
}

const AUTO_CONF = /(?:^|[\\/])postgresql\.auto\.conf$/

/** What ALTER SYSTEM has set before: its value; null: nothing. `unknown`: this role can't see it. */
export function autoConfValue({ lines, setting }: NodeSetting): { readonly value: string | null } | 'unknown' {
  if (lines) return { value: lines.findLast(({ file }) => AUTO_CONF.test(file))?.value ?? null }
  if (!setting || setting.isPending) return 'unknown'
  if (setting.file !== null) return { value: AUTO_CONF.test(setting.file) ? setting.value : null }
  // The last file that counts is always postgresql.auto.conf. A value of the session hides it.
  return setting.source === 'default' ? { value: null } : 'unknown'
}

/** Whether the value in force is that of postgresql.auto.conf, however the server shows it. */
export function isFromAutoConf({ file }: Pick<SettingInForce, 'file'>): boolean {
  return file !== null && AUTO_CONF.test(file)
}

/** The value once ALTER SYSTEM sets none, in the unit of the setting; null: unknown. */
export function valueWithoutAutoConf({ lines, setting }: NodeSetting): string | null {
  const line = lines?.findLast(({ file }) => !AUTO_CONF.test(file))
  if (line) return line.value
  return lines === null ? null : (setting?.bootValue ?? null)
}

/** The session's own value hides that of the server: set by its start-up options, its role or its database. */
export function isHiddenBySession({ source }: Pick<SettingInForce, 'source'>): boolean {
  return !['default', 'configuration file', 'command line', 'environment variable'].includes(source)
}

/** Whether the server would take both for the same. `value` may be a list of names. */
export function meansTheSame(setting: Pick<SettingInForce, 'name' | 'form'>, a: string, b: string): boolean {
  if (!isListSetting(setting.name)) return isEqualSetting(a, b, setting.form)
  return JSON.stringify(listElements(a)) === JSON.stringify(listElements(b))
}

/** Where its value comes from, as words. */
export function originText({ setting, lines }: NodeSetting): string {
  if (!setting) return 'not known to the server'
  const last = lines?.at(-1)
  const file = last?.file ?? setting.file
  if (file) return `${file.replace(/^.*[\\/]/, '')} line ${last?.line ?? setting.line ?? '?'}`
  return isHiddenBySession(setting) ? 'not told to this session' : setting.source
}

/** The value in force, as words. */
export function valueInForce({ setting, lines }: NodeSetting): string {
  const last = lines?.at(-1)
  if (!setting) return last ? last.value : 'no value'
  if (isHiddenBySession(setting)) return last?.value ?? (lines ? (setting.bootValue ?? '?') : '?')
  return setting.shown === '' ? "''" : setting.shown
}

/** The value of the server, as words: in force, and what waits for a restart. */
export function currentText(node: NodeSetting): string {
  const shown = valueInForce(node)
  return node.setting?.isPending
    ? `${shown}, and ${node.lines?.at(-1)?.value ?? 'another value'} waits for a restart`
    : shown
}
