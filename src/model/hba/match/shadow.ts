// Lines of pg_hba.conf that no connection reaches, because one earlier line matches all of theirs.

import { networkCovers } from '../syntax/ip-address.ts'
import {
  type HbaAddressRule,
  type HbaNameRule,
  type HbaRecord,
  type HbaRecordType,
  isHbaKeyword,
} from '../syntax/record.ts'

export interface ShadowedLine {
  readonly record: HbaRecord
  /** The first line that matches all its connections. */
  readonly by: HbaRecord
}

/** Returns lines that one earlier line covers. Several lines that cover one together are not found. */
export function shadowedLines(records: readonly HbaRecord[]): readonly ShadowedLine[] {
  return records.flatMap((record, index) => {
    const by = records.slice(0, index).find((earlier) => coversRecord(earlier, record))
    return by ? [{ record, by }] : []
  })
}

function coversRecord(outer: HbaRecord, inner: HbaRecord): boolean {
  return (
    coversType(outer.type, inner.type) &&
    coversAddress(outer.address, inner.address) &&
    coversNames(outer.databases, inner.databases, coversDatabase) &&
    coversNames(outer.users, inner.users, coversUser)
  )
}

/** A connection has one kind of encryption at most: TLS or GSSAPI. */
const WITHIN: Readonly<Record<HbaRecordType, readonly HbaRecordType[]>> = {
  local: ['local'],
  host: ['host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'],
  hostssl: ['hostssl'],
  hostnossl: ['hostnossl', 'hostgssenc'],
  hostgssenc: ['hostgssenc'],
  hostnogssenc: ['hostnogssenc', 'hostssl'],
}

function coversType(outer: HbaRecordType, inner: HbaRecordType): boolean {
  return WITHIN[outer].includes(inner)
}

function coversAddress(outer: HbaAddressRule | null, inner: HbaAddressRule | null): boolean {
  if (outer === null || inner === null) return outer === inner
  if (outer.kind === 'all') return true
  if (outer.kind === 'network') return inner.kind === 'network' && networkCovers(outer.network, inner.network)
  if (outer.kind === 'same-net') return inner.kind === 'same-net' || inner.kind === 'same-host'
  if (outer.kind === 'same-host') return inner.kind === 'same-host'
  if (inner.kind !== 'name') return false
  const [wide, narrow] = [outer.name.toLowerCase(), inner.name.toLowerCase()]
  return wide === narrow || (wide.startsWith('.') && narrow.endsWith(wide))
}

type Covers = (outer: HbaNameRule, inner: HbaNameRule) => boolean

function coversNames(outer: readonly HbaNameRule[], inner: readonly HbaNameRule[], covering: Covers): boolean {
  return inner.every((narrow) => outer.some((wide) => covering(wide, narrow)))
}

const DATABASE_KEYWORDS = ['all', 'sameuser', 'samerole', 'samegroup', 'replication']

function coversDatabase(outer: HbaNameRule, inner: HbaNameRule): boolean {
  if (isHbaKeyword(inner, 'replication')) return isHbaKeyword(outer, 'replication')
  if (isHbaKeyword(outer, 'all')) return true
  return coversName(outer, inner, (rule) => !rule.quoted && DATABASE_KEYWORDS.includes(rule.text))
}

function coversUser(outer: HbaNameRule, inner: HbaNameRule): boolean {
  if (isHbaKeyword(outer, 'all')) return true
  return coversName(outer, inner, (rule) => !rule.quoted && (rule.text === 'all' || rule.text.startsWith('+')))
}

/** For words: special words cover only themselves, a pattern also the plain names that it matches. */
function coversName(outer: HbaNameRule, inner: HbaNameRule, isSpecial: (rule: HbaNameRule) => boolean): boolean {
  if (isSpecial(outer) || isSpecial(inner)) {
    return isSpecial(outer) && isSpecial(inner) && outer.text === inner.text
  }
  if (outer.text === inner.text) return true
  return outer.pattern !== null && inner.pattern === null && outer.pattern.matches(inner.text) === true
}
