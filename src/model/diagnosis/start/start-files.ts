// What in the files of a server that is down keeps it from starting: as the server would say, found without starting it.

import type { HbaProblem, HbaRules } from '../../hba/syntax/record.ts'
import { redact } from '../../logs/redact.ts'
import { type ConfContent, confValue } from '../../settings/conf-file.ts'
import { settingProblem } from '../../settings/parameter-values.ts'
import { clean } from '../../values/text.ts'
import type { Certainty } from '../check-result.ts'

/** The files of a data directory as its host tells of them. null: not known, or not to be read. */
export interface ServerFiles {
  readonly dataDirectory: string
  /** Of PG_VERSION. */
  readonly version: number | null
  /** Permission bits of the data directory. */
  readonly mode: number
  readonly uid: number
  /** Names in the data directory. */
  readonly names: ReadonlySet<string>
  readonly conf: (ConfContent & { readonly path: string }) | null
  readonly hba: (Pick<HbaRules, 'problems'> & { readonly path: string }) | null
  /** Bytes of the control file. */
  readonly controlBytes: number | null
  /** The private key, where TLS is on. */
  readonly sslKey: { readonly path: string; readonly mode: number; readonly uid: number } | null
}

export interface FileFinding {
  readonly text: string
  readonly next: string
  readonly certainty: Certainty
}

/** Everything that the server would refuse to start for, the first that it would meet first. */
export function startFileFindings(files: ServerFiles): readonly FileFinding[] {
  return [...directory(files), ...configuration(files), ...recovery(files), ...access(files), ...tls(files)]
}

/** pg_control has this size in every version. */
const CONTROL_BYTES = 8192

function directory({ dataDirectory, names, mode, controlBytes }: ServerFiles): readonly FileFinding[] {
  const found: FileFinding[] = []
  if (!names.has('PG_VERSION')) {
    const next = `check that ${dataDirectory} is mounted and complete`
    return [certain(`${dataDirectory} has no PG_VERSION: it is no data directory`, next)]
  }
  if ((mode & 0o027) !== 0) {
    const text = `${dataDirectory} has permissions 0${mode.toString(8)}; the server wants 0700 or 0750`
    found.push(certain(text, `chmod 0700 ${dataDirectory}; then start it`))
  }
  if (!names.has('global') || (controlBytes !== null && controlBytes < CONTROL_BYTES)) {
    const what = controlBytes === null ? 'is missing' : `has ${controlBytes} bytes instead of ${CONTROL_BYTES}`
    found.push(
      certain(`${dataDirectory}/global/pg_control ${what}`, 'rebuild it from another node (B), or restore a backup'),
    )
  }
  if (!names.has('pg_wal')) {
    found.push(certain(`${dataDirectory}/pg_wal is missing`, 'check that its disk is mounted, or rebuild it (B)'))
  }
  return found
}

function configuration({ conf, version, dataDirectory }: ServerFiles): readonly FileFinding[] {
  if (conf === null) return []
  const broken = conf.problems.map(({ file, line, error }) => {
    return certain(`${placeText(file, line)}: ${error}`, `correct that line; then start it`)
  })
  if (version === null) return broken
  // Of several lines with one name the last counts, and the others are not looked at.
  const seen = new Set<string>()
  const last = conf.settings
    .toReversed()
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .toReversed()
  const refused = last.flatMap(({ name, value, file, line }): FileFinding[] => {
    const problem = settingProblem(name, value, version)
    if (problem === null) return []
    // A fork of PostgreSQL may know more parameters.
    return [
      { text: `${placeText(file, line)}: ${problem}`, next: 'correct that line; then start it', certainty: 'likely' },
    ]
  })
  const targets = ['', '_lsn', '_name', '_time', '_xid'].map((end) => `recovery_target${end}`)
  const set = targets.filter((name) => confValue(conf, name))
  const several =
    set.length > 1
      ? [certain(`${set.join(' and ')} are both set`, `leave one of them in ${dataDirectory}; then start it`)]
      : []
  return [...broken, ...refused, ...several]
}

function recovery({ names, conf, version, dataDirectory }: ServerFiles): readonly FileFinding[] {
  const found: FileFinding[] = []
  if (names.has('recovery.conf') && (version === null || version >= 12)) {
    const next = 'move its settings to postgresql.conf and remove it; standby.signal or recovery.signal take its place'
    found.push(certain(`${dataDirectory}/recovery.conf is there, which servers refuse since version 12`, next))
  }
  const needs = names.has('recovery.signal') && !names.has('standby.signal')
  if (needs && conf !== null && !confValue(conf, 'restore_command')) {
    const next = 'set restore_command, or use standby.signal instead; then start it'
    found.push(certain(`${dataDirectory}/recovery.signal is there, but restore_command is not set`, next))
  }
  return found
}

function access({ hba }: ServerFiles): readonly FileFinding[] {
  const [problem] = hba?.problems ?? []
  if (!hba || !problem) return []
  const text = `${placeText(problem.file, problem.line)}: ${withoutStrangeWords(problem)}`
  return [certain(text, `correct that line (pgdeck hba test --file ${hba.path} tells more); then start it`)]
}

/**
 * What is wrong, with its words only if they are of a line of pg_hba.conf: an include, a link or `@file` may lead to a file of
 * secrets that the server itself may not read.
 */
function withoutStrangeWords({ rule, error }: HbaProblem): string {
  const isForeign = /^invalid connection type "/.test(error)
  const known = isForeign ? '' : (rule ?? '')
  return redact(error)
    .replace(/"([^"]*)"/g, (quoted, word: string) => (known.includes(word) || isPath(word) ? quoted : '"…"'))
    .replace(/(format): (.*)$/s, (whole, before: string, word: string) => (known.includes(word) ? whole : before))
}

function isPath(word: string): boolean {
  return word.startsWith('/') && !word.includes('\n')
}

function tls({ sslKey, uid }: ServerFiles): readonly FileFinding[] {
  if (sslKey === null) return []
  const { path, mode } = sslKey
  const forbidden = sslKey.uid === 0 && uid !== 0 ? 0o037 : 0o077
  const next = `chmod 0600 ${path}, as a file of the server’s account; then start it`
  if (sslKey.uid !== uid && sslKey.uid !== 0)
    return [certain(`${path} belongs to user ${sslKey.uid}, the server runs as ${uid}`, next)]
  return (mode & forbidden) === 0
    ? []
    : [certain(`${path} has permissions 0${mode.toString(8)}: others may read the key`, next)]
}

function certain(text: string, next: string): FileFinding {
  return { text: clean(text), next: clean(next), certainty: 'certain' }
}

function placeText(file: string, line: number | null): string {
  return line === null ? file : `${file}:${line}`
}
