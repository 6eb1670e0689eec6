// Whether sessions of a primary are read-only by default.

import { listText } from '../values/text.ts'
import type { DatabasePulse } from './pulse.ts'

/** `databases`: only some databases, by ALTER DATABASE. `here`: those as well, and the one that pgdeck uses is among them. */
export type ReadOnlyByDefault =
  | { readonly kind: 'no' }
  | { readonly kind: 'server'; readonly here: readonly string[] | null }
  | { readonly kind: 'databases'; readonly names: readonly string[] }
  | { readonly kind: 'unknown' }

/** By the last good reading; `no` for a standby, which is read-only for another reason. */
export function readOnlyByDefault(pulse: DatabasePulse): ReadOnlyByDefault {
  if (pulse.position.kind !== 'primary') return { kind: 'no' }
  const { defaultReadOnly = null, readOnlyDatabases: names = [] } = pulse
  if (defaultReadOnly === true) {
    return { kind: 'server', here: pulse.readOnlyHere === true && names.length > 0 ? names : null }
  }
  if (names.length > 0) return { kind: 'databases', names }
  return { kind: defaultReadOnly === null ? 'unknown' : 'no' }
}

/** What is read-only, as the text after the server's name. */
export function readOnlyByDefaultText(readOnly: Extract<ReadOnlyByDefault, { kind: 'server' | 'databases' }>): string {
  const names = readOnly.kind === 'server' ? readOnly.here : readOnly.names
  if (names === null) {
    return 'is not writable: default_transaction_read_only is on for every session that does not set it'
  }
  const what = names.length === 1 ? `database ${names[0]}` : `databases ${listText(names)}`
  return `is not writable in ${what}: default_transaction_read_only is on there (ALTER DATABASE)`
}

/** `is writable`, and for which roles it is not by default: a role for reports is so on purpose. */
export function writableText({ readOnlyRoles: roles = [] }: DatabasePulse): string {
  if (roles.length === 0) return 'is writable'
  const whose = roles.length === 1 ? `role ${roles[0]} is` : `roles ${listText(roles)} are`
  return `is writable; ${whose} read-only by default (ALTER ROLE)`
}

/** Why it may be unknown. */
export const READ_ONLY_UNKNOWN =
  'whether new sessions may write is unknown: the session that asks failed, or the role or the database of pgdeck has a default_transaction_read_only of its own'

/** How to make it writable again. */
export const READ_ONLY_MEND =
  'find out who set it (a guard against a full disk, a provider), then ALTER SYSTEM RESET default_transaction_read_only, ALTER ROLE ALL RESET … or ALTER DATABASE … RESET default_transaction_read_only, and SELECT pg_reload_conf()'
