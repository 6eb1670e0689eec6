// The servers pane: columns and what a row of a server in trouble shows instead.

import type { Picture, ServerView, Severity } from '../../../model/picture/picture.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ServerRow } from '../../../state/select/rows.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Span, span } from '../../frame/format/line.ts'
import { accessText, portSpan, statusSpan } from '../../frame/format/status.ts'
import { age, count, milliseconds, sparkline } from '../../frame/format/values.ts'
import { type Column, figures, words } from '../../frame/parts/table.ts'

const TREND = 8
/** Latencies below this look flat in the trend, in milliseconds: their ups and downs say nothing. */
const CALM_MS = 20

interface Sight {
  readonly picture: Picture
  readonly worst: ReadonlyMap<string, Severity>
  readonly now: number
  readonly glyphs: Glyphs
}

/** The columns of the servers pane, the important ones first. */
export function serverColumns({ picture, worst, now, glyphs }: Sight): readonly Column<ServerRow>[] {
  const columns: readonly Column<ServerView>[] = [
    { ...words('name', 'NAME', 0, 10, 28), cell: ({ name }) => span(name) },
    { ...words('type', 'TYPE', 0, 9, 9), cell: ({ type }) => span(type) },
    {
      ...words('status', 'STATUS', 0, 11, 12),
      cell: ({ id, status }) => statusSpan(status, 'server', worst.get(id) ?? null, glyphs),
    },
    { ...words('access', 'ACCESS', 1, 10, 21), cell: accessSpan },
    { ...words('port', 'PORT', 2, 6, 7), cell: ({ port, portOpen }) => portSpan(port, portOpen, glyphs) },
    { ...figures('sessions', 'SESSIONS', 3, 8), cell: ({ sessions }) => span(count(sessions)) },
    { ...figures('latency', 'LATENCY', 5, 7), cell: ({ latencyMs }) => span(milliseconds(latencyMs)) },
    {
      ...words('trend', '', 8, TREND, TREND),
      cell: ({ latencyTrend }) => span(sparkline(latencyTrend, TREND, glyphs.levels, CALM_MS), 'dim'),
    },
    { ...words('dns', 'DNS NAME', 7, 8, 40), cell: ({ dnsName }) => span(dnsName) },
    { ...figures('since', 'SINCE', 6, 6), cell: ({ since }) => span(age(since, now)) },
    {
      ...words('database', 'DATABASE', 9, 8, 20),
      cell: ({ databaseId }) => span(databaseId ? displayNameOf(picture, databaseId) : ''),
    },
    { ...figures('tls', 'TLS', 10, 6), cell: ({ tls }) => (tls ? tlsSpan(tls.daysLeft) : span('')) },
  ]
  return columns.map(({ cell, ...shape }) => ({ ...shape, cell: ({ server }) => cell(server) }))
}

function accessSpan({ access, type }: ServerView): Span {
  // A read-only server that serves means that both others are down.
  const exceptional = access === 'read-only' && type === 'read-only'
  return span(accessText(access), exceptional ? 'warning' : 'plain')
}

function tlsSpan(daysLeft: number): Span {
  if (daysLeft < 0) return span('expired', 'critical')
  return span(`${daysLeft} d`, daysLeft <= 30 ? 'warning' : 'plain')
}

/** What stands in the place of the less important columns while a server does not answer. */
export function serverNote(server: ServerView, address: string, now: number, glyphs: Glyphs): Span | null {
  const { id, name, problem, stale, readAt } = server
  const read = readAt === null ? 'never read' : stale ? `${age(readAt, now)} old` : null
  if (problem) {
    const said = withoutName(problem.message, name, id, address)
    return span(`${read === null ? '' : `${read} ${glyphs.dot} `}${said}`, 'warning')
  }
  return stale ? span(read ?? '', 'dim') : null
}
