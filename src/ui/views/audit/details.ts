// The details of an entry of the audit log, and whether the log was changed.

import type { AuditEntry } from '../../../model/events/audit-entry.ts'
import { formatAge } from '../../../model/values/units.ts'
import type { State } from '../../../state/state.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { age, instant, plural } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import type { ApplicationEntryOfRow, AuditRow } from './rows.ts'

export function auditSections(row: AuditRow, context: ListContext): readonly DetailSection[] {
  const { origin } = row
  return origin.kind === 'pgdeck'
    ? ownSections(row, origin.entry, context)
    : applicationSections(row, origin.application, context)
}

function ownSections(row: AuditRow, entry: AuditEntry, { state, now, screen }: ListContext): readonly DetailSection[] {
  const { at, who, cluster, category, what, plan } = entry
  return [
    {
      title: 'ENTRY',
      age: `${age(at, now)} ago`,
      fields: [
        ...whenField(at),
        ...detailField('what', what, 'strong'),
        ...detailField('category', category),
        ...detailField(category === 'resource' ? 'seen by' : 'who', who.user),
        ...detailField('from', who.ssh ?? 'a local session'),
        ...detailField('terminal', who.tty ?? 'none'),
        ...detailField('cluster', cluster ?? 'none in particular'),
        ...detailField('about', aboutText(row)),
        ...detailField('result', row.result || null),
        ...detailField('source', 'pgdeck'),
        ...outageField(row),
      ],
    },
    { title: 'PLAN', age: '', fields: planFacts(plan) },
    { title: 'HASH CHAIN', age: '', fields: [[auditVerificationSpan(state, now, screen.glyphs.critical)]] },
  ]
}

function applicationSections(
  row: AuditRow,
  { entry, from, clockAheadMs }: ApplicationEntryOfRow,
  { now }: ListContext,
): readonly DetailSection[] {
  const { at, who, category, what, from: address } = entry
  return [
    {
      title: 'ENTRY',
      age: `${age(row.placedAt, now)} ago`,
      fields: [
        ...whenField(at),
        ...detailField('its clock', clockAheadMs === 0 ? null : clockText(clockAheadMs), 'warning'),
        ...detailField('what', what, 'strong'),
        ...detailField('category', category ?? 'not said'),
        ...detailField('who', who ?? 'not said'),
        ...detailField('from', address ?? 'not said'),
        ...detailField('about', aboutText(row)),
        ...detailField('result', row.result || null),
        ...detailField('source', `the application: ${from}; in no chain of hashes`),
        ...outageField(row),
      ],
    },
  ]
}

function whenField(at: number) {
  return detailField('when', `${instant(at)} (${new Date(at).toISOString()})`)
}

function outageField({ outageSide }: AuditRow) {
  const text = outageSide === null ? null : `while no changes were exchanged, on the side of ${outageSide}`
  return detailField('outage', text, 'warning')
}

/** `5 s ahead of this host: the entry stands that much earlier`. */
export function clockText(clockAheadMs: number): string {
  const [where, place] = clockAheadMs > 0 ? ['ahead of', 'earlier'] : ['behind', 'later']
  return `${formatAge(Math.abs(clockAheadMs))} ${where} this host: its entries stand that much ${place}`
}

function aboutText({ server, name, serverType: of }: AuditRow): string {
  if (server === null) return 'the cluster as a whole'
  const known = of === null ? 'no longer watched' : of === 'database' ? 'database' : `${of} server`
  return `${name === server || name === null ? server : `${name} (${server})`}, ${known}`
}

function planFacts(plan: unknown): readonly (DetailField | Line)[] {
  if (plan === null || plan === undefined) return []
  return JSON.stringify(plan, null, 2)
    .split('\n')
    .map((text): Line => [span(text)])
}

/** `1234 lines, all unchanged (verified 4 s ago)`, or the problem of the log. */
export function auditVerificationSpan(
  { auditVerification: check, auditEntries }: State,
  now: number,
  mark: string,
): TextSpan {
  switch (check.state) {
    case 'unread':
      return span('not read yet', 'dim')
    case 'copied':
      return span('from the recording, without the hashes that would verify them', 'dim')
    case 'whole': {
      const newer = auditEntries.filter(({ at }) => at > check.at).length
      const rest = newer === 0 ? '' : `, ${newer} newer`
      return span(`${plural(check.lines, 'line')}, all unchanged (verified ${age(check.at, now)} ago)${rest}`, 'ok')
    }
    case 'touched':
      return span(`${mark} tampered with: ${check.file}, line ${check.line} ${check.why}`, 'critical')
    case 'unreadable':
      return span(`${mark} can’t be read: ${check.why}`, 'critical')
  }
}
