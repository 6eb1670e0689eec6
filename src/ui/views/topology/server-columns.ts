// The servers pane: its columns.

import type { Picture, ServerView, Severity } from '../../../model/picture/picture.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ServerRow } from '../../../state/select/rows.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { accessLabel, portSpan, statusSpan } from '../../frame/format/status-text.ts'
import { age, count, milliseconds, sparkline } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, type TableColumn, textColumn } from '../../frame/parts/table.ts'
import { narrowNameColumn, readColumn } from './problem.ts'

const TREND = 8
/** Latencies below this are drawn flat in the trend, in milliseconds: their variation is noise. */
const CALM_MS = 20

interface ServersPaneContext {
  readonly picture: Picture
  readonly worst: ReadonlyMap<string, Severity>
  readonly now: number
  readonly glyphs: Glyphs
  readonly narrow: boolean
}

/** The columns of the servers pane, the important ones first. */
export function serverColumns(context: ServersPaneContext): readonly TableColumn<ServerRow>[] {
  const { picture, worst, now, glyphs, narrow } = context
  const columns: readonly TableColumn<ServerView>[] = [
    { ...(narrow ? narrowNameColumn(12, 28) : nameColumn('name', 'NAME', 0, 10, 28)), cell: ({ name }) => span(name) },
    { ...textColumn('type', 'TYPE', 0, 9, 9), cell: ({ type }) => span(type) },
    {
      ...textColumn('status', 'STATUS', 0, 11, 12),
      cell: ({ id, status }) => statusSpan(status, 'server', worst.get(id) ?? null, glyphs),
    },
    { ...textColumn('access', 'ACCESS', 1, 10, 21), cell: accessSpan },
    { ...textColumn('port', 'PORT', 2, 6, 7), cell: ({ port, portOpen }) => portSpan(port, portOpen, glyphs) },
    {
      ...(narrow ? figureColumn('sessions', 'SESS', 3, 4) : figureColumn('sessions', 'SESSIONS', 3, 8)),
      cell: (server) => sessionsSpan(server, narrow),
    },
    ...(narrow ? [] : [readColumn<ServerView>((server) => server, now)]),
    { ...figureColumn('latency', 'LATENCY', 5, 7), cell: ({ latencyMs }) => span(milliseconds(latencyMs)) },
    {
      ...textColumn('trend', '', 8, TREND, TREND),
      cell: ({ latencyTrend }) => span(sparkline(latencyTrend, TREND, glyphs.levels, CALM_MS), 'dim'),
    },
    { ...nameColumn('dns', 'DNS NAME', narrow ? 4 : 7, 8, 40), yields: true, cell: ({ dnsName }) => span(dnsName) },
    { ...figureColumn('since', 'SINCE', 6, 6), cell: ({ since }) => span(age(since, now)) },
    {
      ...nameColumn('database', 'DATABASE', 9, 8, 20),
      cell: ({ databaseId }) => span(databaseId ? displayNameOf(picture, databaseId) : ''),
    },
    { ...figureColumn('tls', 'TLS', 10, 6), cell: ({ tls }) => (tls ? tlsSpan(tls.daysLeft) : span('')) },
  ]
  return columns.map(({ cell, ...shape }) => ({ ...shape, cell: ({ server }) => cell(server) }))
}

function sessionsSpan({ sessions, stale }: ServerView, narrow: boolean): TextSpan {
  return span(narrow && stale && sessions !== null ? `${count(sessions)} old` : count(sessions))
}

function accessSpan({ access, type }: ServerView): TextSpan {
  // If a read-only server serves, both others are down.
  const exceptional = access === 'read-only' && type === 'read-only'
  return span(accessLabel(access), exceptional ? 'warning' : 'plain')
}

function tlsSpan(daysLeft: number): TextSpan {
  if (daysLeft < 0) return span('expired', 'critical')
  return span(`${daysLeft} d`, daysLeft <= 30 ? 'warning' : 'plain')
}
