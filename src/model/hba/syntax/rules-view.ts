// The view pg_hba_file_rules: what the server itself understands of the file, and what of it it refuses.

import { parseHbaRecord } from './parse.ts'
import type { HbaProblem, HbaRecord, HbaRules } from './record.ts'
import { hbaFields } from './tokens.ts'

/** A row of the view; the fields but `line` and `error` are null for a line that the server refuses. */
export interface RulesViewRow {
  /** null before 16, where all lines are of the main file. */
  readonly file: string | null
  readonly line: number
  readonly type: string | null
  readonly databases: readonly string[] | null
  readonly users: readonly string[] | null
  readonly address: string | null
  readonly netmask: string | null
  readonly method: string | null
  readonly options: readonly string[] | null
  readonly error: string | null
}

/** The rules as the view alone tells them: a quoted `"all"` looks like the keyword there. */
export function rulesFromView(rows: readonly RulesViewRow[], path: string, version: number): HbaRules {
  const records: HbaRecord[] = []
  const problems: HbaProblem[] = []
  for (const row of rows) {
    const record = ofRow(row, path, version)
    if ('error' in record) problems.push(record)
    else records.push(record)
  }
  if (rows.length === 0) problems.push(emptyFile(path))
  return { records, problems }
}

/** True when the view names a word that is a keyword unless it is quoted. */
export function mayHideQuotes(rows: readonly RulesViewRow[]): boolean {
  return rows.some(({ databases, users }) => {
    const inDatabases = databases?.some((word) => /^(?:all|sameuser|samerole|samegroup|replication)$/.test(word))
    return inDatabases || users?.some((word) => word === 'all' || word.startsWith('+'))
  })
}

/**
 * Our own reading of the files, corrected by the server's: it knows what its build supports. Our own stays when both are
 * not of the same lines, because somebody wrote in between.
 */
export function correctByRulesView(
  own: HbaRules,
  rows: readonly RulesViewRow[],
  path: string,
  version: number,
): HbaRules {
  const key = (file: string | null, line: number | null) => `${line} ${file ?? path}`
  const records = new Map(own.records.map((record) => [key(record.file, record.line), record]))
  const problems = new Map(own.problems.map((problem) => [key(problem.file, problem.line), problem]))
  const whole = own.problems.filter(({ line }) => line === null)
  if (rows.length !== records.size + problems.size - whole.length) return own
  if (!rows.every(({ file, line }) => records.has(key(file, line)) || problems.has(key(file, line)))) return own
  const fixed = rows.map((row) => {
    const record = records.get(key(row.file, row.line))
    const problem = problems.get(key(row.file, row.line))
    // Sometimes the server says nothing against a line that it refuses, or only that it has no TLS.
    if (problem && row.type === null && (row.error === null || WARNING.test(row.error))) return problem
    const theirs = row.type === null || record === undefined ? ofRow(row, path, version) : record
    const rule = record?.rule ?? problem?.rule ?? null
    return rule === null ? theirs : { ...theirs, rule }
  })
  return {
    records: fixed.filter((record): record is HbaRecord => !('error' in record)),
    problems: [...fixed.filter((record): record is HbaProblem => 'error' in record), ...whole],
  }
}

function emptyFile(path: string): HbaProblem {
  return { file: path, line: null, rule: null, error: `configuration file "${path}" contains no entries` }
}

const WARNING = /record cannot match because/

/** A row with fields and an error only warns: of `hostssl` while TLS is off, for one. */
function ofRow(row: RulesViewRow, path: string, version: number): HbaRecord | HbaProblem {
  const { line, error } = row
  const file = row.file ?? path
  if (row.type === null) return { file, line, rule: null, error: error ?? 'the server refuses this line' }
  const raw = lineOf(row)
  return parseHbaRecord({ file, line, raw, fields: hbaFields(raw, version), error: null }, version)
}

function lineOf({ type, databases, users, address, netmask, method, options }: RulesViewRow): string {
  const where = address === null ? [] : netmask === null ? [word(address)] : [address, netmask]
  const fields = [type ?? '', list(databases), list(users), ...where, method ?? '', ...(options ?? []).map(word)]
  return fields.join(' ')
}

function list(words: readonly string[] | null): string {
  return (words ?? []).map(word).join(',')
}

/** Quotes only what would not be read as one word else; a sign before a role's name stays outside of them. */
function word(text: string): string {
  if (text !== '' && !/[\s,"#]|^@/.test(text)) return text
  const sign = text.startsWith('+') ? '+' : ''
  return `${sign}"${text.slice(sign.length).replaceAll('"', '""')}"`
}
