// The details of an entry of the audit log, and whether the log was changed.

import type { State } from '../../../state/state.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { age, instant, plural } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { type AuditRow, auditResultText } from './rows.ts'

export function auditSections(
  { entry, name, serverType }: AuditRow,
  { state, now, screen }: ListContext,
): readonly DetailSection[] {
  const { at, who, cluster, server, category, what, plan, result } = entry
  return [
    {
      title: 'ENTRY',
      age: `${age(at, now)} ago`,
      fields: [
        ...detailField('when', `${instant(at)} (${new Date(at).toISOString()})`),
        ...detailField('what', what, 'strong'),
        ...detailField('category', category),
        ...detailField(category === 'resource' ? 'seen by' : 'who', who.user),
        ...detailField('from', who.ssh ?? 'a local session'),
        ...detailField('terminal', who.tty ?? 'none'),
        ...detailField('cluster', cluster ?? 'none in particular'),
        ...detailField('about', aboutText(server, name, serverType)),
        ...detailField('result', auditResultText(result) || null),
      ],
    },
    { title: 'PLAN', age: '', fields: planFacts(plan) },
    {
      title: 'HASH CHAIN',
      age: '',
      fields: [[auditVerificationSpan(state, now, screen.glyphs.critical)]],
    },
  ]
}

function aboutText(server: string | null, name: string | null, of: AuditRow['serverType']): string {
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
