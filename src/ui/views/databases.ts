// The databases pane: the replication tree with its figures.

import { formatLsn } from '../../model/lsn.ts'
import type { DatabaseView, Picture, Severity } from '../../model/picture.ts'
import type { DatabaseRow, StrangerRow } from '../../state/select/rows.ts'
import type { Glyphs } from '../format/glyphs.ts'
import { type Span, span, withoutName } from '../format/line.ts'
import { lagText, portSpan, roleText, statusSpan } from '../format/status.ts'
import { age, count, sparkline, UNKNOWN } from '../format/values.ts'
import type { Column } from '../parts/table.ts'

const TREND = 8
/** A lag below this looks flat in the trend, in bytes: a busy primary is always a little ahead. */
const CALM_BYTES = 1024 * 1024

type Row = DatabaseRow | StrangerRow

interface Sight {
  readonly picture: Picture
  readonly worst: ReadonlyMap<string, Severity>
  readonly now: number
  readonly glyphs: Glyphs
}

/** The columns of the databases pane, the important ones first. */
export function databaseColumns(sight: Sight): readonly Column<Row>[] {
  const { worst, now, glyphs } = sight
  return [
    left('name', 'NAME', 0, 10, 32, (row) => nameSpan(row, glyphs)),
    left(
      'type',
      'TYPE',
      4,
      10,
      17,
      watched(({ type, version }) => span(version ? `${type} ${version}` : type)),
    ),
    left('role', 'ROLE', 0, 9, 9, (row) => {
      if (row.kind === 'stranger') return span(row.end === 'upstream' ? 'upstream' : 'replica')
      return span(roleText(row.database.role))
    }),
    left('status', 'STATUS', 0, 13, 14, (row) => {
      if (row.kind === 'stranger') return strangerStatus(row, glyphs)
      return statusSpan(row.database.status, 'database', worst.get(row.id) ?? null, glyphs)
    }),
    left(
      'port',
      'PORT',
      1,
      6,
      7,
      watched(({ port, portOpen }) => portSpan(port, portOpen, glyphs)),
    ),
    right(
      'servers',
      'SERVERS',
      3,
      7,
      watched((database) => serversSpan(database)),
    ),
    right(
      'sessions',
      'SESSIONS',
      2,
      8,
      watched(({ id, sessions }) => {
        const near = sight.picture.alerts.find(({ rule, subject }) => rule === 'sessions' && subject === id)
        return span(sessions ? `${sessions.total}/${sessions.max}` : UNKNOWN, near?.severity ?? 'plain')
      }),
    ),
    right('lag', 'LAG', 0, 14, (row) => lagSpan(row, sight)),
    left(
      'trend',
      '',
      8,
      TREND,
      TREND,
      watched(({ role, lagTrend }) => {
        return span(role === 'primary' ? '' : sparkline(lagTrend, TREND, glyphs.levels, CALM_BYTES), 'dim')
      }),
    ),
    right(
      'timeline',
      'TL',
      5,
      2,
      watched(({ timeline }) => span(count(timeline))),
    ),
    right(
      'lsn',
      'LSN',
      6,
      10,
      watched(({ lsn }) => span(lsn === null ? UNKNOWN : formatLsn(lsn))),
    ),
    right(
      'since',
      'SINCE',
      7,
      6,
      watched(({ since }) => span(age(since, now))),
    ),
    left(
      'host',
      'HOST',
      9,
      8,
      40,
      watched(({ host }) => span(host)),
    ),
  ]
}

type Cell = (row: Row) => Span

const left = (id: string, title: string, rank: number, least: number, most: number, cell: Cell): Column<Row> => {
  return { id, title, align: 'left', rank, least, most, cell }
}
const right = (id: string, title: string, rank: number, least: number, cell: Cell): Column<Row> => {
  return { id, title, align: 'right', rank, least, most: 20, cell }
}

function watched(cell: (database: DatabaseView) => Span): Cell {
  return (row) => (row.kind === 'database' ? cell(row.database) : span(''))
}

function nameSpan(row: Row, glyphs: Glyphs): Span {
  const prefix = row.depth === 0 ? '' : `${'   '.repeat(row.depth - 1)}${glyphs.branch} `
  if (row.kind === 'stranger') {
    return span(prefix + (row.end === 'upstream' ? row.link.upstreamName : row.link.downstreamName))
  }
  return span(`${prefix}${row.database.name}${row.database.configured ? '' : ' (found)'}`)
}

function strangerStatus({ link, end }: StrangerRow, glyphs: Glyphs): Span {
  return end === 'upstream' ? span(`${glyphs.unknown} not watched`) : span(`${glyphs.idle} ${link.state}`)
}

// Where no server uses it, an empty cell says so better than `0/0`.
function serversSpan({ servers }: DatabaseView): Span {
  if (servers.configured === 0 && !servers.active) return span('')
  const missing = servers.active !== null && servers.active < servers.configured
  return span(`${count(servers.active)}/${servers.configured}`, missing ? 'warning' : 'plain')
}

function lagSpan(row: Row, { picture, glyphs }: Sight): Span {
  if (row.kind === 'stranger') return span(row.end === 'upstream' ? '' : lagText(row.link.lag, glyphs))
  const { database } = row
  if (database.role === 'primary') return span('')
  if (database.replayPaused) {
    return span(
      `paused ${glyphs.dot} ${database.lag ? lagText({ ...database.lag, seconds: null }, glyphs) : UNKNOWN}`,
      'warning',
    )
  }
  const alerts = picture.alerts.filter(({ rule, subject }) => subject === row.id && rule.startsWith('replication-lag'))
  const severity = alerts.find((alert) => alert.severity === 'critical')?.severity ?? alerts[0]?.severity
  return span(database.lag ? lagText(database.lag, glyphs) : UNKNOWN, severity ?? 'plain')
}

/** What stands in the place of the less important columns while a database does not answer. */
export function databaseNote(row: Row, now: number, glyphs: Glyphs): Span | null {
  if (row.kind === 'stranger') {
    const where = row.link.downstreamAddress
    if (row.end === 'upstream') return span('its standbys name it as their source', 'dim')
    const lag = lagText(row.link.lag, glyphs)
    return span(`lag ${lag} ${glyphs.dot} found${where ? ` at ${where}` : ''}, not watched`, 'dim')
  }
  const { id, name, problem, stale, readAt, lag } = row.database
  const read = readAt === null ? 'never read' : `${age(readAt, now)} old`
  const known = lag && (lag.bytes !== null || lag.seconds !== null) ? `lag ${lagText(lag, glyphs)} ${glyphs.dot} ` : ''
  if (problem) return span(`${known}${withoutName(problem.message, name, id)} ${glyphs.dot} ${read}`, 'warning')
  return stale ? span(`${known}${read}`, 'dim') : null
}
