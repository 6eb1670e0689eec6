// The lines of pg_hba.conf that are a standby's alone, and the file without them.

import { joinTextLines, splitTextLines, type TextEdit } from '../../values/text-lines.ts'
import { fullNetmask, parseIpAddress } from '../syntax/ip-address.ts'
import { parseHbaRecord } from '../syntax/parse.ts'
import { type HbaRecord, isHbaKeyword } from '../syntax/record.ts'
import { hbaFields } from '../syntax/tokens.ts'

/**
 * The lines, trimmed, that let that role alone in for physical replication, from one address: that one, or with null
 * any. `major` is the server's version.
 */
export function standbyReplicationLines(
  text: string,
  user: string,
  address: string | null,
  major: number,
): readonly string[] {
  return splitTextLines(text).flatMap(({ text: line }, index) => {
    const fields = hbaFields(line)
    if (fields.length === 0) return []
    const found = parseHbaRecord({ file: '', line: index + 1, raw: line, fields, error: null }, major)
    return 'error' in found || !isItsAlone(found, user, address) ? [] : [line.trim()]
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

/** The file without these lines; everything else stays byte by byte. One with a zero byte is for a person. */
export function removeMatchingLines(text: string, gone: readonly string[]): TextEdit {
  // It joins two lines for the server: what an editor shows as one may be another there.
  if (text.includes('\0')) return { state: 'unclear', summary: 'it holds a zero byte, which makes one line of two' }
  const lines = splitTextLines(text)
  const kept = lines.filter((line) => !gone.includes(line.text.trim()))
  const count = lines.length - kept.length
  if (count === 0) return { state: 'already', summary: 'it has none of these lines' }
  const what = count === 1 ? 'one line is taken out' : `${count} lines are taken out`
  return { state: 'changed', text: joinTextLines(kept), summary: what }
}
