// The text of a status: glyph, word and style together, so that colour is never the only sign.

import type { EntryPointStatus, EntryPointView } from '../../../model/measured/entry-points/entry-point-view.ts'
import type {
  AccessLevel,
  ClusterEvent,
  DatabaseRole,
  DatabaseStatus,
  Health,
  Lag,
  Picture,
  ServerStatus,
  Severity,
} from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import type { UpCount } from '../../../model/values/up-count.ts'
import type { Glyphs } from './glyphs.ts'
import { span, type TextSpan, type TextStyle } from './line.ts'
import { bytes, seconds, UNKNOWN_TEXT } from './values.ts'

type Mark = 'ok' | 'idle' | 'warning' | 'critical' | 'unknown'

const STYLE: Readonly<Record<Mark, TextStyle>> = {
  ok: 'ok',
  idle: 'plain',
  warning: 'warning',
  critical: 'critical',
  unknown: 'warning',
}

const SERVER_MARK: Readonly<Record<ServerStatus, Mark>> = {
  active: 'ok',
  standby: 'idle',
  degraded: 'warning',
  inactive: 'critical',
  unknown: 'unknown',
}

const DATABASE_MARK: Readonly<Record<DatabaseStatus, Mark>> = {
  active: 'ok',
  streaming: 'ok',
  'catching-up': 'warning',
  archive: 'ok',
  'shared-storage': 'ok',
  disconnected: 'critical',
  starting: 'warning',
  stopping: 'warning',
  inactive: 'critical',
  unknown: 'unknown',
}

const ENTRY_POINT_MARK: Readonly<Record<EntryPointStatus, Mark>> = {
  active: 'ok',
  waiting: 'warning',
  paused: 'warning',
  disabled: 'critical',
  'no-server': 'critical',
  elsewhere: 'critical',
  silent: 'critical',
  unknown: 'unknown',
}

const ENTRY_POINT_WORDS: Readonly<Partial<Record<EntryPointStatus, string>>> = {
  'no-server': 'no server',
  silent: 'no answer',
}

/** With the alert about it, which knows more: a pause without a run, a backend for standbys. */
export function entryPointStatusSpan({ status }: EntryPointView, alert: Severity | null, glyphs: Glyphs): TextSpan {
  const own = ENTRY_POINT_MARK[status]
  const mark = own === 'unknown' ? own : (alert ?? own)
  return span(`${glyphs[mark]} ${ENTRY_POINT_WORDS[status] ?? status}`, STYLE[mark])
}

const HEALTH_MARK: Readonly<Record<Health, Mark>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'critical',
  unknown: 'unknown',
}

/** A status combined with the alerts about its bearer: a lagging standby does not look healthy. */
export function statusSpan(
  status: ServerStatus | DatabaseStatus,
  of: 'server' | 'database',
  alert: Severity | null,
  glyphs: Glyphs,
): TextSpan {
  const ownMark = of === 'server' ? SERVER_MARK[status as ServerStatus] : DATABASE_MARK[status as DatabaseStatus]
  const mark = alert !== null && (ownMark === 'ok' || ownMark === 'idle') ? alert : ownMark
  return span(`${glyphs[mark]} ${statusWords(status)}`, STYLE[mark])
}

/** A status in words: `catching up`, `from archive`. */
function statusWords(status: ServerStatus | DatabaseStatus): string {
  return status === 'archive' ? 'from archive' : status.replace('-', ' ')
}

export function healthSpan(health: Health, glyphs: Glyphs): TextSpan {
  const mark = HEALTH_MARK[health]
  if (glyphs.forScreenReader) return span(` ${health} `, STYLE[mark])
  return span(` ${glyphs[mark]} ${health.toUpperCase()} `, health === 'critical' ? 'alarm' : STYLE[mark])
}

export function severityMark(severity: ClusterEvent['severity'], glyphs: Glyphs): TextSpan {
  if (severity === 'info') return span(glyphs.info, 'dim')
  return span(glyphs[severity], STYLE[severity])
}

const ACCESS: Readonly<Record<AccessLevel, string>> = {
  'read-write': 'read-write',
  'read-write-no-resets': 'read-write, no resets',
  'read-only': 'read-only',
  redirects: 'redirects',
  none: 'none',
}

export function accessLabel(access: AccessLevel | null): string {
  return access === null ? UNKNOWN_TEXT : ACCESS[access]
}

const ROLE: Readonly<Record<DatabaseRole, string>> = {
  primary: 'primary',
  replica: 'replica',
  'cascading-replica': 'cascading',
  unknown: UNKNOWN_TEXT,
}

/** Columns use the short form. */
export function roleText(role: DatabaseRole, length: 'short' | 'long' = 'short'): string {
  return length === 'long' && role !== 'unknown' ? role.replace('-', ' ') : ROLE[role]
}

/** `7272 ●`: the port, and whether it is open. */
export function portSpan(port: number, open: boolean | null, glyphs: Glyphs): TextSpan {
  if (glyphs.forScreenReader) return span(`${port} ${open === null ? 'unknown' : open ? 'open' : 'closed'}`)
  if (open === null) return span(`${port} ${glyphs.unknown}`)
  return open ? span(`${port} ${glyphs.ok}`) : span(`${port} ${glyphs.critical}`, 'critical')
}

/**
 * `12.4 MB · 3.1 s`; only known figures. `≥ 12.4 MB` if the upstream can't be read: it may have written more since,
 * so a lag of 0 is then unknown.
 */
export function lagText(lag: Lag, glyphs: Glyphs): string {
  if ((lag.bytes === null && lag.seconds === null) || (lag.atLeast && lag.bytes === 0)) return UNKNOWN_TEXT
  const least = lag.atLeast ? `${glyphs.atLeast} ` : ''
  if (lag.seconds === null) return `${least}${bytes(lag.bytes)}`
  if (lag.bytes === null) return `${least}${seconds(lag.seconds)}`
  return `${least}${bytes(lag.bytes)} ${glyphs.dot} ${seconds(lag.seconds)}`
}

/** One stage of the lag, in bytes. */
export function lagStageText(figure: number | null, lag: Lag, glyphs: Glyphs): string {
  return lagText({ ...lag, bytes: figure, seconds: null }, glyphs)
}

/** The action after a failure of the primary. Of two mirrored databases none is promoted. */
export function failoverVerb({ databases, failover }: Picture): 'promote' | 'continue with' | 'fail over to' {
  if (failover.lossBound === 'shared-storage') return 'fail over to'
  const candidate = databases.find(({ id }) => id === failover.candidate)
  return candidate && isPrimary(candidate) ? 'continue with' : 'promote'
}

/** The result of a TCP connection to the port; null: not tried. */
export function portStateText(open: boolean | null): string {
  if (open === null) return UNKNOWN_TEXT
  return open ? 'open' : 'closed'
}

/** `2 of 3 up`; `1 of 3 up, 1 unknown`; `3 of 3 up, 2 degraded`. */
/** `5 of 6 active`, `3 of 6 active, 1 unknown`. */
export function entryPointCountText(views: readonly Pick<EntryPointView, 'status'>[] = []): string {
  const count = (status: EntryPointStatus) => views.filter((view) => view.status === status).length
  const unknown = count('unknown') === 0 ? '' : `, ${count('unknown')} unknown`
  return `${count('active')} of ${views.length} active${unknown}`
}

export function upCountText({ up, of, unknown = 0, degraded = 0 }: UpCount): string {
  const rest = [degraded === 0 ? null : `${degraded} degraded`, unknown === 0 ? null : `${unknown} unknown`]
  return [`${up} of ${of} up`, ...rest.filter((each) => each !== null)].join(', ')
}
