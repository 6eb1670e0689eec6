// Whether all databases of a system are on one timeline.

import { isSameSystem } from '../../../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isWritable } from '../../../../model/picture/roles.ts'
import { UsageError } from '../../../invocation/exit-codes.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateEachDatabase } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

function judge(subject: CheckSubject): readonly PluginFinding[] {
  return evaluateEachDatabase(subject, (view) => [judgeOne(view, subject)])
}

function judgeOne(view: DatabaseView, subject: CheckSubject): PluginFinding {
  const name = subject.title(view.id)
  const { timeline } = view
  const measures = [{ label: name, value: timeline, unit: '' as const }]
  if (timeline === null) return { status: 'unknown', text: `${name} unknown`, performance: measures }
  if (view.otherHistory) return { status: 'critical', text: `${name}: ${view.otherHistory.why}`, performance: measures }
  const expected = subject.expected === null ? servedTimeline(view, subject) : Number(subject.expected)
  if (timeline === expected) return { status: 'ok', text: `${name} ${timeline}`, performance: measures }
  return { status: 'critical', text: `${name} is on timeline ${timeline}, expected ${expected}`, performance: measures }
}

/** The timeline of the serving primary of the same system; without one, the newest among the other databases. */
function servedTimeline(view: DatabaseView, { picture }: CheckSubject): number | null {
  const related = picture.databases.filter((other) => isSameSystem(other, view) && other.problem === null)
  const primaries = related.filter(isWritable)
  const served = picture.servers.find(({ id }) => id === picture.serving?.id)?.databaseId ?? picture.serving?.id
  const primary = primaries.find(({ id }) => id === served) ?? (primaries.length === 1 ? primaries[0] : undefined)
  if (primary) return primary.timeline
  return related
    .filter(({ otherHistory }) => !otherHistory)
    .reduce((newest, { timeline }) => Math.max(newest, timeline ?? 0), 0)
}

export const timelineCheck: CheckRule = {
  title: 'timeline',
  explains:
    'Critical for a database that is not on the timeline of the primary that serves (while there is none: the newest of its ' +
    'system identifier), or not on that of `--expect`: it has not followed the last promotion, or there was an unexpected ' +
    'one. Critical too for a standby with another history than that primary, whatever the numbers: they repeat.',
  subjectKind: 'databases',
  limit: null,
  expectation: {
    what: 'the number of the timeline',
    check: (text) => {
      if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`--expect ${text}: a timeline is a whole number from 1`)
    },
  },
  evaluate: judge,
  emptyText: 'no database is known',
}
