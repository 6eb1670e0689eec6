// The servers pane: columns and what a row of a server in trouble shows instead.

import type { Picture, ServerView, Severity } from '../../model/picture.ts'
import { nameOf } from '../../state/select/cluster.ts'
import type { ServerRow } from '../../state/select/rows.ts'
import type { Glyphs } from '../format/glyphs.ts'
import { type Span, span, withoutName } from '../format/line.ts'
import { accessText, portSpan, statusSpan } from '../format/status.ts'
import { age, count, milliseconds, sparkline } from '../format/values.ts'
import type { Column } from '../parts/table.ts'

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
  const left = (id: string, title: string, rank: number, least: number, most: number, cell: Cell) =>
    column(id, title, 'left', rank, least, most, cell)
  const right = (id: string, title: string, rank: number, least: number, cell: Cell) =>
    column(id, title, 'right', rank, least, 20, cell)
  return [
    left('name', 'NAME', 0, 10, 28, ({ name }) => span(name)),
    left('type', 'TYPE', 0, 9, 9, ({ type }) => span(type)),
    left('status', 'STATUS', 0, 11, 12, ({ id, status }) => {
      return statusSpan(status, 'server', worst.get(id) ?? null, glyphs)
    }),
    left('access', 'ACCESS', 1, 10, 21, (server) => accessSpan(server)),
    left('port', 'PORT', 2, 6, 7, ({ port, portOpen }) => portSpan(port, portOpen, glyphs)),
    right('sessions', 'SESSIONS', 3, 8, ({ sessions }) => span(count(sessions))),
    right('latency', 'LATENCY', 5, 7, ({ latencyMs }) => span(milliseconds(latencyMs))),
    left('trend', '', 8, TREND, TREND, ({ latencyTrend }) => {
      return span(sparkline(latencyTrend, TREND, glyphs.levels, CALM_MS), 'dim')
    }),
    left('dns', 'DNS NAME', 7, 8, 40, ({ dnsName }) => span(dnsName)),
    right('since', 'SINCE', 6, 6, ({ since }) => span(age(since, now))),
    left('database', 'DATABASE', 9, 8, 20, ({ databaseId }) => span(databaseId ? nameOf(picture, databaseId) : '')),
    right('tls', 'TLS', 10, 6, ({ tls }) => (tls ? tlsSpan(tls.daysLeft) : span(''))),
  ]
}

type Cell = (server: ServerView) => Span

function column(
  id: string,
  title: string,
  align: 'left' | 'right',
  rank: number,
  least: number,
  most: number,
  cell: Cell,
): Column<ServerRow> {
  return { id, title, align, rank, least, most, cell: ({ server }) => cell(server) }
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
export function serverNote({ id, name, problem, stale, readAt }: ServerView, now: number, glyphs: Glyphs): Span | null {
  const read = readAt === null ? 'never read' : `${age(readAt, now)} old`
  if (problem) return span(`${withoutName(problem.message, name, id)} ${glyphs.dot} ${read}`, 'warning')
  return stale ? span(read, 'dim') : null
}
