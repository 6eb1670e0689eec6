// Needed connections and their lines of pg_hba.conf in words, for the screen and the shell.

import type { HbaNodeAudit } from '../../../model/hba/audit/audit.ts'
import type { HbaAuditEntry, HbaResult } from '../../../model/hba/audit/entry.ts'
import type { RequiredConnection } from '../../../model/hba/required/required-connection.ts'
import type { Health } from '../../../model/picture/picture.ts'
import type { Glyphs } from './glyphs.ts'
import { span, type TextSpan, type TextStyle } from './line.ts'
import { UNKNOWN_TEXT } from './values.ts'

const STYLE: Readonly<Record<Health, TextStyle>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'critical',
  unknown: 'warning',
}

/** `✖ missing`: the outcome, with its severity. */
export function hbaResultSpan(
  { result, severity }: Pick<HbaAuditEntry, 'result' | 'severity'>,
  glyphs: Glyphs,
): TextSpan {
  return span(`${glyphs[severity]} ${result}`, STYLE[severity])
}

/** `● in force`, `▲ edited`, `✖ broken`, `? unknown`: the state of a database's rules. */
export function hbaStateSpan({ reading, severity, invalidLines }: HbaNodeAudit, glyphs: Glyphs): TextSpan {
  const word = invalidLines.length > 0 ? 'broken' : !reading?.known ? 'unknown' : STATES[reading.reloadState]
  return span(`${glyphs[severity]} ${word}`, STYLE[severity])
}

const STATES = { 'in-force': 'in force', edited: 'edited', broken: 'broken', unknown: 'read' } as const

export function hbaUserText({ user }: RequiredConnection): string {
  return user.value === null ? UNKNOWN_TEXT : `${user.value}${user.assumed ? ' (likely)' : ''}`
}

export function hbaDatabaseText({ replication, database }: RequiredConnection): string {
  return replication ? 'replication' : (database.value ?? UNKNOWN_TEXT)
}

/** The address, or the Unix socket. */
export function hbaAddressText({ local, address }: RequiredConnection): string {
  return local ? 'socket' : (address.value ?? UNKNOWN_TEXT)
}

/** Missing connections first, good ones last. */
export const HBA_RESULT_ORDER: Readonly<Record<HbaResult, number>> = {
  rejected: 0,
  missing: 1,
  fails: 2,
  unknown: 3,
  weak: 4,
  good: 5,
}
