// Edits the text of a pg_hba.conf: inserts a line, removes lines, and changes nothing else. Also finds the lines of one
// standby.

import { joinTextLines, splitTextLines, type TextEdit } from '../../values/text-lines.ts'
import type { HbaAudit, HbaNodeAudit } from '../audit/audit.ts'
import type { HbaProposal } from '../audit/propose.ts'
import { fullNetmask, parseIpAddress } from '../syntax/ip-address.ts'
import { NEWEST_KNOWN_VERSION, parseHbaRecord } from '../syntax/parse.ts'
import { type HbaRecord, isHbaKeyword } from '../syntax/record.ts'
import { hbaFields, hbaLines } from '../syntax/tokens.ts'

/** Returns the text without the lines of these numbers, with their continuations; null if a number has no line. */
export function removeNumberedLines(text: string, numbers: readonly number[], major: number): string | null {
  // A zero byte joins lines for the server: their numbers differ from those of an editor.
  if (text.includes('\0')) return null
  const physical = text.split('\n')
  const logical = hbaLines(text, major)
  const gone = new Set<number>()
  for (const number of numbers) {
    const at = logical.findIndex((each) => each.number === number)
    if (at < 0) return null
    const next = logical[at + 1]?.number ?? physical.length + 1
    for (let line = number; line < next; line++) gone.add(line)
  }
  return physical.filter((_, index) => !gone.has(index + 1)).join('\n')
}

/** The text of these lines, as the server reads them. */
export function numberedLineTexts(text: string, numbers: readonly number[], major: number): readonly string[] {
  return hbaLines(text, major).flatMap((line) => (numbers.includes(line.number) ? [line.text] : []))
}

/** Lines of one database that admit only that standby: for physical replication only, for one role, from one address. */
export function linesForStandbyOnly(
  { entries, nodes }: HbaAudit,
  standby: string,
  database: string,
): readonly HbaRecord[] {
  const deciding = (isIts: boolean) =>
    new Set(
      entries
        .filter(({ connection }) => connection.toId === database && (connection.fromId === standby) === isIts)
        .flatMap(({ decision }) => (decision?.line == null ? [] : [`${decision.line} ${decision.file}`])),
    )
  const [its, others] = [deciding(true), deciding(false)]
  const records = recordsOf(nodes.find(({ id }) => id === database))
  const matching = records.filter((record) => {
    const key = `${record.line} ${record.file}`
    return its.has(key) && !others.has(key) && isNarrow(record)
  })
  // An identical second line would admit it after the first is gone.
  return records.filter((record) => matching.some((each) => each === record || sayTheSame(each, record)))
}

function sayTheSame(one: HbaRecord, other: HbaRecord): boolean {
  const words = ({ rule }: HbaRecord) => JSON.stringify(hbaFields(rule, NEWEST_KNOWN_VERSION))
  return words(one) === words(other)
}

function recordsOf(node: HbaNodeAudit | undefined): readonly HbaRecord[] {
  return node?.reading?.known ? node.reading.rules.records : []
}

function isNarrow({ databases, users, address, method }: HbaRecord): boolean {
  const [database] = databases
  const [user] = users
  if (!database || !user || databases.length > 1 || users.length > 1 || method === 'reject') return false
  const isOneRole = user.pattern === null && !isHbaKeyword(user, 'all') && !(user.text.startsWith('+') && !user.quoted)
  const isOneHost = address?.kind === 'network' && address.network.mask === fullNetmask(address.network.address.family)
  return isHbaKeyword(database, 'replication') && isOneRole && isOneHost
}

/**
 * Returns the lines, trimmed, that admit only that role for physical replication from one address: the given one, or
 * with null any. `major` is the server's version.
 */
export function standbyReplicationLines(
  text: string,
  user: string,
  address: string | null,
  major: number,
): readonly string[] {
  return splitTextLines(text).flatMap(({ text: line }, index) => {
    const fields = hbaFields(line, major)
    if (fields.length === 0) return []
    const record = parseHbaRecord({ file: '', line: index + 1, raw: line, fields, error: null }, major)
    return 'error' in record || !isItsAlone(record, user, address) ? [] : [line.trim()]
  })
}

function isItsAlone({ databases, users, address }: HbaRecord, user: string, wanted: string | null): boolean {
  const [database] = databases
  const [role] = users
  if (!database || !role || databases.length > 1 || users.length > 1) return false
  if (!isHbaKeyword(database, 'replication') || role.text !== user || role.pattern !== null) return false
  if (address?.kind !== 'network') return false
  const { address: from, mask } = address.network
  if (mask !== fullNetmask(from.family)) return false
  const asked = wanted === null ? from : parseIpAddress(wanted)
  return asked !== null && asked.family === from.family && asked.value === from.value
}

/** Returns the file without these lines; every other byte stays. A file with a zero byte is left to a person. */
export function removeMatchingLines(text: string, gone: readonly string[]): TextEdit {
  // It joins two lines for the server: an editor shows other lines.
  if (text.includes('\0')) return { state: 'unclear', summary: 'it contains a zero byte, which joins two lines' }
  const lines = splitTextLines(text)
  const kept = lines.filter((line) => !gone.includes(line.text.trim()))
  const count = lines.length - kept.length
  if (count === 0) return { state: 'already', summary: 'it has none of these lines' }
  const what = count === 1 ? 'one line is removed' : `${count} lines are removed`
  return { state: 'changed', text: joinTextLines(kept), summary: what }
}

/**
 * Removes each of these lines once: an equal line that somebody else wrote stays. Every other byte stays too. `former`:
 * the text before the lines were added. Lines of which the text has no more than that are not there any more.
 */
export function removeOneOfEach(text: string, added: readonly string[], former: string): TextEdit {
  const countIn = (whole: string, line: string) =>
    splitTextLines(whole).filter((each) => each.text.trim() === line).length
  const gone = added.filter((line) => countIn(text, line) > countIn(former, line))
  const left = [...gone]
  const kept = splitTextLines(text).filter((line) => {
    const at = left.indexOf(line.text.trim())
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  if (text.includes('\0')) return removeMatchingLines(text, gone)
  const count = gone.length - left.length
  if (count === 0) return { state: 'already', summary: 'it has none of these lines' }
  const what = count === 1 ? 'one line is removed' : `${count} lines are removed`
  return { state: 'changed', text: joinTextLines(kept), summary: what }
}

/**
 * Returns the file's text with the line inserted. `major` is the server's version: from 14 on a backslash at the end of
 * a line joins it with the next. null if the file has no line of that number, because it is not the file that was read.
 */
export function insertHbaLine(
  text: string,
  { line, before, replaces }: Pick<HbaProposal, 'line' | 'before' | 'replaces'>,
  major: number,
): string | null {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const number = replaces ?? before
  if (number === null) return `${closed(text, end, major)}${line}${end}`
  const physical = text.split('\n')
  const logical = hbaLines(text, major)
  const at = logical.findIndex((each) => each.number === number)
  if (at < 0) return null
  const next = logical[at + 1]?.number ?? physical.length + 1
  const added = end === '\r\n' ? `${line}\r` : line
  physical.splice(number - 1, replaces === null ? 0 : next - number, added)
  return physical.join('\n')
}

/** The text with a line break at its end, so that the next line stands alone. */
function closed(text: string, end: string, major: number): string {
  if (text === '') return ''
  const whole = text.endsWith('\n') ? text : `${text}${end}`
  const last = whole.replace(/\r*\n$/, '')
  return major >= 14 && last.endsWith('\\') ? `${whole}${end}` : whole
}
