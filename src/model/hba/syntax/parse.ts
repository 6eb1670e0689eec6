// Understands pg_hba.conf line by line as the server does when it loads the file, and says what it would refuse.

import { compileRegex } from '../regex/regex.ts'
import { type HbaFieldLine, type HbaFileReader, readFieldLines } from './files.ts'
import { fullNetmask, parseIpAddress, prefixNetmask } from './ip-address.ts'
import { authMethodProblem, authOptionProblem, authOptionsProblem } from './methods.ts'
import {
  HBA_RECORD_TYPES,
  type HbaAddressRule,
  type HbaNameRule,
  type HbaProblem,
  type HbaRecord,
  type HbaRecordType,
  type HbaRules,
  isHbaKeyword,
} from './record.ts'
import type { HbaToken } from './tokens.ts'

/** What a major version means when none is known: the newest that is known. */
export const NEWEST_KNOWN_VERSION = 18

class LineError extends Error {}

/** The rules of a file for a server of that major version. One wrong line makes the server refuse all of them. */
export function parseHba(path: string, files: HbaFileReader, version: number): HbaRules {
  const lines = readFieldLines(path, files, version)
  if (lines === null) {
    return { records: [], problems: [{ file: path, line: null, rule: null, error: `could not open file "${path}"` }] }
  }
  const records: HbaRecord[] = []
  const problems: HbaProblem[] = []
  for (const line of lines) {
    const record = parseHbaRecord(line, version)
    if ('error' in record) problems.push(record)
    else records.push(record)
  }
  if (lines.length === 0) {
    problems.push({ file: path, line: null, rule: null, error: `configuration file "${path}" contains no entries` })
  }
  return { records, problems }
}

/** What a line says, or what the server would say against it. */
export function parseHbaRecord(line: HbaFieldLine, version: number): HbaRecord | HbaProblem {
  const place = { file: line.file, line: line.line, rule: maskOptionSecrets(line.raw.trim()) }
  if (line.error !== null) return { ...place, error: line.error }
  try {
    return { ...place, ...readFields(line.fields, version) }
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    return { ...place, error: error.message }
  }
}

type Fields = readonly (readonly HbaToken[])[]

function readFields(fields: Fields, version: number): Omit<HbaRecord, 'file' | 'line' | 'rule'> {
  const rest = fields.values()
  const type = recordType(single(rest, 'end-of-line before connection type', 'connection type').text)
  const databases = several(rest, 'end-of-line before database specification', version)
  const users = several(rest, 'end-of-line before role specification', version)
  const address = type === 'local' ? null : addressRule(rest)
  const word = single(rest, 'end-of-line before authentication method', 'authentication type').text
  refuse(authMethodProblem({ type, method: word }, version))
  const method = type === 'local' && word === 'ident' ? 'peer' : word
  // One after the other: the first that is wrong is the one that the server names.
  const options = [...rest].flat().map(({ text }) => {
    const equals = text.indexOf('=')
    if (equals < 0) throw new LineError(`authentication option not in name=value format: ${text}`)
    const option = { name: text.slice(0, equals), value: text.slice(equals + 1) }
    refuse(authOptionProblem({ type, method }, option, version))
    return option
  })
  refuse(authOptionsProblem(method, options, version))
  return { type, databases, users, address, method, options }
}

function refuse(problem: string | null): void {
  if (problem !== null) throw new LineError(problem)
}

function recordType(word: string): HbaRecordType {
  const type = HBA_RECORD_TYPES.find((candidate) => candidate === word)
  if (type === undefined) throw new LineError(`invalid connection type "${word}"`)
  return type
}

type Rest = Iterator<readonly HbaToken[]>

function single(rest: Rest, missing: string, name: string): HbaToken {
  const [token, ...more] = rest.next().value ?? []
  if (token === undefined) throw new LineError(missing)
  if (more.length > 0) throw new LineError(`multiple values specified for ${name}`)
  return token
}

function several(rest: Rest, missing: string, version: number): readonly HbaNameRule[] {
  const tokens: readonly HbaToken[] | undefined = rest.next().value
  if (tokens === undefined) throw new LineError(missing)
  return tokens.map((token) => {
    if (version < 16 || !token.text.startsWith('/')) return { ...token, pattern: null }
    const pattern = compileRegex(token.text.slice(1))
    if ('error' in pattern) throw new LineError(`invalid regular expression "${token.text.slice(1)}": ${pattern.error}`)
    return { ...token, pattern }
  })
}

function addressRule(rest: Rest): HbaAddressRule {
  const token = single(rest, 'end-of-line before IP address specification', 'host address')
  if (isHbaKeyword(token, 'all')) return { kind: 'all' }
  if (isHbaKeyword(token, 'samehost')) return { kind: 'same-host' }
  if (isHbaKeyword(token, 'samenet')) return { kind: 'same-net' }
  const slash = token.text.indexOf('/')
  const bare = slash < 0 ? token.text : token.text.slice(0, slash)
  const address = parseIpAddress(bare)
  if (address === null) {
    if (slash < 0) return { kind: 'name', name: bare }
    throw new LineError(`specifying both host name and CIDR mask is invalid: "${token.text}"`)
  }
  if (slash >= 0) {
    const mask = prefixNetmask(token.text.slice(slash + 1), address.family)
    if (mask === null) throw new LineError(`invalid CIDR mask in address "${token.text}"`)
    return { kind: 'network', network: { address, mask } }
  }
  const { text } = single(rest, 'end-of-line before netmask specification', 'netmask')
  const mask = parseIpAddress(text)
  if (mask === null) throw new LineError(`invalid IP mask "${text}": Name or service not known`)
  if (mask.family !== address.family) throw new LineError('IP address and mask do not match')
  return { kind: 'network', network: { address, mask: mask.value & fullNetmask(mask.family) } }
}

const SECRET = /\b(?:ldapbindpasswd|radiussecrets)"?=/g
const URL = /\bldapurl"?=/g

/** The line with the values of options that hold passwords masked, up to the end of their words. */
export function maskOptionSecrets(rule: string): string {
  const shown = replaceWords(rule, SECRET, () => '***')
  return replaceWords(shown, URL, (value) => value.replace(/:\/\/.*@/s, '://***@'))
}

/** Replaces what stands between each match and the end of its word. */
function replaceWords(rule: string, pattern: RegExp, replacement: (value: string) => string): string {
  let shown = ''
  let from = 0
  let inQuote = false
  for (const match of rule.matchAll(pattern)) {
    const start = match.index + match[0].length
    if (start < from) continue
    const skipped = rule.slice(from, start)
    const word = wordFrom(rule, start, inQuote !== hasOpenQuote(skipped))
    shown += skipped + replacement(rule.slice(start, word.end))
    from = word.end
    inQuote = word.inQuote
  }
  return shown + rule.slice(from)
}

function hasOpenQuote(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1
}

/** A word ends at a blank outside of quotes, unless a comma joins what comes next. */
function wordFrom(
  rule: string,
  start: number,
  begunInQuote: boolean,
): { readonly end: number; readonly inQuote: boolean } {
  let inQuote = begunInQuote
  let last = ''
  for (let at = start; at < rule.length; at++) {
    const character = rule[at] ?? ''
    const isBlank = character === ' ' || character === '\t' || character === '\r'
    if (isBlank && !inQuote && last !== ',') return { end: at, inQuote }
    if (character === '"') inQuote = !inQuote
    if (!isBlank) last = character
  }
  return { end: rule.length, inQuote }
}
