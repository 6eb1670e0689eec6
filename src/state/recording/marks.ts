// Marks of the time scale: alerts that began, roles that changed, runs that began.

import { redactAll } from '../../model/logs/redact.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { subjectText } from '../../model/picture/subject.ts'
import type { ClusterRun } from '../../model/runs/lock/cluster-run.ts'
import type { Mark } from '../past/recorded-past.ts'
import type { ClusterState } from '../state.ts'

/** What happened between two states of the clusters. A first picture has no marks. */
export function marksBetween(before: readonly ClusterState[], after: readonly ClusterState[]): readonly Mark[] {
  return after.flatMap((cluster) => {
    const { picture: now, spec, complete } = cluster
    const earlier = before.find((each) => each.spec.name === spec.name)
    if (!now || !earlier?.picture || earlier.picture === now || !complete) return []
    return marksOfPictures(earlier.picture, now).map((mark) => ({ at: now.at, cluster: spec.name, ...mark }))
  })
}

/** A mark as it may be stored: messages of servers are in it, and may have secrets. */
export function storedMark(mark: Mark): Mark {
  return redactAll(mark) as Mark
}

type PictureMark = Omit<Mark, 'at' | 'cluster'>

function marksOfPictures(before: Picture, now: Picture): readonly PictureMark[] {
  return [...alertMarks(before, now), ...roleMarks(before, now), ...runMarks(before, now)]
}

function alertMarks(before: Picture, now: Picture): readonly PictureMark[] {
  const keyOf = ({ rule, subject }: Picture['alerts'][number]) => `${rule} ${subjectText(subject)}`
  const known = new Set(before.alerts.map(keyOf))
  return now.alerts
    .filter((alert) => !known.has(keyOf(alert)))
    .map(({ rule, severity, subject, message }) => {
      return { kind: 'alert', severity, subject: subjectText(subject), text: `${rule}: ${message}` }
    })
}

function roleMarks(before: Picture, now: Picture): readonly PictureMark[] {
  return now.databases.flatMap(({ id, role }): readonly PictureMark[] => {
    const earlier = before.databases.find((each) => each.id === id)?.role ?? role
    if (earlier === role || earlier === 'unknown' || role === 'unknown') return []
    return [{ kind: 'role', severity: 'info', subject: id, text: `${role}, was ${earlier}` }]
  })
}

function runMarks(before: Picture, now: Picture): readonly PictureMark[] {
  const keyOf = ({ action, by, target, startedAt }: ClusterRun) => [action, by, target, startedAt].join(' ')
  const known = new Set(before.runs.map(keyOf))
  return now.runs
    .filter((run) => !known.has(keyOf(run)))
    .map(({ action, by, target }) => {
      return { kind: 'run', severity: 'info', subject: target ?? '', text: `${action} begins, by ${by}` }
    })
}
