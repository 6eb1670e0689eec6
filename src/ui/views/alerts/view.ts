// View 9: alerts and events with their causes, in the order of time.

import type { ClusterState } from '../../../state/state.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, plural } from '../../frame/format/values.ts'
import { listPane, listView, paneIdOf } from '../list/list.ts'
import type { ListContext } from '../list/list-options.ts'
import { ALERT_COLUMNS, ALERT_EVENT_COLUMNS, SILENCE_COLUMNS } from './columns.ts'
import { alertOrEventSections, alertPreview, alertSections, mutingKeysText, silenceSections } from './details.ts'
import { type AlertRow, type AlertsEventRow, alertRows, alertsAndEvents, type SilenceRow, silenceRows } from './rows.ts'

const ALERTS = 'alerts'

export const alertsView = listView({
  id: 'alerts',
  key: '9',
  title: 'events and alerts',
  needs: [],
  guide: [
    'Alerts in force and events, the newest first. STANDS: how long an alert has been in force; events have no such time.',
    '"because" names a cause that the rest of the cluster showed at that time.',
    'A figure alerts after two polls past its limit. The alert ends at once 20 % inside the limit, or after 30 s anywhere inside it.',
    'A acknowledges the selected alert until it ends or gets worse; Z silences it for 1 h, :sil for another time; :unsil ends that.',
    'Muted alerts stay on the screen, but ring no bell and send no notification.',
  ],
  summary,
  isKnown: ({ picture }) => picture !== null,
  panes: [
    listPane<AlertRow | AlertsEventRow>({
      name: 'merged',
      rowNoun: 'alerts and events',
      columns: ALERT_EVENT_COLUMNS,
      rows: (_state, cluster) => alertsAndEvents(cluster),
      search: (row) => [row.name, row.text, row.cause, row.severity, row.kind === 'alert' ? row.alert.rule : null],
      empty: whyNothing('no alert and no event since pgdeck started'),
      preview: alertPreview,
      sections: alertOrEventSections,
      goneText: 'this alert is over',
      ordering: 'alerts and events are in the order of time',
    }),
    listPane<AlertRow>({
      name: ALERTS,
      rowNoun: 'alerts',
      columns: ALERT_COLUMNS,
      rows: (_state, cluster) => alertRows(cluster),
      search: (row) => [row.name, row.text, row.cause, row.severity, row.alert.rule],
      empty: whyNothing('no alert is in force'),
      preview: alertPreview,
      sections: alertSections,
      goneText: 'this alert is over',
    }),
    listPane<SilenceRow>({
      name: 'muted',
      rowNoun: 'silences',
      columns: SILENCE_COLUMNS,
      rows: (_state, cluster) => silenceRows(cluster),
      search: ({ record, name }) => [record.rule, record.subject, name, record.reason, record.by, record.kind],
      empty: ({ state }) => `no alert is muted: ${mutingKeysText(state, 'the selected alert')}`,
      sections: silenceSections,
      goneText: 'this silence is over',
    }),
  ],
})

/** The pane of the alerts in force. */
export const ALERTS_PANE = paneIdOf('alerts', ALERTS)

function whyNothing(nothing: string): (context: ListContext) => string {
  return ({ picture, cluster }) => {
    if (!picture) return 'waiting for the first answers'
    const silent = [...picture.databases, ...picture.servers].filter(
      ({ readAt, problem }) => readAt === null && !problem,
    )
    if (cluster.complete || silent.length === 0) return nothing
    return `${nothing}, not counting ${silent.map(({ name }) => name).join(', ')} (not read)`
  }
}

/** The number of audible alerts in force, and the last event. */
function summary({ cluster, picture, now }: ListContext): readonly Line[] {
  return picture ? [countsLine(cluster, now)] : []
}

function countsLine(cluster: ClusterState, now: number): Line {
  const rows = alertRows(cluster)
  const heard = rows.filter(({ mutedBy }) => mutedBy === null)
  const critical = heard.filter(({ severity }) => severity === 'critical').length
  const warnings = heard.length - critical
  const newest = cluster.events[0]
  return [
    span(' In force  ', 'dim'),
    span(critical === 0 ? 'none critical' : `${critical} critical`, critical === 0 ? 'plain' : 'critical'),
    span(', '),
    span(plural(warnings, 'warning'), warnings === 0 ? 'plain' : 'warning'),
    span(rows.length === heard.length ? '' : `, ${rows.length - heard.length} muted`, 'dim'),
    span(newest ? `   last event ${age(newest.at, now)} ago` : '   no event since pgdeck started', 'dim'),
  ]
}
