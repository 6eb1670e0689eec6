// What the server's own view of pg_hba.conf says of lines that were written: its rows prove an edit, our reading of the file does not.

import { readRecord } from '../../model/hba/parse.ts'
import type { HbaRecord } from '../../model/hba/record.ts'
import { type RulesViewRow, rulesOfView } from '../../model/hba/rules-view.ts'
import { fieldsOf } from '../../model/hba/tokens.ts'
import type { Tools } from '../action.ts'

const MAY_SEE_RULES = `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_hba_file_rules', 'select')
  AND pg_catalog.has_function_privilege('pg_catalog.pg_hba_file_rules()', 'execute') AS may`

// The name of the file is there from 16 on; before, all rows are of the main file.
const ROWS = `SELECT pg_catalog.to_jsonb(r) ->> 'file_name' AS file, r.line_number AS line, r.type, r.database AS databases,
    r.user_name AS users, r.address, r.netmask, r.auth_method AS method, r.options, r.error
  FROM pg_catalog.pg_hba_file_rules AS r ORDER BY r.line_number`

/** The rows of pg_hba_file_rules, which reads the file anew; null where this role may not see them. */
export async function serverRows(database: string, tools: Tools): Promise<readonly RulesViewRow[] | null> {
  const [may] = await tools.sql<{ may: boolean }>(database, { text: MAY_SEE_RULES })
  return may?.may ? tools.sql<RulesViewRow>(database, { text: ROWS }) : null
}

/** The first line of those rows that the server refuses, with its words; null where it takes them all. */
export function errorIn(rows: readonly RulesViewRow[]): string | null {
  const bad = rows.find(({ error }) => error !== null)
  return bad ? `line ${bad.line}: ${bad.error}` : null
}

/** Which of the lines the server has no row for that says the same; as one sentence, null where it has them all. */
export function missingRows(
  rows: readonly RulesViewRow[],
  lines: readonly string[],
  path: string,
  major: number,
): string | null {
  const theirs = new Set(rulesOfView(rows, path, major).records.map(meaning))
  const missing = lines.filter((line) => {
    const own = readRecord({ file: path, line: 1, raw: line, fields: fieldsOf(line), error: null }, major)
    return 'error' in own || !theirs.has(meaning(own))
  })
  return missing.length === 0 ? null : `pg_hba_file_rules has no row for: ${missing.join('; ')}`
}

/** What a line says, whatever its place and the quotes in it: the view shows a quoted name like the keyword. */
function meaning({ type, databases, users, address, method }: HbaRecord): string {
  const names = (rules: HbaRecord['databases']) => rules.map(({ text }) => text)
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
  return JSON.stringify([type, names(databases), names(users), address, method], plain)
}
