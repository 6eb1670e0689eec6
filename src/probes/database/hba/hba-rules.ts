// Reads the rules of one server by the best means available: the file by SQL, the file on its host, or the server's own
// view.

import { createHash } from 'node:crypto'
import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { LoadedHbaStore } from '../../../model/hba/audit/reload-state.ts'
import { type FetchedHbaFiles, fetchHbaFiles } from '../../../model/hba/syntax/includes.ts'
import { parseHba } from '../../../model/hba/syntax/parse.ts'
import type { HbaRules } from '../../../model/hba/syntax/record.ts'
import { correctByRulesView, mayHideQuotes, rulesFromView } from '../../../model/hba/syntax/rules-view.ts'
import type { HbaSource } from '../../../model/measured/hba-reading.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { type HbaHost, hbaFilesBySql, hbaFilesOnHost, type TimedFiles } from './hba-files.ts'
import type { HbaFacts } from './hba-sql.ts'
import { type FileTimes, type PrivilegedHbaFacts, statementSqlState } from './privileged-facts.ts'

export interface HbaReadOptions {
  /** Best a new session: one that lived through a reload does not know exactly when the server read its files. */
  readonly session: DatabaseSession
  /** The host of the server, if pgdeck has access to it. */
  readonly host?: HbaHost | null
  /** From the host's configuration, for a server that does not report it. */
  readonly dataDirectory?: string | null
  /** Names of the roles to read. */
  readonly roles: readonly string[]
  /** Addresses and names of who may connect, for lines that name hosts. */
  readonly candidates?: readonly string[]
  /** Read pg_ident.conf also if no line names a map. */
  readonly readsAllMaps?: boolean
  readonly memory?: LoadedHbaStore | null
  /** Interpret the file as this major version would. Default: the version of the server. */
  readonly version?: number
}

export interface HbaRulesReading {
  readonly source: HbaSource
  readonly path: string
  readonly files: readonly string[]
  readonly rules: HbaRules
  readonly exact: boolean
  readonly hash: string | null
  readonly times: FileTimes | null
  readonly stepMs: number
}

interface Known extends HbaReadOptions {
  readonly facts: HbaFacts
  readonly parts: PrivilegedHbaFacts
}

/** Returns the rules, or in one sentence why they are hidden. Throws FaultError if the server stopped answering. */
export async function readHbaRules(
  known: Known,
  signal: AbortSignal,
): Promise<HbaRulesReading | { readonly hidden: string }> {
  const { facts, parts, session, host = null } = known
  const refused = [...parts.refused].filter(([part]) => part === 'content' || part === 'rows').map(([, why]) => why)
  const bySql = hbaFilesBySql(session, facts, parts.rows, signal)
  if (facts.hbaFile !== null && parts.content !== null) {
    try {
      const main = new Map([[facts.hbaFile, parts.content]])
      return await fromFile('file-by-sql', facts.hbaFile, known, bySql, main)
    } catch (error) {
      // This role may lack the right to read an included file.
      if (statementSqlState(error) === null) throw error
      refused.push((error as Error).message)
    }
  }
  const path = facts.hbaFile ?? (known.dataDirectory ? `${known.dataDirectory}/pg_hba.conf` : null)
  if (host !== null && path !== null) {
    try {
      return await fromFile('file-by-host', path, known, hbaFilesOnHost(host, signal), new Map())
    } catch (error) {
      if (!(error instanceof FaultError)) throw error
      refused.push(error.message)
    }
  }
  if (parts.rows !== null) return fromView(known, parts.rows, bySql)
  const why = refused.length > 0 ? `: ${[...new Set(refused)].join('; ')}` : ''
  return { hidden: `role ${facts.role} may not read the rules of pg_hba.conf${why}` }
}

async function fromFile(
  source: HbaSource,
  path: string,
  { facts, parts, version }: Known,
  far: TimedFiles,
  main: ReadonlyMap<string, string>,
): Promise<HbaRulesReading> {
  const major = version ?? majorOf(facts)
  const files = await fetchHbaFiles(path, major, far, main)
  const own = parseHba(path, files, major)
  const rules = parts.rows === null || major !== majorOf(facts) ? own : correctByRulesView(own, parts.rows, path, major)
  const names = [...files.texts].flatMap(([name, text]) => (text === null ? [] : [name]))
  const alone = files.texts.size + files.folders.size === 1
  const times = alone && source === 'file-by-sql' ? parts.times : await far.changed([...names, ...foldersOf(files)])
  return { source, path, files: names, rules, exact: true, hash: hashOf(files), times, stepMs: far.stepMs }
}

function foldersOf({ folders }: FetchedHbaFiles): readonly string[] {
  return [...folders].flatMap(([name, names]) => (names === null ? [] : [name]))
}

async function fromView(
  { facts, parts }: Known,
  rows: NonNullable<PrivilegedHbaFacts['rows']>,
  far: TimedFiles,
): Promise<HbaRulesReading> {
  const main = facts.hbaFile ?? rows.find(({ file }) => file !== null)?.file ?? 'pg_hba.conf'
  const files = [...new Set([main, ...rows.flatMap(({ file }) => file ?? [])])]
  const times = files.length === 1 ? parts.times : await far.changed(files)
  const rules = rulesFromView(rows, main, majorOf(facts))
  const exact = !mayHideQuotes(rows)
  return { source: 'rules-view', path: main, files, rules, exact, hash: null, times, stepMs: far.stepMs }
}

function majorOf({ versionNumber }: HbaFacts): number {
  return Math.floor(versionNumber / 10_000)
}

/** Hash of names and contents, in the order of the names. A missing file counts too. */
function hashOf({ texts, folders }: FetchedHbaFiles): string {
  const all = [...[...texts], ...[...folders].map(([name, names]) => [name, names && [...names].sort()] as const)]
  const sorted = all.sort(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
