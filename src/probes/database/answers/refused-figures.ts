// What is unknown in a document where the server refuses a function: those figures are null, in a document of the same
// form.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { RefusedPart } from '../../../io/postgres/session/refused-parts.ts'
import type { Refusals, RefusedFunction } from '../../../model/values/refused-function.ts'
import { clean } from '../../../model/values/text.ts'

interface Figure {
  /** In words. */
  readonly what: string
  /** Figures of the document that need it and do not become NULL by themselves. */
  readonly unknown?: readonly string[]
  /** Servers of the other role have no such figure. */
  readonly on?: 'primary' | 'standby'
}

/** By the name of the part. A statement has no figure of the others, or has it from elsewhere too. */
export type Figures = Readonly<Record<string, Figure>>

/**
 * Returns the document with null, or nothing, for each figure that the refused parts would have told, and for the paths
 * in `also`. A path ends in `?` if the schema allows the figure to be absent.
 */
export function withoutRefusedFigures(
  document: unknown,
  refused: readonly RefusedPart[],
  figures: Figures,
  also: readonly string[] = [],
): unknown {
  if (refused.length === 0) return document
  const copy = structuredClone(document)
  for (const { name } of refused) for (const path of figures[name]?.unknown ?? []) forget(copy, path)
  for (const path of also) forget(copy, path)
  return copy
}

function forget(document: unknown, path: string): void {
  const names = path.replace('?', '').split('.')
  let at = document
  for (const name of names.slice(0, -1)) at = isRecord(at) ? at[name] : null
  const last = names.at(-1)
  if (!isRecord(at) || last === undefined || !(last in at)) return
  if (path.endsWith('?')) delete at[last]
  else at[last] = null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Functions of one name with several arguments: the one that is meant. */
const SIGNATURES: Readonly<Record<string, string>> = {
  'age()': 'age(xid)',
  'pg_has_role()': 'pg_has_role(name, text, text)',
  'has_function_privilege()': 'has_function_privilege(name, text, text)',
  'pg_has_role_of()': 'pg_has_role(oid, oid, text)',
  'has_function_privilege_of()': 'has_function_privilege(oid, text, text)',
  'has_function_privilege_of_this_role()': 'has_function_privilege(text, text)',
  'has_function_privilege_by_oid()': 'has_function_privilege(name, oid, text)',
  'has_table_privilege()': 'has_table_privilege(name, text, text)',
  'has_table_privilege_by_oid()': 'has_table_privilege(name, oid, text)',
  'ts_stat()': 'ts_stat(text)',
  'octet_length()': 'octet_length(text)',
  'isfinite()': 'isfinite(timestamp with time zone)',
}

/** What is unknown, in words. `role` is the role of the session. */
function refusedFunctions(
  refused: readonly RefusedPart[],
  figures: Figures,
  { role, isStandby }: { readonly role: string; readonly isStandby: boolean },
): readonly RefusedFunction[] {
  const names = new Set(refused.map(({ name }) => name))
  // Files are listed by these only.
  const listsNothing =
    names.has('ts_stat()') || names.has('array_to_tsvector()') || names.has('has_function_privilege()')
  const looksNothingUp = listsNothing || names.has('to_regprocedure()') || names.has('has_function_privilege_by_oid()')
  return refused.flatMap((part): readonly RefusedFunction[] => {
    const figure = figures[part.name]
    const isOfOtherRole = figure?.on !== undefined && (figure.on === 'standby') !== isStandby
    const isNotTried = listsNothing ? part.name.startsWith('pg_ls_') : false
    if (!figure || isOfOtherRole || isNotTried || (looksNothingUp && part.name.startsWith('aurora_'))) return []
    const grant = part.code === '42501' ? grantOf(part, role) : null
    return [{ name: plainName(part.name), what: figure.what, why: whyText(part.code), grant }]
  })
}

/** Without what tells functions of one name apart. */
export function plainName(name: string): string {
  return name.replace(/_(?:of|of_this_role|by_oid)\(\)$/, '()')
}

function whyText(code: string): string {
  switch (code) {
    case '42501':
      return 'not permitted'
    case '42883':
    case '42P01':
      return 'missing'
    case '57014':
      return 'too slow'
    default:
      return 'not offered by this server'
  }
}

function grantOf({ name, message }: RefusedPart, role: string): string {
  const grantee = `TO "${clean(role).replaceAll('"', '""')}"`
  if (name.endsWith(')')) {
    const routine = SIGNATURES[name] ?? name.slice(0, -2)
    return `GRANT EXECUTE ON FUNCTION pg_catalog.${routine} ${grantee}`
  }
  // A view calls functions with the privileges of its reader. The server names what it denies, in every language.
  const denied = /\bpg_\w+/.exec(message)?.[0] ?? name
  return denied === name
    ? `GRANT SELECT ON pg_catalog.${name} ${grantee}`
    : `GRANT EXECUTE ON FUNCTION pg_catalog.${denied} ${grantee}`
}

/** Arguments for json_build_object: whose session it is, as `refusedOf` needs it. */
export const SESSION_OF_SQL = `'role', current_user, 'isStandby', pg_catalog.current_setting('in_hot_standby') = 'on'`
/** Schema of `SESSION_OF_SQL`. */
export const sessionOf = { role: z.string(), isStandby: z.boolean() }

/** What is unknown in the answer of this session; no entry if nothing is. */
export function refusedOf(
  session: Pick<DatabaseSession, 'refused'>,
  figures: Figures,
  of: { readonly role: string; readonly isStandby: boolean },
): Refusals {
  const refused = refusedFunctions(session.refused(), figures, of)
  return refused.length === 0 ? {} : { refused }
}
