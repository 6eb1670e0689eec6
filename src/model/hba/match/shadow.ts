// Lines of pg_hba.conf that no connection ever reaches, because one line before them takes everything that they would.

import { covers } from '../syntax/ip-address.ts'
import { type AddressRule, type HbaRecord, isKeyword, type NameRule, type RecordType } from '../syntax/record.ts'

export interface Shadowed {
  readonly record: HbaRecord
  /** The first line that takes everything of it. */
  readonly by: HbaRecord
}

/** Lines that one earlier line covers whole. Several lines that cover one together are not looked for. */
export function shadowed(records: readonly HbaRecord[]): readonly Shadowed[] {
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

/** A connection is encrypted in one way at most: with TLS it is not with GSSAPI, and the other way round. */
const WITHIN: Readonly<Record<RecordType, readonly RecordType[]>> = {
  local: ['local'],
  host: ['host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'],
  hostssl: ['hostssl'],
  hostnossl: ['hostnossl', 'hostgssenc'],
  hostgssenc: ['hostgssenc'],
  hostnogssenc: ['hostnogssenc', 'hostssl'],
}

function coversType(outer: RecordType, inner: RecordType): boolean {
  return WITHIN[outer].includes(inner)
}

function coversAddress(outer: AddressRule | null, inner: AddressRule | null): boolean {
  if (outer === null || inner === null) return outer === inner
  if (outer.kind === 'all') return true
  if (outer.kind === 'network') return inner.kind === 'network' && covers(outer.network, inner.network)
  if (outer.kind === 'same-net') return inner.kind === 'same-net' || inner.kind === 'same-host'
  if (outer.kind === 'same-host') return inner.kind === 'same-host'
  if (inner.kind !== 'name') return false
  const [wide, narrow] = [outer.name.toLowerCase(), inner.name.toLowerCase()]
  return wide === narrow || (wide.startsWith('.') && narrow.endsWith(wide))
}

type Covers = (outer: NameRule, inner: NameRule) => boolean

function coversNames(outer: readonly NameRule[], inner: readonly NameRule[], covering: Covers): boolean {
  return inner.every((narrow) => outer.some((wide) => covering(wide, narrow)))
}

const DATABASE_KEYWORDS = ['all', 'sameuser', 'samerole', 'samegroup', 'replication']

function coversDatabase(outer: NameRule, inner: NameRule): boolean {
  if (isKeyword(inner, 'replication')) return isKeyword(outer, 'replication')
  if (isKeyword(outer, 'all')) return true
  return coversName(outer, inner, (rule) => !rule.quoted && DATABASE_KEYWORDS.includes(rule.text))
}

function coversUser(outer: NameRule, inner: NameRule): boolean {
  if (isKeyword(outer, 'all')) return true
  return coversName(outer, inner, (rule) => !rule.quoted && (rule.text === 'all' || rule.text.startsWith('+')))
}

/** Between words: special ones cover only themselves, a pattern also the plain names that it matches. */
function coversName(outer: NameRule, inner: NameRule, isSpecial: (rule: NameRule) => boolean): boolean {
  if (isSpecial(outer) || isSpecial(inner)) {
    return isSpecial(outer) && isSpecial(inner) && outer.text === inner.text
  }
  if (outer.text === inner.text) return true
  return outer.pattern !== null && inner.pattern === null && outer.pattern.matches(inner.text) === true
}
