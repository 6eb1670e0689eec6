// The server's own view of pg_hba.conf, as proof of an edit: its rows count, not pgdeck's own parser.

import { parseHbaRecord } from '../../model/hba/syntax/parse.ts'
import type { HbaRecord } from '../../model/hba/syntax/record.ts'
import { type RulesViewRow, rulesFromView } from '../../model/hba/syntax/rules-view.ts'
import { hbaFields } from '../../model/hba/syntax/tokens.ts'
import type { ActionToolbox } from '../definition/action.ts'

const MAY_SEE_RULES = `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_hba_file_rules', 'select')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_hba_file_rules()', 'execute') AS may`

// The view has the file name from 16 on. Before, all rows are of the main file.
const ROWS = `SELECT pg_catalog.to_jsonb(r) ->> 'file_name' AS file, r.line_number AS line, r.type, r.database AS databases,
    r.user_name AS users, r.address, r.netmask, r.auth_method AS method, r.options, r.error
  FROM pg_catalog.pg_hba_file_rules AS r ORDER BY r.line_number`

/** Returns the rows of pg_hba_file_rules, which reads the file again; null if this role may not read it. */
export async function readFileRules(database: string, tools: ActionToolbox): Promise<readonly RulesViewRow[] | null> {
  const [may] = await tools.sql<{ may: boolean }>(database, { text: MAY_SEE_RULES })
  return may?.may ? tools.sql<RulesViewRow>(database, { text: ROWS }) : null
}

/**
 * Returns the first line that the server refuses, with its message; null if it accepts all lines. An error in a row
 * with fields is only a warning, for example `hostssl` while TLS is off. `path` is the main file.
 */
export function firstRuleError(rows: readonly RulesViewRow[], path: string): string | null {
  const bad = rows.find(({ type }) => type === null)
  if (!bad) return null
  const place = bad.file === null || bad.file === path ? '' : `${bad.file} `
  return `${place}line ${bad.line}: ${bad.error ?? 'the server refuses this line'}`
}

/** Names the lines for which the server has no equal row, in one sentence; null if it has them all. */
export function missingRulesText(
  rows: readonly RulesViewRow[],
  lines: readonly string[],
  path: string,
  major: number,
): string | null {
  const theirs = rulesFromView(rows, path, major).records
  const missing = lines.filter((line) => {
    const own = readOne(line, path, major)
    return own === null || !theirs.some((each) => saysTheSame(own, each))
  })
  return missing.length === 0 ? null : `pg_hba_file_rules has no row for: ${missing.join('; ')}`
}

/** Names the removed lines for which the server still has a row, in one sentence; null if it has none. */
export function leftRows(
  rows: readonly RulesViewRow[],
  lines: readonly string[],
  path: string,
  major: number,
): string | null {
  const theirs = rulesFromView(rows, path, major).records
  const left = lines.filter((line) => {
    const own = readOne(line, path, major)
    return own !== null && theirs.some((each) => each.file === path && saysTheSame(own, each))
  })
  return left.length === 0 ? null : `pg_hba_file_rules still has a row for: ${left.join('; ')}`
}

function readOne(line: string, path: string, major: number): HbaRecord | null {
  const own = parseHbaRecord({ file: path, line: 1, raw: line, fields: hbaFields(line, major), error: null }, major)
  return 'error' in own ? null : own
}

/** Compares without positions and quotes: the view shows a quoted name like the keyword. */
function saysTheSame(own: HbaRecord, theirs: HbaRecord): boolean {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  const rest = ({ type, address, method }: HbaRecord) => JSON.stringify([type, address, method], plain)
  const mapOf = ({ options }: HbaRecord) => options.find(({ name }) => name === 'map')?.value
  return (
    rest(own) === rest(theirs) &&
    mapOf(own) === mapOf(theirs) &&
    namesTheSame(own.databases, theirs.databases) &&
    namesTheSame(own.users, theirs.users)
  )
}

/** The view shows the content of a file of names instead of `@file`. */
function namesTheSame(own: HbaRecord['databases'], theirs: HbaRecord['databases']): boolean {
  const shown = theirs.map(({ text }) => text)
  const isList = ({ text, quoted }: HbaRecord['databases'][number]) =>
    !quoted && text.length > 1 && text.startsWith('@')
  const plain = own.filter((rule) => !isList(rule)).map(({ text }) => text)
  if (plain.length < own.length) return plain.every((name) => shown.includes(name))
  return JSON.stringify(plain) === JSON.stringify(shown)
}
