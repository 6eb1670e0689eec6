// Free space of the file systems with data, WAL or logs, by the hosts of the config.

import type { FileSystemView, HostView } from '../../../../model/picture/picture.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

function judgeHost(view: HostView, subject: CheckSubject): readonly PluginFinding[] {
  const name = subject.title(view.id)
  const { problem, spaces, readAt, spec } = view
  if (problem) return [{ status: 'unknown', text: `${name} can’t be read: ${problem.message}` }]
  if (readAt === null && spec.access.kind !== 'none') return [{ status: 'unknown', text: `${name} has not answered` }]
  return spaces.flatMap((space) => judgeSpace(space, `${name}/${partOf(space)}`, subject))
}

/** There may be several file systems with logs, but only one each with the data and the WAL. */
function partOf({ role, path }: FileSystemView): string {
  return role === 'log' ? `log ${path}` : role
}

function judgeSpace(
  { freePercent: value, space }: FileSystemView,
  name: string,
  { ranges }: CheckSubject,
): readonly PluginFinding[] {
  if (!ranges) return []
  const text = `${Math.round(value ?? 0)} % free`
  const unknown = space.state === 'unknown' ? space.why : 'it reports no size'
  return [evaluateFigure({ name, value, unit: 'percent', text, unknown, min: 0, most: 100 }, ranges)]
}

export const diskCheck: CheckRule = {
  title: 'disk',
  explains:
    'Free space of the file systems of the data directory, the WAL and the server logs, in percent of what can be ' +
    'written to. A single figure is the lowest good value: `-w 15 -c 5`. Unknown where pgdeck reads no host.',
  subjectKind: 'hosts',
  limit: {
    unit: 'percent',
    worse: 'lower',
    source: '`alerts.diskFreePercent`',
    limits: (thresholds) => thresholds.diskFreePercent,
  },
  expectation: null,
  evaluate: (subject) => subject.hosts.flatMap((view) => judgeHost(view, subject)),
  emptyText: 'pgdeck reads no host',
}
