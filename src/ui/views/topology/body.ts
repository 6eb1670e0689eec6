// The topology: servers, databases as a tree, alerts and events, sharing the available rows.

import { probableCause } from '../../../model/events/probable-cause.ts'
import type { Alert, Picture } from '../../../model/picture/picture.ts'
import { subjectOf } from '../../../model/picture/subject.ts'
import type { PaneId } from '../../../state/navigation.ts'
import { nodeAddress, paneWithFocus, shownPanes } from '../../../state/select/cluster.ts'
import {
  databasePaneRows,
  type EventPaneRow,
  entryPointPaneRows,
  eventPaneRows,
  selectedRowIndex,
  serverPaneRows,
} from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { cutLine, EMPTY_LINE, type Line, span, spreadLine, type TextSpan } from '../../frame/format/line.ts'
import { entryPointCountText, upCountText } from '../../frame/format/status-text.ts'
import { plural } from '../../frame/format/values.ts'
import { withClickTarget } from '../../frame/parts/click-target.ts'
import type { TableColumn } from '../../frame/parts/table.ts'
import { rowTable } from '../list/row-table.ts'
import { firstVisibleIndex, type Viewport, worstAlerts } from '../list/view.ts'
import { databaseColumns, databaseNote } from './database-columns.ts'
import { entryPointColumns } from './entry-point-columns.ts'
import { type EventLineStyle, eventLine, eventLines, eventWidths } from './events.ts'
import type { OverviewInput } from './overview/block.ts'
import { chartsBelow, tableWidth, urgentRows, withOverview } from './overview/overview.ts'
import { isNarrow, problemSpan } from './problem.ts'
import { serverColumns } from './server-columns.ts'
import { type PaneRowCounts, splitRows } from './split-rows.ts'

/** The body of the topology in exactly `screen.rows` lines. */
export function topologyBody(state: State, cluster: ClusterState, screen: Viewport): readonly Line[] {
  const { picture } = cluster
  if (!picture) return waiting(cluster, screen)
  const counts = {
    servers: shownPanes(cluster).includes('servers') ? serverPaneRows(state, cluster).length : null,
    databases: databasePaneRows(state, cluster).length,
    events: eventPaneRows(state, cluster).length,
  }
  const between = entryPointsRoom(state, cluster, screen.rows)
  const { room, withProblems } = divided(counts, problemCounts(cluster, counts), {
    ...screen,
    rows: screen.rows - between.height,
  })
  const gap = room.gaps ? [EMPTY_LINE] : []
  const overview = { state, cluster, picture, glyphs: screen.glyphs }
  const { columns, rows } = screen
  const spare = room.gaps && cluster.complete ? room.events - eventsKept(counts.events, overview, room.events, rows) : 0
  const narrower = spare > 0 ? tableWidth(screen.columns, screen.glyphs.forScreenReader) : null
  const tableScreen = narrower === null ? screen : { ...screen, columns: narrower }
  const isBeside = narrower !== null
  const context = { state, cluster, picture, screen: tableScreen, titled: room.titles, withProblems, isBeside }
  const tables = [
    ...(room.servers === null ? [] : [...serversPane({ ...context, length: room.servers }), ...gap]),
    ...entryPointsPane({ ...context, ...between, withProblems: false }),
    ...databasesPane({ ...context, length: room.databases }),
  ]
  const top = spare > 0 ? withOverview(overview, tables, { columns, rows, spare }) : tables
  const charts = spare > 0 ? chartsBelow(overview, columns, rows - top.length - gap.length - counts.events - 1) : []
  const left = room.events - (top.length - tables.length) - charts.length
  const lines = [...top, ...charts, ...(left > 0 ? [...gap, ...eventsPane(state, cluster, screen, left)] : [])]
  while (lines.length < screen.rows) lines.push(EMPTY_LINE)
  return lines.slice(0, screen.rows)
}

/**
 * On a low screen the list keeps all its lines but those of what is urgent, on a higher one those of the alerts and some
 * events.
 */
function eventsKept(events: number, overview: OverviewInput, room: number, rows: number): number {
  if (rows >= LOW) return Math.min(events, Math.max(EVENTS_LEAST, overview.picture.alerts.length)) + 1
  return Math.min(events + 1, Math.max(EVENTS_LOW, room - urgentRows(overview)))
}

/** The title and two rows. */
const EVENTS_LOW = 3

const LOW = 22
/** Below this width, tables beside blocks shorten the type of a database before they drop a column. */
const WIDE_BESIDE = 150
const EVENTS_LEAST = 7

/** The lines of problems go first where the space is short: the line above the footer has that of the selected row. */
function divided(counts: PaneRowCounts, problems: PaneRowCounts, { rows, glyphs }: Viewport) {
  const plain = { room: splitRows(counts, rows), withProblems: false }
  const wanted = {
    servers: counts.servers === null ? null : counts.servers + (problems.servers ?? 0),
    databases: counts.databases + problems.databases,
    events: counts.events,
  }
  if (glyphs.forScreenReader || problems.databases + (problems.servers ?? 0) === 0) return plain
  const room = splitRows(wanted, rows)
  const least = Math.min(plain.room.events, Math.max(EVENTS_BESIDE_PROBLEMS, counts.events + 1))
  const isWhole = room.databases >= wanted.databases && (room.servers ?? 0) >= (wanted.servers ?? 0)
  return isWhole && room.gaps && room.titles && room.events >= least ? { room, withProblems: true } : plain
}

/** Lines for problems never leave less than this for alerts and events, if there are as many. */
const EVENTS_BESIDE_PROBLEMS = 6

function problemCounts({ picture }: ClusterState, { servers }: PaneRowCounts): PaneRowCounts {
  const count = (nodes: readonly { readonly problem: unknown }[] = []) => nodes.filter(({ problem }) => problem).length
  return { servers: servers === null ? null : count(picture?.servers), databases: count(picture?.databases), events: 0 }
}

function waiting(cluster: ClusterState, screen: Viewport): readonly Line[] {
  const names = [...cluster.spec.servers, ...cluster.spec.databases].map(({ id }) => id)
  const lines: Line[] = [
    [span('   Waiting for the first answers of', 'strong')],
    ...names.map((name): Line => cutLine([span(`     ${screen.glyphs.unknown} ${name}`)], screen.columns)),
  ]
  while (lines.length < screen.rows) lines.push(EMPTY_LINE)
  return lines.slice(0, screen.rows)
}

/** The inputs of both tables, and the number of rows for each. */
interface PaneContext {
  readonly state: State
  readonly cluster: ClusterState
  readonly picture: Picture
  readonly screen: Viewport
  readonly length: number
  readonly titled: boolean
  /** Whether each problem has a line of its own below its row. */
  readonly withProblems: boolean
  /** Whether blocks stand beside the tables. */
  readonly isBeside: boolean
}

function serversPane(context: PaneContext): readonly Line[] {
  const { state, cluster, picture, screen } = context
  const { now } = state
  const { glyphs } = screen
  return pane(context, {
    id: 'servers',
    title: 'SERVERS',
    summary: upCountText(picture.counts.servers),
    columns: serverColumns({ picture, worst: worstAlerts(picture), now, glyphs, narrow: isNarrow(screen) }),
    rows: serverPaneRows(state, cluster),
    note: () => null,
    problem: ({ server }) => problemSpan(server, nodeAddress(cluster, subjectOf(server.id)), glyphs),
    stale: ({ server }) => server.stale,
  })
}

/** They stand between servers and databases, as users reach these. */
interface EntryPointsRoom {
  readonly length: number
  readonly titled: boolean
  /** With title, head and the gap below. */
  readonly height: number
}

function entryPointsRoom(state: State, cluster: ClusterState, rows: number): EntryPointsRoom {
  if (!shownPanes(cluster).includes('entry-points')) return { length: 0, titled: false, height: 0 }
  const titled = rows >= LOW
  const wanted = Math.max(1, entryPointPaneRows(state, cluster).length)
  const length = Math.min(wanted, Math.max(2, Math.floor(rows / (cluster.spec.servers.length > 0 ? 5 : 3))))
  return { length, titled, height: length + (titled ? 3 : 1) }
}

function entryPointsPane(context: PaneContext): readonly Line[] {
  if (context.length === 0) return []
  const { state, cluster, picture, screen } = context
  const { glyphs } = screen
  const lines = pane(context, {
    id: 'entry-points',
    title: 'ENTRY POINTS',
    summary: entryPointCountText(picture.entryPoints),
    columns: entryPointColumns({ worst: worstAlerts(picture), now: state.now, glyphs, narrow: isNarrow(screen) }),
    rows: entryPointPaneRows(state, cluster),
    note: () => null,
    problem: ({ entryPoint }) => problemSpan(entryPoint, nodeAddress(cluster, subjectOf(entryPoint.id)), glyphs),
    stale: ({ entryPoint }) => entryPoint.stale,
  })
  return context.titled ? [...lines, EMPTY_LINE] : lines
}

function databasesPane(context: PaneContext): readonly Line[] {
  const { state, cluster, picture, screen } = context
  const { now } = state
  const { glyphs } = screen
  return pane(context, {
    id: 'databases',
    title: 'DATABASES',
    summary: upCountText(picture.counts.databases),
    columns: databaseColumns({
      picture,
      worst: worstAlerts(picture),
      now,
      glyphs,
      narrow: isNarrow(screen),
      shortTypes: isNarrow(screen) || (context.isBeside && screen.columns < WIDE_BESIDE),
    }),
    rows: databasePaneRows(state, cluster),
    note: databaseNote,
    problem: (row) => {
      if (row.kind !== 'database') return null
      const { host, port } = row.database
      return problemSpan(row.database, `${host}:${port}`, glyphs)
    },
    stale: (row) => row.kind === 'database' && row.database.stale,
  })
}

interface PaneOptions<Row> {
  readonly id: PaneId
  readonly title: string
  readonly summary: string
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  /** Takes the place of columns that are empty for this row. */
  note(row: Row): TextSpan | null
  /** Hides no figure: it has a line of its own, or follows the figures where they are read aloud. */
  problem(row: Row): TextSpan | null
  stale(row: Row): boolean
}

function pane<Row extends { readonly id: string }>(
  { state, cluster, screen, length, titled, withProblems }: PaneContext,
  { id, title, summary, columns, rows, note, problem, stale }: PaneOptions<Row>,
): readonly Line[] {
  const { glyphs } = screen
  const hasFocus = paneWithFocus(state, shownPanes(cluster)) === id
  const lastColumn = columns.at(-1)?.id ?? ''
  const rowStyle = (row: Row) => {
    const text = note(row)
    const spoken = glyphs.forScreenReader ? problem(row) : null
    const end = spoken ? { after: [lastColumn], span: spoken } : null
    return { stale: stale(row), note: text ? { after: ['status', 'port'], span: text } : end }
  }
  const cut = rows.length > length ? ` ${length}/${rows.length}` : ''
  const table = { id, columns: titled ? columns : named(columns, `${title}${cut}`), rows, length, hasFocus, rowStyle }
  const { head, lines: drawn, first } = rowTable(table, state, screen)
  const lines = drawn.flatMap((line, index): Line[] => {
    const row = rows[first + index]
    const text = row && withProblems ? problem(row) : null
    return row && text ? [line, withClickTarget(problemLine(text, screen), id, row.id)] : [line]
  })
  const window = rows.length > length ? `rows ${first + 1}${glyphs.dash}${first + length} of ${rows.length}` : ''
  const filter = state.navigation.filter === '' ? '' : `filter "${state.navigation.filter}"  `
  const titleLine = spreadLine(
    [span(` ${title}`, hasFocus ? 'accent' : 'title'), span(`  ${summary}`, 'dim')],
    [span(filter, 'accent'), span(`${window} `, 'dim')],
    screen.columns,
    glyphs.ellipsis,
  )
  return [...(titled ? [titleLine] : []), head, ...lines]
}

function problemLine(text: TextSpan, { columns, glyphs }: Viewport): Line {
  return cutLine([span(`      ${glyphs.arrow} `, 'dim'), text], columns, glyphs.ellipsis)
}

/** Without a line for the title, the head of the name column shows it. */
function named<Row>(columns: readonly TableColumn<Row>[], title: string): readonly TableColumn<Row>[] {
  return columns.map((column) => (column.id === 'name' ? { ...column, title } : column))
}

/** A cause that the message names already is left out. */
const aboutAlert = (alert: Alert) => ({ ...alert, text: alert.message })

function eventsPane(state: State, cluster: ClusterState, screen: Viewport, length: number): readonly Line[] {
  const rows = eventPaneRows(state, cluster)
  const selected = selectedRowIndex(state, 'events', rows)
  const focused = paneWithFocus(state, shownPanes(cluster)) === 'events'
  const shown = length - 1
  const first = firstVisibleIndex(focused ? selected : 0, rows.length, shown)
  const alerts = cluster.picture?.alerts.length ?? 0
  const window = rows.length > shown ? `${first + 1}${screen.glyphs.dash}${first + shown} of ${rows.length} ` : ''
  const title = spreadLine(
    [
      span(' ALERTS AND EVENTS', focused ? 'accent' : 'title'),
      span(`  ${alerts === 0 ? 'no alert' : plural(alerts, 'alert')}`, 'dim'),
    ],
    [span(window, 'dim')],
    screen.columns,
  )
  const inSight = rows.slice(first, first + shown)
  const widths = eventWidths(inSight, state.now, screen.glyphs.ellipsis)
  const styleOf = (row: EventPaneRow, index: number): EventLineStyle => {
    const about = row.kind === 'alert' ? row.alert : row.event
    const cause = row.kind === 'alert' && cluster.picture ? probableCause(aboutAlert(row.alert), cluster.picture) : null
    return { selected: focused && first + index === selected, address: nodeAddress(cluster, about.subject), cause }
  }
  const whole = inSight.map((row, index) => eventLines(row, styleOf(row, index), state.now, widths, screen))
  const fits = whole.reduce((sum, { length: count }) => sum + count, 0) <= shown
  const lines = inSight.flatMap((row, index): readonly Line[] => {
    const drawn = fits ? whole[index] : [eventLine(row, styleOf(row, index), state.now, widths, screen)]
    return (drawn ?? []).map((each) => withClickTarget(each, 'events', row.id))
  })
  const none: Line = [span('   no event yet', 'dim')]
  return [withClickTarget(title, 'events', ''), ...(lines.length > 0 ? lines : [withClickTarget(none, 'events', '')])]
}
