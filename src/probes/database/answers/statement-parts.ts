// Writes a statement without the functions and views that the server refuses, and the statements that try each of them.

import type { StatementParts } from '../../../io/postgres/session/refused-parts.ts'
import { type Columns, STAND_INS, type StandIn } from './stand-ins.ts'

const ALL: ReadonlyMap<string, StandIn> = new Map(Object.entries(STAND_INS))

/** The name as messages have it: functions with parentheses. */
function nameOf(name: string, { args }: StandIn): string {
  return args === undefined ? name : `${name}()`
}

/** The functions and views that statements can do without. */
export const STATEMENT_PARTS: StatementParts = {
  trials(versionNumber) {
    const known = [...ALL].filter(([, { since = 0 }]) => since <= versionNumber)
    return new Map(known.map(([key, standIn]) => [nameOf(key, standIn), trialOf(standIn.name ?? key, standIn)]))
  },
  without(text, refused) {
    const offers = (name: string) => !refused.has(`${name}()`)
    let left = text
    for (const [name, standIn] of ALL)
      if (refused.has(nameOf(name, standIn))) left = withoutOne(left, standIn.name ?? name, standIn, offers)
    return left
  },
}

/** SQL that fails if the server refuses the part. Nothing that it returns is used. */
function trialOf(name: string, { args, columns, isGuarded }: StandIn): string {
  const wanted = columns ? Object.keys(columns).join(', ') : '1'
  if (args === undefined) return `SELECT ${wanted} FROM pg_catalog.${name} LIMIT 1`
  const call = `pg_catalog.${name}(${args})`
  if (isGuarded) {
    // Where this role lacks the privilege, statements do not call it.
    const query = `SELECT pg_catalog.count(*) AS f FROM ${call}`
    return `SELECT CASE WHEN pg_catalog.has_function_privilege(current_user, '${call}', 'EXECUTE') THEN pg_catalog.query_to_xml('${query}', false, true, '') END`
  }
  return columns ? `SELECT ${wanted} FROM ${call} LIMIT 1` : `SELECT ${call}`
}

function withoutOne(text: string, name: string, standIn: StandIn, offers: (name: string) => boolean): string {
  const { args, columns, value, isGuarded, begin = '' } = standIn
  if (isGuarded) {
    const test = new RegExp(
      `pg_catalog\\.has_function_privilege\\((?:current_user, )?'pg_catalog\\.${name}\\(\\)', 'EXECUTE'\\)`,
      'g',
    )
    return text.replace(test, 'false')
  }
  const put = columns ? noRows(columns) : typeof value === 'function' ? value(offers) : (value ?? 'NULL')
  const start = new RegExp(`pg_catalog\\.${name}${args === undefined ? '(?![\\w(])' : `\\((?=${begin})`}`, 'g')
  let left = ''
  let from = 0
  for (const found of text.matchAll(start)) {
    if (found.index < from) continue
    const end = args === undefined ? found.index + found[0].length : endOfCall(text, found.index + found[0].length)
    left += text.slice(from, found.index) + put
    // A relation in parentheses needs an alias, which our statements write in lower case.
    if (columns && !/^\s+(?:AS\s+)?[a-z]\w*/.test(text.slice(end))) left += ` AS ${name}`
    from = end
  }
  return left + text.slice(from)
}

function noRows(columns: Columns): string {
  const typed = Object.entries(columns).map(([column, type]) => `NULL::pg_catalog.${type} AS ${column}`)
  return `(SELECT ${typed.join(', ')} WHERE false)`
}

/** Where a call ends whose first argument begins at `from`. */
function endOfCall(text: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0 && at < text.length) {
    const char = text[at]
    if (char === '(') depth++
    if (char === ')') depth--
    at++
  }
  return at
}
