// Events: the differences between two pictures, as text.

import type { Alert, ClusterEvent, Picture } from '../picture/picture.ts'
import { isSameSubject } from '../picture/subject.ts'
import { alertEvents } from './from-alerts.ts'
import { databaseEvents } from './from-databases.ts'
import { entryPointEvents } from './from-entry-points.ts'
import { linkEvents, mirroringEvents } from './from-links.ts'
import { scheduleEvents } from './from-schedules.ts'
import { serverEvents, servingEvents } from './from-servers.ts'
import { probableCause } from './probable-cause.ts'

/** Returns the events between two pictures of one cluster, newest last. A first reading is not an event. */
export function deriveEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const happenings = [
    ...databaseEvents(previous, next),
    ...linkEvents(previous, next),
    ...mirroringEvents(previous, next),
    ...entryPointEvents(previous, next),
    ...serverEvents(previous, next),
    ...servingEvents(previous, next),
    ...scheduleEvents(previous, next),
    ...alertEvents(previous, next),
  ]
  return happenings.map((happening) => {
    const cause = probableCause(happening, next)
    return cause === null ? happening : { ...happening, cause }
  })
}

/** An event this soon before an alert is the event of its start, because figures must last that long first. */
const BEGINNING_MS = 10000

/** True for the event that raised an alert which is still active. */
export function isAlertStartEvent({ rule, raises, subject, at, severity }: ClusterEvent, alert: Alert): boolean {
  // "Nobody serves" is an alert of the cluster, and an event of the server that served last.
  if (!isSameSubject(subject, alert.subject) && alert.rule !== 'nobody-serves') return false
  if (severity !== alert.severity || at < alert.since || at - alert.since > BEGINNING_MS) return false
  return (rule ?? raises) === alert.rule
}
