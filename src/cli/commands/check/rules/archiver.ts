// Whether write-ahead log reaches the archive.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isWhole } from '../../../../model/picture/subject.ts'
import { formatAge } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

function judge(view: DatabaseView, subject: CheckSubject): readonly PluginFinding[] {
  const archiver = view.pulse?.archiver
  if (!archiver || archiver.mode === 'off') return []
  const name = subject.title(view.id)
  const measures = [{ label: `${name} failures`, value: archiver.failedCount, unit: 'c', least: 0 } as const]
  const alert = subject.picture.alerts.find(({ rule, subject: id }) => rule === 'archiver' && isWhole(id, view.id))
  if (alert) return [{ status: alert.severity, text: alert.message, performance: measures }]
  const { lastArchivedAt: at } = archiver
  const when = at === null ? 'nothing archived yet' : `archived ${formatAge(subject.picture.at - at)} ago`
  return [{ status: 'ok', text: `${name} ${when}`, performance: measures }]
}

export const archiverCheck: CheckRule = {
  title: 'archiver',
  explains:
    'A warning while WAL archiving fails. Databases with `archive_mode = off` are left out; if all ' +
    'are, the result is unknown.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judge(view, subject)),
  emptyText: 'no database archives (archive_mode is off)',
}
