// Whether WAL reaches the archive.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isWhole } from '../../../../model/picture/subject.ts'
import {
  ARCHIVE_KEEPS_NOTHING,
  archiverStallOf,
  archiverUnknownText,
  workingArchiver,
} from '../../../../model/storage/archiver-stall.ts'
import { formatAge } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase, withGrant } from '../evaluation/readable.ts'
import { type PluginFinding, worstFindingsFirst } from '../evaluation/result.ts'

/** The text about a queue without progress; null without one. */
function stalledFinding(view: DatabaseView, { picture, title }: CheckSubject): PluginFinding | null {
  const alert = picture.alerts.find(({ rule, subject }) => rule === 'archiver-stalled' && isWhole(subject, view.id))
  if (alert) return { status: alert.severity, text: alert.message }
  if (!view.pulse || archiverStallOf(view.pulse) !== 'unknown') return null
  const { why, grant } = archiverUnknownText(view.pulse)
  return { status: 'unknown', text: `${title(view.id)}: ${withGrant(why, grant ?? undefined)}` }
}

function judgeWaiting(view: DatabaseView, subject: CheckSubject): readonly PluginFinding[] {
  const archiver = view.pulse?.archiver
  if (!archiver || archiver.mode === 'off') return []
  const files = archiver.waiting?.files ?? null
  const name = subject.title(view.id)
  const performance = [{ label: `${name} files`, value: files, unit: '', least: 0 } as const]
  const stalled = stalledFinding(view, subject)
  return [{ ...(stalled ?? { status: 'ok', text: `${name} ${files ?? 0} files wait` }), performance }]
}

export const archiverStalledCheck: CheckRule = {
  title: 'archiver stalled',
  explains:
    'A server that has WAL to archive and archives none: told by what waits, so that an `archive_command` that hangs or is missing is found. ' +
    'Limits are those of `alerts.archiverStalled`; eight files that wait are a warning at once. Unknown without `pg_monitor`.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judgeWaiting(view, subject)),
  emptyText: 'no database archives (archive_mode is off)',
}

function judge(view: DatabaseView, subject: CheckSubject): readonly PluginFinding[] {
  const archiver = view.pulse?.archiver
  if (!view.pulse || !archiver || archiver.mode === 'off') return []
  const name = subject.title(view.id)
  const measures = [{ label: `${name} failures`, value: archiver.failedCount, unit: 'c', least: 0 } as const]
  const alert = subject.picture.alerts.find(({ rule, subject: id }) => rule === 'archiver' && isWhole(id, view.id))
  const stalled = stalledFinding(view, subject)
  const [finding] = worstFindingsFirst([
    ...(alert ? [{ status: alert.severity, text: alert.message }] : []),
    ...(stalled ? [stalled] : []),
  ])
  if (finding) return [{ ...finding, performance: measures }]
  if (!workingArchiver(view.pulse)) {
    return [{ status: 'ok', text: `${name} is a standby, which archives only with always`, performance: measures }]
  }
  if (archiver.keepsNothing) return [{ status: 'ok', text: `${name} ${ARCHIVE_KEEPS_NOTHING}`, performance: measures }]
  const { lastArchivedAt: at } = archiver
  const when = at === null ? 'nothing archived yet' : `archived ${formatAge(subject.picture.at - at)} ago`
  return [{ status: 'ok', text: `${name} ${when}`, performance: measures }]
}

export const archiverCheck: CheckRule = {
  title: 'archiver',
  explains:
    'A warning while WAL archiving fails, and what `archiver-stalled` tells. Databases with `archive_mode = off` are left out; if all ' +
    'are, the result is unknown.',
  subjectKind: 'databases',
  limit: null,
  expectation: null,
  evaluate: (subject) => evaluateEachDatabase(subject, (view) => judge(view, subject)),
  emptyText: 'no database archives (archive_mode is off)',
}
