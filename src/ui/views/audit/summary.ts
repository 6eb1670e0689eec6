// Above the entries: whether the audit log is unchanged, how the audits of the applications are read, the newest outage.

import { type AuditSourceRecord, sureClockDifference } from '../../../model/application-audit/entry.ts'
import type { ClusterState } from '../../../state/state.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { age, plural, shortInstant } from '../../frame/format/values.ts'
import type { ListContext } from '../list/list-options.ts'
import { auditVerificationSpan, clockText } from './details.ts'
import { auditOutages, auditRows } from './rows.ts'

const LABEL = 8

export function auditSummary(context: ListContext): readonly Line[] {
  const { state, now, screen } = context
  return [
    ...labelled('Trail', auditVerificationSpan(state, now, screen.glyphs.critical), context),
    ...applicationLines(context),
    ...outageLines(context),
  ]
}

/** Users must be able to read a problem to its end. */
function labelled(label: string, { text, style }: TextSpan, { screen }: ListContext): readonly Line[] {
  return wrapText(text, screen.columns - LABEL - 1).map((piece, index) => [
    span(index === 0 ? ` ${label}`.padEnd(LABEL) : ' '.repeat(LABEL), 'dim'),
    { text: piece, style },
  ])
}

export function hasApplicationAudit({ servers }: ClusterState): boolean {
  return servers.some(({ spec }) => (spec.auditSources ?? []).length > 0)
}

interface SourceOfServer {
  readonly name: string
  /** null: it was not read yet. */
  readonly record: AuditSourceRecord | null
}

/** One line of all that were read, and one for each that has something to say. */
function applicationLines(context: ListContext): readonly Line[] {
  const { cluster, now, screen } = context
  const sources = cluster.servers.flatMap(({ spec, displayName, audits }): readonly SourceOfServer[] =>
    (spec.auditSources ?? []).map((_, index) => ({ name: displayName, record: audits?.[index] ?? null })),
  )
  if (sources.length === 0) return []
  const read = sources.flatMap(({ record }) => (record?.readAt == null ? [] : [record]))
  const oldest = Math.min(...read.map(({ readAt }) => readAt ?? now))
  const count = read.reduce((sum, { entries }) => sum + entries.length, 0)
  const names = [...new Set(sources.map(({ name }) => name))].join(', ')
  const text = read.length === 0 ? `${names}: not read yet` : `${names}: ${plural(count, 'entry', 'entries')}`
  const when = read.length === 0 ? '' : `, read ${age(oldest, now)} ago`
  return [
    ...labelled('App', span(`${text}${when}`), context),
    ...sources.flatMap((source) => faultLines(source, screen.glyphs.warning, context)),
    ...sources.flatMap((source) => remarkLines(source, context)),
  ]
}

function faultLines({ name, record }: SourceOfServer, mark: string, context: ListContext): readonly Line[] {
  if (!record?.fault) return []
  const { message, hint } = record.fault
  return labelled('', span(`${mark} ${name}: ${message}.${hint === null ? '' : ` ${hint}`}`, 'warning'), context)
}

function remarkLines({ name, record }: SourceOfServer, context: ListContext): readonly Line[] {
  if (!record) return []
  const { clockAheadMs, unreadable, leftOut } = record
  const ahead = sureClockDifference(clockAheadMs)
  const remarks = [
    ...(ahead === 0 ? [] : [`its clock is ${clockText(ahead)}`]),
    ...(unreadable === 0 ? [] : [`${plural(unreadable, 'line')} of another form left out`]),
    ...(leftOut ? ['older entries left out'] : []),
  ]
  return remarks.length === 0 ? [] : labelled('', span(`${name}: ${remarks.join('; ')}`, 'dim'), context)
}

/** `14:20:05 to 14:25:30: db-1 wrote 12 entries, db-2 3`. */
function outageLines(context: ListContext): readonly Line[] {
  const { state, cluster, now } = context
  const outages = auditOutages(state, cluster)
  const [newest] = outages
  if (!newest) return []
  const { from, to } = newest
  const sides = new Map<string, number>()
  for (const { outageSide, placedAt } of auditRows(state, cluster)) {
    if (outageSide === null || placedAt < from || (to !== null && placedAt > to)) continue
    sides.set(outageSide, (sides.get(outageSide) ?? 0) + 1)
  }
  const counts = [...sides].sort(([one], [other]) => (one < other ? -1 : 1))
  const each = counts.map(([side, count]) => `${side} ${plural(count, 'entry', 'entries')}`).join(', ')
  const end = to === null ? 'now' : shortInstant(to, now)
  const more = outages.length === 1 ? '' : `; ${outages.length - 1} earlier`
  const text = `no exchange from ${shortInstant(from, now)} to ${end}: ${each === '' ? 'no entry' : each}${more}`
  return labelled('Outage', span(text, to === null ? 'warning' : 'plain'), context)
}
