// Parses pg_ident.conf as the server does: which operating-system user may log in as which database user, by map.

import { compileRegex } from '../regex/regex.ts'
import { type HbaFieldLine, type HbaFileReader, readFieldLines } from '../syntax/files.ts'
import { type HbaNameRule, type HbaProblem, type HbaRecord, isHbaKeyword } from '../syntax/record.ts'
import type { HbaToken } from '../syntax/tokens.ts'

/** One line of pg_ident.conf. */
interface IdentMapping {
  readonly file: string
  readonly line: number
  readonly map: string
  readonly systemUser: HbaNameRule
  readonly databaseUser: HbaNameRule
}

/** The maps of the file. With `problems` the server refuses the file, and its previous maps stay in force. */
export interface ReadableIdentMaps {
  readonly known: true
  readonly path: string
  readonly mappings: readonly IdentMapping[]
  readonly problems: readonly HbaProblem[]
}

/** `why`: one sentence why they could not be read. */
export type IdentMaps = ReadableIdentMaps | { readonly known: false; readonly why: string }

/** Returns the maps of a file for a server of that major version. A missing file has none. */
export function parseIdentMaps(path: string, files: HbaFileReader, version: number): ReadableIdentMaps {
  const mappings: IdentMapping[] = []
  const problems: HbaProblem[] = []
  for (const line of readFieldLines(path, files, version) ?? []) {
    const found = mappingOf(line, version)
    if ('error' in found) problems.push(found)
    else mappings.push(found)
  }
  return { known: true, path, mappings, problems }
}

function mappingOf(line: HbaFieldLine, version: number): IdentMapping | HbaProblem {
  const { file, line: number, raw, fields } = line
  const refused = (error: string): HbaProblem => ({ file, line: number, rule: raw.trim(), error })
  if (line.error !== null) return refused(line.error)
  const [map, systemUser, databaseUser] = fields.map(([token]) => token)
  if (fields.slice(0, 3).some(({ length }) => length > 1)) return refused('multiple values in ident field')
  if (!map || !systemUser || !databaseUser) return refused('missing entry at end of line')
  const [system, user] = [ruleOf(systemUser), version >= 16 ? ruleOf(databaseUser) : { ...databaseUser, pattern: null }]
  if ('error' in system) return refused(system.error)
  if ('error' in user) return refused(user.error)
  return { file, line: number, map: map.text, systemUser: system, databaseUser: user }
}

function ruleOf(token: HbaToken): HbaNameRule | { readonly error: string } {
  if (!token.text.startsWith('/')) return { ...token, pattern: null }
  const pattern = compileRegex(token.text.slice(1))
  if ('error' in pattern) return { error: `invalid regular expression "${token.text.slice(1)}": ${pattern.error}` }
  return { ...token, pattern }
}

/** The map in a line of pg_hba.conf; null if it has none. */
export function mapOf({ options }: Pick<HbaRecord, 'options'>): string | null {
  return options.findLast(({ name }) => name === 'map')?.value || null
}

/** The user who logs in. */
export interface MappedUser {
  readonly user: string
  readonly memberOf: readonly string[]
  /** Major version of the server. */
  readonly version: number
  /** True for gss and sspi with krb_caseins_users. */
  readonly ignoresCase: boolean
}

/** Users of the operating system (or names of certificates or principals) that a map admits as this user, as written. */
export function mappedSystemUsers(maps: ReadableIdentMaps, map: string, asked: MappedUser): readonly string[] {
  const lines = maps.mappings.filter((mapping) => mapping.map === map)
  const admitted: string[] = []
  const errors: IdentMapping[] = []
  for (const mapping of lines) {
    if (isErrorWhenUsed(mapping, asked)) errors.push(mapping)
    else if (mayBecome(mapping, asked) && !errors.some((error) => endsSearch(error, mapping))) {
      admitted.push(mapping.systemUser.text)
    }
  }
  return admitted
}

/** A reference to a captured part of a pattern that captures none: with it the server ends the login. */
function isErrorWhenUsed({ systemUser, databaseUser }: IdentMapping, { version }: MappedUser): boolean {
  const isSpecial = databaseUser.pattern !== null || (!databaseUser.quoted && databaseUser.text.startsWith('+'))
  if (version >= 16 && isSpecial) return false
  return systemUser.pattern?.groups === 0 && databaseUser.text.includes('\\1')
}

/** Whether that error comes before the server reaches the line of this system user. */
function endsSearch({ systemUser: { pattern } }: IdentMapping, { systemUser }: IdentMapping): boolean {
  return systemUser.pattern === null && pattern?.matches(systemUser.text) === true
}

/** Whether a user of the operating system that matches the line would be this user; true if unknown. */
function mayBecome({ systemUser, databaseUser }: IdentMapping, asked: MappedUser): boolean {
  const { user, memberOf, version, ignoresCase } = asked
  const { text } = databaseUser
  if (version >= 16) {
    if (isHbaKeyword(databaseUser, 'all')) return true
    if (!databaseUser.quoted && text.startsWith('+')) return [user, ...memberOf].includes(text.slice(1))
    if (databaseUser.pattern !== null) return databaseUser.pattern.matches(user) !== false
  }
  const same = (value: string) => (ignoresCase ? value.toLowerCase() : value)
  const at = systemUser.pattern === null ? -1 : text.indexOf('\\1')
  if (at < 0) return same(text) === same(user)
  // Only the first reference to the captured part of the system user is replaced.
  const [before, after] = [same(text.slice(0, at)), same(text.slice(at + 2))]
  const long = user.length >= before.length + after.length
  return long && same(user).startsWith(before) && same(user).endsWith(after)
}

/**
 * Returns why a map admits no one as this user, and what to add; null if it admits someone. If the maps could not be
 * read, or the server refuses them, `unknown` has the reason.
 */
export function identMapProblem(
  record: Pick<HbaRecord, 'options' | 'line'>,
  maps: IdentMaps | null,
  asked: MappedUser,
): { readonly fails: string } | { readonly unknown: string } | null {
  const map = mapOf(record)
  if (map === null) return null
  if (maps === null || !maps.known) {
    return { unknown: `whom its map "${map}" lets in: ${maps?.why ?? 'pg_ident.conf was not read'}` }
  }
  const [broken] = maps.problems
  if (broken) {
    const place = `${broken.file}:${broken.line ?? '?'}`
    return {
      unknown: `whom its map "${map}" lets in: ${place} is broken (${broken.error}), the previous maps stay in force`,
    }
  }
  if (mappedSystemUsers(maps, map, asked).length > 0) return null
  const isDefined = maps.mappings.some((mapping) => mapping.map === map)
  const lacks = isDefined ? `has no entry for "${asked.user}"` : 'is not defined'
  const add = `add "${map} SYSTEM-USER ${asked.user}" and reload`
  return { fails: `its map "${map}" ${lacks} in ${maps.path}, so nobody gets in as "${asked.user}": ${add}` }
}
