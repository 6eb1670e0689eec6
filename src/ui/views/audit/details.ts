// One entry of the audit trail in full, and whether the trail can be trusted.

import type { AuditCheck } from '../../../model/events/audit-entry.ts'
import { type Line, type Span, span } from '../../frame/format/line.ts'
import { age, instant, plural } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { type AuditRow, resultText } from './rows.ts'

export function auditSections({ entry, name, of }: AuditRow, { state, now, screen }: Scene): readonly Section[] {
  const { at, who, cluster, server, category, what, plan, result } = entry
  return [
    {
      title: 'ENTRY',
      age: `${age(at, now)} ago`,
      facts: [
        ...fact('when', `${instant(at)} (${new Date(at).toISOString()})`),
        ...fact('what', what, 'strong'),
        ...fact('category', category),
        ...fact(category === 'resource' ? 'seen by' : 'who', who.user),
        ...fact('from', who.ssh ?? 'a local session'),
        ...fact('terminal', who.tty ?? 'none'),
        ...fact('cluster', cluster ?? 'none in particular'),
        ...fact('about', aboutText(server, name, of)),
        ...fact('result', resultText(result) || null),
      ],
    },
    { title: 'PLAN', age: '', facts: planFacts(plan) },
    {
      title: 'HASH CHAIN',
      age: '',
      facts: [[checkSpan(state.trailCheck, now, screen.glyphs.critical)]],
    },
  ]
}

function aboutText(server: string | null, name: string | null, of: AuditRow['of']): string {
  if (server === null) return 'the cluster as a whole'
  const known = of === null ? 'watched no longer' : of === 'database' ? 'database' : `${of} server`
  return `${name === server || name === null ? server : `${name} (${server})`}, ${known}`
}

function planFacts(plan: unknown): readonly (Fact | Line)[] {
  if (plan === null || plan === undefined) return []
  return JSON.stringify(plan, null, 2)
    .split('\n')
    .map((text): Line => [span(text)])
}

/** `1 234 lines, none touched (proven 4 s ago)`, or what is wrong with the trail. */
export function checkSpan(check: AuditCheck, now: number, mark: string): Span {
  switch (check.state) {
    case 'unread':
      return span('not read yet', 'dim')
    case 'whole':
      return span(`${plural(check.lines, 'line')}, none touched (proven ${age(check.at, now)} ago)`, 'ok')
    case 'touched':
      return span(`${mark} tampered with: ${check.file}, line ${check.line} ${check.why}`, 'critical')
    case 'unreadable':
      return span(`${mark} can’t be read: ${check.why}`, 'critical')
  }
}
