// The rows of the alerts view: alerts in force, events, and silences.

import { rootOfAlert } from '../../../model/alerts/act-after.ts'
import { muted, type Silence, silenceCovers, silenceSubject } from '../../../model/alerts/silence.ts'
import { isAlertStartEvent } from '../../../model/events/derive-events.ts'
import { probableCause } from '../../../model/events/probable-cause.ts'
import type { Alert, ClusterEvent, Picture } from '../../../model/picture/picture.ts'
import { type Subject, subjectText } from '../../../model/picture/subject.ts'
import { subjectName } from '../../../model/picture/subject-name.ts'
import { alertsBySeverity, nodeAddress } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import { sessionInput } from '../activity/rows.ts'
import type { ViewRow } from '../list/view.ts'

export interface AlertRow extends ViewRow {
  readonly kind: 'alert'
  /** Milliseconds since the epoch; for an alert its start. */
  readonly at: number
  readonly severity: Alert['severity']
  /** Name of its subject. */
  readonly name: string
  /** The message, without the name. */
  readonly text: string
  /** Continues a sentence after "because"; null if unknown. */
  readonly cause: string | null
  readonly alert: Alert
  /** The silence that mutes it; null if it is audible. */
  readonly mutedBy: Silence | null
}

export interface AlertsEventRow extends ViewRow {
  readonly kind: 'event'
  readonly at: number
  readonly severity: ClusterEvent['severity']
  readonly name: string
  readonly text: string
  readonly cause: string | null
  readonly event: ClusterEvent
}

export interface SilenceRow extends ViewRow {
  readonly record: Silence
  /** Name of its subject; null: every subject. */
  readonly name: string | null
  /** Only for a slot or a file system. */
  readonly isOfPart: boolean
  /** The number of alerts in force that it mutes. */
  readonly mutes: readonly Alert[]
}

/** The id of the row of an alert. */
export function alertRowId({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): string {
  return `alert:${rule}:${subjectText(subject)}`
}

/** Alerts in force, the worst first, then the oldest. */
export function alertRows(cluster: ClusterState): readonly AlertRow[] {
  const { picture, silences } = cluster
  if (!picture) return []
  return alertsBySeverity(picture).map((alert): AlertRow => {
    const { subject, severity, since, message } = alert
    const name = subjectName(picture, subject)
    const quiet = muted(alert, silences, picture.at)
    return {
      kind: 'alert',
      id: alertRowId(alert),
      subject: nodeIn(picture, subject),
      at: since,
      severity,
      name,
      text: withoutName(message, name, subjectText(subject), nodeAddress(cluster, subject)),
      cause: probableCause({ ...alert, text: message }, picture),
      ...rootTarget(alert, picture),
      alert,
      mutedBy: quiet,
      silence: quiet?.id ?? null,
    }
  })
}

/** Keys on the alert about waits for locks act on the session that holds up the others. */
function rootTarget(alert: Alert, picture: Picture): Pick<ViewRow, 'actionTarget'> {
  const root = rootOfAlert(alert, picture)
  return root ? { actionTarget: { database: alert.subject.owner, input: sessionInput(root) } } : {}
}

/** Alerts and events by time, the newest first. An alert in force and the event that began it are one row. */
export function alertsAndEvents(cluster: ClusterState): readonly (AlertRow | AlertsEventRow)[] {
  const alerts = alertRows(cluster)
  const events = cluster.events.filter((event) => !alerts.some(({ alert }) => isAlertStartEvent(event, alert)))
  return [...alerts, ...events.map((event) => eventRow(event, cluster))].sort((a, b) => b.at - a.at)
}

function eventRow(event: ClusterEvent, cluster: ClusterState): AlertsEventRow {
  const { picture } = cluster
  const { at, severity, subject, subjectName: name, text } = event
  return {
    kind: 'event',
    id: `event:${at}:${subjectText(subject)}:${text}`,
    subject: picture && nodeIn(picture, subject),
    at,
    severity,
    name,
    text: withoutName(text, name, subjectText(subject), nodeAddress(cluster, subject)),
    cause: event.cause ?? null,
    event,
  }
}

/** All silences, the first to end first. */
export function silenceRows({ picture, silences }: ClusterState): readonly SilenceRow[] {
  const end = ({ until }: Silence) => until ?? Number.POSITIVE_INFINITY
  return [...silences]
    .sort((a, b) => end(a) - end(b) || a.at - b.at)
    .map((record) => {
      const subject = silenceSubject(record)
      return {
        id: record.id,
        subject: picture && subject && nodeIn(picture, subject),
        record,
        name: subject && picture ? subjectName(picture, subject) : record.subject,
        isOfPart: subject !== null && subject.part !== null,
        mutes: (picture?.alerts ?? []).filter((alert) => silenceCovers(record, alert)),
        silence: record.id,
      }
    })
}

/** Events of a subject, the newest first; also of its parts (slots, file systems). */
export function eventsOfSubject({ events }: ClusterState, { owner }: Subject): readonly ClusterEvent[] {
  return events.filter(({ subject }) => subject.owner === owner)
}

/** The server or database of the row; null for hosts and the cluster as a whole. */
function nodeIn({ servers, databases }: Picture, { owner }: Subject): string | null {
  return [...servers, ...databases].find(({ id }) => id === owner)?.id ?? null
}
