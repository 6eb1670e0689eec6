// Reads what a server reports of its pg_hba.conf to privileged roles: in one round trip if no part fails.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { RulesViewRow } from '../../../model/hba/syntax/rules-view.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { parseAnswer } from '../answers/answer.ts'
import {
  contentsAnswer,
  FILE_TIMES_SQL,
  HBA_RULES_SQL,
  type HbaFacts,
  hbaContentSql,
  PASSWORD_TYPES_SQL,
  passwordsAnswer,
  rulesViewAnswer,
  timesAnswer,
} from './hba-sql.ts'

/**
 * When the content of a file was last written, and when anything of it changed (name and rights too); milliseconds
 * since the epoch.
 */
export interface FileTimes {
  readonly written: number
  readonly changed: number
}

/** null: not allowed, or refused. `refused` then holds the server's message. */
export interface PrivilegedHbaFacts {
  /** Content of the main file. */
  readonly content: string | null
  readonly times: FileTimes | null
  readonly rows: readonly RulesViewRow[] | null
  readonly passwords: ReadonlyMap<string, 'md5' | 'scram-sha-256' | 'none'> | null
  readonly refused: ReadonlyMap<PrivilegedFact, string>
}

type PrivilegedFact = 'content' | 'times' | 'rows' | 'passwords'

const SHAPES = {
  content: contentsAnswer,
  times: timesAnswer,
  rows: rulesViewAnswer,
  passwords: passwordsAnswer,
} as const

/** Reads the parts that this role may read. Throws FaultError if the server does not answer. */
export async function readPrivilegedFacts(
  link: DatabaseSession,
  facts: HbaFacts,
  names: readonly string[],
  signal: AbortSignal,
): Promise<PrivilegedHbaFacts> {
  const sql = partsSql(facts)
  const paths = facts.hbaFile === null ? [] : [facts.hbaFile]
  const refused = new Map<PrivilegedFact, string>()
  let found: ReadonlyMap<PrivilegedFact, unknown>
  try {
    found = await ask(link, sql, [paths, names], signal)
  } catch (error) {
    sqlRefusalText(error)
    // One part failed, and with it the whole statement. Now each part is read alone.
    const alone = new Map<PrivilegedFact, unknown>()
    for (const [part, text] of sql) {
      try {
        alone.set(part, (await ask(link, new Map([[part, text]]), [paths, names], signal)).get(part))
      } catch (error) {
        refused.set(part, sqlRefusalText(error))
      }
    }
    found = alone
  }
  const [content] = answerOf('content', found) ?? []
  const secrets = answerOf('passwords', found)
  return {
    content: content === undefined ? null : decodeBase64(content),
    times: answerOf('times', found)?.[0] ?? null,
    rows: answerOf('rows', found),
    passwords: secrets && new Map(secrets.map(({ name, password }) => [name, password])),
    refused,
  }
}

/** Returns how the passwords of these roles are stored; null if that is hidden from this role. Throws FaultError. */
export async function readPasswordTypes(
  link: DatabaseSession,
  facts: HbaFacts,
  names: readonly string[],
  signal: AbortSignal,
): Promise<PrivilegedHbaFacts['passwords']> {
  return (await readPrivilegedFacts(link, { ...facts, hbaFile: null, maySelectRules: false }, names, signal)).passwords
}

/** Bytes as text. Bytes that are not UTF-8 can only be in comments, or in names that no connection uses. */
export function decodeBase64(base64: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(base64, 'base64'))
}

/** The server's message if it refused a statement. Any other error is thrown again. */
function sqlRefusalText(error: unknown): string {
  if (statementSqlState(error) === null || !(error instanceof FaultError)) throw error
  const { cause } = error
  return cause instanceof Error ? cause.message : error.message
}

/** SQLSTATE of a statement that failed by itself; null if the session or the server failed. */
export function statementSqlState(error: unknown): string | null {
  const code: unknown = error instanceof FaultError ? (error.cause as { code?: unknown } | undefined)?.code : null
  return typeof code === 'string' && /^(?:22|42|58|XX|0A)[0-9A-Z]{3}$/.test(code) ? code : null
}

function partsSql(facts: HbaFacts): ReadonlyMap<PrivilegedFact, string> {
  const sql = new Map<PrivilegedFact, string>()
  if (facts.hbaFile !== null && (facts.mayReadBytes || facts.mayReadText)) sql.set('content', hbaContentSql(facts))
  if (facts.hbaFile !== null && facts.mayStat) sql.set('times', FILE_TIMES_SQL)
  if (facts.maySelectRules && facts.mayCallRules) sql.set('rows', HBA_RULES_SQL)
  if (facts.mayReadPasswords) sql.set('passwords', PASSWORD_TYPES_SQL)
  return sql
}

async function ask(
  link: DatabaseSession,
  parts: ReadonlyMap<PrivilegedFact, string>,
  [paths, names]: readonly [readonly string[], readonly string[]],
  signal: AbortSignal,
): Promise<ReadonlyMap<PrivilegedFact, unknown>> {
  if (parts.size === 0) return new Map()
  const pairs = [...parts].map(([part, text]) => `'${part}', ${text}`).join(', ')
  const statement = {
    // The text depends on the rights, and a prepared statement's name stands for one text.
    name: `pgdeck_hba_${[...parts.keys()].join('_')}${parts.get('content')?.includes('binary') ? '_bytes' : ''}`,
    text: `SELECT pg_catalog.json_build_object(${pairs}) AS answer
      WHERE $1::pg_catalog.text[] IS NOT NULL AND $2::pg_catalog.text[] IS NOT NULL`,
    values: [paths, names],
  }
  const [row] = await link.query<{ answer: unknown }>(statement, signal)
  return new Map(Object.entries(z.record(z.string(), z.unknown()).parse(row?.answer)) as [PrivilegedFact, unknown][])
}

function answerOf<Name extends PrivilegedFact>(
  part: Name,
  found: ReadonlyMap<PrivilegedFact, unknown>,
): z.infer<(typeof SHAPES)[Name]> | null {
  if (!found.has(part)) return null
  return parseAnswer(SHAPES[part], found.get(part), `pg_hba.conf (${part})`) as z.infer<(typeof SHAPES)[Name]>
}
