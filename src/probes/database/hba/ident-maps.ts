// Reads pg_ident.conf of one node, where a line of its pg_hba.conf names a map: by SQL, on its host, or the server's view of it.

import * as z from 'zod'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import { type IdentMaps, mapOf, parseIdentMaps } from '../../../model/hba/ident/ident-maps.ts'
import { fetchHbaFiles } from '../../../model/hba/syntax/includes.ts'
import type { HbaRules } from '../../../model/hba/syntax/record.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { parseAnswer } from '../answers/answer.ts'
import { type HbaHost, hbaFilesBySql, hbaFilesOnHost, type TimedFiles } from './hba-files.ts'
import type { HbaFacts } from './hba-sql.ts'
import { statementSqlState } from './privileged-facts.ts'

export interface IdentReadOptions {
  readonly session: DatabaseSession
  readonly host: HbaHost | null
  /** Of the host's config, for where the server does not tell. */
  readonly dataDirectory: string | null
  readonly facts: HbaFacts
}

/** null where no line of these rules names a map; without rules they are read in any case. Throws FaultError where the server stopped answering. */
export async function readIdentMaps(
  rules: HbaRules | null,
  options: IdentReadOptions,
  signal: AbortSignal,
): Promise<IdentMaps | null> {
  if (rules && !rules.records.some((record) => mapOf(record) !== null)) return null
  return readIdentFile(options, signal)
}

/** Whether or not a line needs it. Throws FaultError where the server stopped answering. */
async function readIdentFile(options: IdentReadOptions, signal: AbortSignal): Promise<IdentMaps> {
  const { session, host, dataDirectory, facts } = options
  const path = facts.identFile ?? (dataDirectory === null ? null : `${dataDirectory}/pg_ident.conf`)
  const major = Math.floor(facts.versionNumber / 10_000)
  const refused: string[] = []
  for (const files of path === null ? [] : fileReaders(options, signal)) {
    try {
      return parseIdentMaps(path ?? '', await fetchHbaFiles(path ?? '', major, files), major)
    } catch (error) {
      if (statementSqlState(error) === null && !(host !== null && error instanceof FaultError)) throw error
      refused.push((error as Error).message)
    }
  }
  const why = refused.length > 0 ? `: ${[...new Set(refused)].join('; ')}` : ''
  if (facts.mayCallMaps) return mapsOfView(session, path ?? 'pg_ident.conf', major, signal)
  return { known: false, why: clean(`role ${facts.role} may not read pg_ident.conf${why}`) }
}

/** By SQL where the role may, then on the host. */
function fileReaders({ session, host, facts }: IdentReadOptions, signal: AbortSignal): readonly TimedFiles[] {
  const mayRead = facts.identFile !== null && (facts.mayReadBytes || facts.mayReadText)
  return [
    ...(mayRead ? [hbaFilesBySql(session, facts, null, signal)] : []),
    ...(host === null ? [] : [hbaFilesOnHost(host, signal)]),
  ]
}

const rows = z.array(
  z.object({
    file: z.string().nullable(),
    line: z.number(),
    map: z.string().nullable(),
    system: z.string().nullable(),
    user: z.string().nullable(),
    error: z.string().nullable(),
  }),
)

const VIEW = `SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('file', pg_catalog.to_jsonb(m) ->> 'file_name',
    'line', m.line_number, 'map', m.map_name, 'system', m.sys_name, 'user', m.pg_username, 'error', m.error)),
    '[]'::pg_catalog.json) AS answer FROM pg_catalog.pg_ident_file_mappings m`

/** As the view has them: words that were quoted look like keywords there. */
async function mapsOfView(
  session: DatabaseSession,
  path: string,
  major: number,
  signal: AbortSignal,
): Promise<IdentMaps> {
  const [row] = await session.query<{ answer: unknown }>({ name: 'pgdeck_ident_maps', text: VIEW }, signal)
  const found = parseAnswer(rows, row?.answer, 'pg_ident.conf')
  const maps = found.map(({ file, line, map, system, user, error }) => {
    if (error !== null) return { problem: { file: file ?? path, line, rule: null, error } }
    const text = [map, system, user].map((word) => `"${(word ?? '').replaceAll('"', '""')}"`)
    // A keyword must not be quoted; what could be either is taken for the keyword, as a line that lets more in.
    const last = /^(?:all|\+.*)$/.test(user ?? '') && !/[\s",#]/.test(user ?? '') ? (user ?? '') : text[2]
    const files = { read: () => `${text[0]} ${text[1]} ${last}`, list: () => null }
    return {
      mappings: parseIdentMaps(path, files, major).mappings.map((one) => ({ ...one, file: file ?? path, line })),
    }
  })
  return {
    known: true,
    path,
    mappings: maps.flatMap(({ mappings }) => mappings ?? []),
    problems: maps.flatMap(({ problem }) => (problem ? [problem] : [])),
  }
}
