// The topology: servers, databases as a tree, alerts and events, sharing the available rows.

import type { Picture } from '../../../model/picture/picture.ts'
import { subjectOf } from '../../../model/picture/subject.ts'
import type { PaneId } from '../../../state/navigation.ts'
import { nodeAddress, paneWithFocus, shownPanes } from '../../../state/select/cluster.ts'
import { databasePaneRows, eventPaneRows, selectedRowIndex, serverPaneRows } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { cutLine, EMPTY_LINE, type Line, span, spreadLine, type TextSpan } from '../../frame/format/line.ts'
import { upCountText } from '../../frame/format/status-text.ts'
import { plural } from '../../frame/format/values.ts'
import { withClickTarget } from '../../frame/parts/click-target.ts'
import { lagCurveLines } from '../../frame/parts/lag-curves.ts'
import type { TableColumn } from '../../frame/parts/table.ts'
import { rowTable } from '../list/row-table.ts'
import { firstVisibleIndex, type Viewport, worstAlerts } from '../list/view.ts'
import { databaseColumns, databaseNote } from './database-columns.ts'
import { eventLine, eventWidths } from './events.ts'
import { isNarrow, problemSpan } from './problem.ts'
import { serverColumns } from './server-columns.ts'
import { type PaneHeights, type PaneRowCounts, splitRows } from './split-rows.ts'

/** The body of the topology in exactly `screen.rows` lines. */
export function topologyBody(state: State, cluster: ClusterState, screen: Viewport): readonly Line[] {
  const { picture } = cluster
  if (!picture) return waiting(cluster, screen)
  const counts = {
    servers: shownPanes(cluster).includes('servers') ? serverPaneRows(state, cluster).length : null,
    databases: databasePaneRows(state, cluster).length,
    events: eventPaneRows(state, cluster).length,
  }
  const { room, withProblems } = divided(counts, problemCounts(cluster, counts), screen)
  const gap = room.gaps ? [EMPTY_LINE] : []
  const context = { state, cluster, picture, screen, titled: room.titles, withProblems }
  const lags = lagBlock(cluster, screen, room)
  const events = room.events - lags.length
  const lines = [
    ...(room.servers === null ? [] : [...serversPane({ ...context, length: room.servers }), ...gap]),
    ...databasesPane({ ...context, length: room.databases }),
    ...lags,
    ...(events > 0 ? [...gap, ...eventsPane(state, cluster, screen, events)] : []),
  ]
  while (lines.length < screen.rows) lines.push(EMPTY_LINE)
  return lines.slice(0, screen.rows)
}

/** From this width on, there is room for the curves of all links. */
const WIDE_COLUMNS = 160
const MOST_CURVES = 8
/** The curves never leave less than this for alerts and events. */
const EVENTS_BESIDE_CURVES = 12

/** The lag of all links as curves, below a gap; empty where the screen is small, and without links. */
function lagBlock(cluster: ClusterState, { columns, glyphs }: Viewport, room: PaneHeights): readonly Line[] {
  const height = Math.min(1 + MOST_CURVES, room.events - EVENTS_BESIDE_CURVES - 1)
  if (columns < WIDE_COLUMNS || !room.gaps) return []
  const lines = lagCurveLines(cluster, { width: columns, height }, glyphs)
  return lines.length === 0 ? [] : [EMPTY_LINE, ...lines]
}

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

function databasesPane(context: PaneContext): readonly Line[] {
  const { state, cluster, picture, screen } = context
  const { now } = state
  const { glyphs } = screen
  return pane(context, {
    id: 'databases',
    title: 'DATABASES',
    summary: upCountText(picture.counts.databases),
    columns: databaseColumns({ picture, worst: worstAlerts(picture), now, glyphs, narrow: isNarrow(screen) }),
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
  const table = { id, columns: titled ? columns : named(columns, title), rows, length, hasFocus, rowStyle }
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
  const lines = inSight.map((row, index) => {
    const about = row.kind === 'alert' ? row.alert.subject : row.event.subject
    const options = { selected: focused && first + index === selected, address: nodeAddress(cluster, about) }
    const drawn = eventLine(row, options, state.now, widths, screen)
    return withClickTarget(drawn, 'events', row.id)
  })
  return [title, ...(lines.length > 0 ? lines : [[span('   no event yet', 'dim')]])]
}
