// Writes a statement without the functions and views that the server refuses, and the statements that try each of them.

import type { RefusedPart, StatementParts } from '../../../io/postgres/session/refused-parts.ts'
import { lateSql } from './guarded.ts'
import { plainName } from './refused-figures.ts'
import type { Columns } from './stand-in-columns.ts'
import { STAND_INS, type StandIn } from './stand-ins.ts'

const ALL: ReadonlyMap<string, StandIn> = new Map(Object.entries(STAND_INS))

/** The name as messages have it: functions with parentheses. */
function nameOf(name: string, { args }: StandIn): string {
  return args === undefined ? name : `${name}()`
}

/** Names the trial of what tells that something is offered now. */
const WATCH = 'the catalogs of functions and views'

/** The functions and views that statements can do without. */
export const STATEMENT_PARTS: StatementParts = {
  trials(versionNumber) {
    const isThere = ({ since = 0, until = Number.POSITIVE_INFINITY }: StandIn) =>
      since <= versionNumber && versionNumber < until
    const trials = [...ALL].flatMap(([key, standIn]) =>
      isThere(standIn)
        ? [
            [
              nameOf(key, standIn),
              { text: trialOf(standIn.name ?? key, standIn), expected: standIn.expected ?? [] },
            ] as const,
          ]
        : [],
    )
    const names = trials.map(([name]) => ({ name, message: '' }))
    return new Map([...trials, [WATCH, { text: `SELECT ${watchSql(names)}`, expected: [] }]])
  },
  watch: (refused) => (refused.some(({ name }) => name === WATCH) ? null : watchSql(refused)),
  without(text, refused) {
    const offers = (name: string) => !refused.has(`${name}()`)
    let left = text
    for (const [name, standIn] of ALL)
      if (refused.has(nameOf(name, standIn))) left = withoutOne(left, standIn.name ?? name, standIn, offers)
    return left
  },
}

/** The oid of its schema, which is the same on every server. */
const PG_CATALOG = 11

/**
 * SQL: the catalog rows of these functions and views, and whether this role may use them. A view calls functions with
 * the privileges of its reader; messages name them. Any user can make others of these names in other schemas.
 */
function watchSql(refused: readonly Pick<RefusedPart, 'name' | 'message'>[]): string {
  const names = refused.flatMap(({ name, message }) => [
    plainName(name).replace('()', ''),
    ...(message.match(/\bpg_\w+/g) ?? []),
  ])
  const list = `ANY ('{${[...new Set(names)].join(',')}}'::pg_catalog.name[])`
  const row = (may: string) => `pg_catalog.format('%s %s %s', o.oid, o.xmin, ${may}) AS row`
  return `(SELECT pg_catalog.string_agg(row, ' ' ORDER BY row) FROM (
    SELECT ${row(`pg_catalog.has_function_privilege(o.oid, 'EXECUTE')`)} FROM pg_catalog.pg_proc o WHERE o.proname = ${list} AND o.pronamespace = ${PG_CATALOG}
    UNION ALL
    SELECT ${row(`pg_catalog.has_table_privilege(o.oid, 'SELECT')`)} FROM pg_catalog.pg_class o WHERE o.relname = ${list} AND o.relnamespace = ${PG_CATALOG}) offered)`
}

/** SQL that fails if the server refuses the part, or it returns something else. Nothing that it returns is used. */
function trialOf(name: string, { args, columns, type, isGuarded, mayBeMissing, on }: StandIn): string {
  if (columns) {
    const from = args === undefined ? `pg_catalog.${name}` : `pg_catalog.${name}(${args})`
    // Of another type, they fail here as in the statements.
    return `SELECT * FROM ${noRows(columns)} none UNION ALL (SELECT ${Object.keys(columns).join(', ')} FROM ${from} LIMIT 1)`
  }
  const call = `pg_catalog.${name}(${args})`
  if (isGuarded) {
    // Where this role lacks the privilege, statements do not call it.
    // What others have made need not return what the statements read: the server may leave out columns that nothing reads.
    const counted = mayBeMissing ? `pg_catalog.to_jsonb(told)` : '*'
    const query = `SELECT pg_catalog.count(${counted}) AS f FROM (SELECT * FROM ${call} each LIMIT 100) told`
    const found = mayBeMissing ? `pg_catalog.to_regprocedure('${call}')` : `'${call}'`
    return `SELECT CASE WHEN pg_catalog.has_function_privilege(current_user, ${found}, 'EXECUTE') THEN ${lateSql(query)} END`
  }
  const isCalled =
    on === undefined ? '' : ` WHERE pg_catalog.current_setting('in_hot_standby') = '${on === 'standby' ? 'on' : 'off'}'`
  const typed = type === undefined ? '' : `SELECT NULL::pg_catalog.${type} WHERE false UNION ALL `
  return `${typed}SELECT ${call}${isCalled}`
}

function withoutOne(text: string, name: string, standIn: StandIn, offers: (name: string) => boolean): string {
  const { args, columns, type, value, isGuarded, begin = '' } = standIn
  if (isGuarded) {
    const test = new RegExp(
      `pg_catalog\\.has_function_privilege\\((?:current_user, )?(?:pg_catalog\\.to_regprocedure\\()?'pg_catalog\\.${name}\\(\\)'\\)?, 'EXECUTE'\\)`,
      'g',
    )
    return text.replace(test, 'false')
  }
  const put = columns
    ? noRows(columns)
    : typeof value === 'function'
      ? value(offers)
      : (value ?? `NULL::pg_catalog.${type ?? 'text'}`)
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
