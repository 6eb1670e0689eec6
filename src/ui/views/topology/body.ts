// The topology drawn: servers, databases as a tree, alerts and events, sharing the rows there are.

import type { Picture } from '../../../model/picture/picture.ts'
import type { PaneId, SortOrder } from '../../../state/navigation.ts'
import { nodeAddress, paneWithFocus, shownPanes } from '../../../state/select/cluster.ts'
import { databasePaneRows, eventPaneRows, selectedRowIndex, serverPaneRows } from '../../../state/select/rows.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { cutLine, EMPTY_LINE, type Line, span, spreadLine } from '../../frame/format/line.ts'
import { upCountText } from '../../frame/format/status.ts'
import { plural } from '../../frame/format/values.ts'
import { withClickTarget } from '../../frame/parts/click-target.ts'
import { layoutTable, type TableColumn } from '../../frame/parts/table.ts'
import { firstVisibleIndex, type Viewport, worstAlerts } from '../list/view.ts'
import { databaseColumns, databaseNote } from './database-columns.ts'
import { eventLine, eventWidths } from './events.ts'
import { serverColumns, serverNote } from './server-columns.ts'
import { splitRows } from './split-rows.ts'

/** The body of the topology in exactly `screen.rows` lines. */
export function topologyBody(state: State, cluster: ClusterState, screen: Viewport): readonly Line[] {
  const { picture } = cluster
  if (!picture) return waiting(cluster, screen)
  const counts = {
    servers: shownPanes(cluster).includes('servers') ? serverPaneRows(state, cluster).length : null,
    databases: databasePaneRows(state, cluster).length,
    events: eventPaneRows(state, cluster).length,
  }
  const room = splitRows(counts, screen.rows)
  const gap = room.gaps ? [EMPTY_LINE] : []
  const lines = [
    ...(room.servers === null
      ? []
      : [...serversPane(state, cluster, picture, screen, room.servers, room.titles), ...gap]),
    ...databasesPane(state, cluster, picture, screen, room.databases, room.titles),
    ...(room.events > 0 ? [...gap, ...eventsPane(state, cluster, screen, room.events)] : []),
  ]
  while (lines.length < screen.rows) lines.push(EMPTY_LINE)
  return lines.slice(0, screen.rows)
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

function serversPane(
  state: State,
  cluster: ClusterState,
  picture: Picture,
  screen: Viewport,
  length: number,
  titled: boolean,
): readonly Line[] {
  const { glyphs } = screen
  const worst = worstAlerts(picture)
  return pane(state, cluster, screen, {
    id: 'servers',
    title: 'SERVERS',
    summary: upCountText(picture.counts.servers),
    columns: serverColumns({ picture, worst, now: state.now, glyphs }),
    rows: serverPaneRows(state, cluster),
    length,
    titled,
    note: ({ server }) => serverNote(server, nodeAddress(cluster, server.id), state.now, glyphs),
    stale: ({ server }) => server.stale,
  })
}

function databasesPane(
  state: State,
  cluster: ClusterState,
  picture: Picture,
  screen: Viewport,
  length: number,
  titled: boolean,
): readonly Line[] {
  const { glyphs } = screen
  const worst = worstAlerts(picture)
  return pane(state, cluster, screen, {
    id: 'databases',
    title: 'DATABASES',
    summary: upCountText(picture.counts.databases),
    columns: databaseColumns({ picture, worst, now: state.now, glyphs }),
    rows: databasePaneRows(state, cluster),
    length,
    titled,
    note: (row) => databaseNote(row, state.now, glyphs),
    stale: (row) => row.kind === 'database' && row.database.stale,
  })
}

interface PaneOptions<Row> {
  readonly id: PaneId
  readonly title: string
  readonly summary: string
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  readonly length: number
  readonly titled: boolean
  note(row: Row): ReturnType<typeof serverNote>
  stale(row: Row): boolean
}

function pane<Row extends { readonly id: string }>(
  state: State,
  cluster: ClusterState,
  screen: Viewport,
  options: PaneOptions<Row>,
): readonly Line[] {
  const { glyphs, columns: width } = screen
  const { rows, length, id } = options
  const selected = selectedRowIndex(state, id, rows)
  const focused = paneWithFocus(state, shownPanes(cluster)) === id
  const first = firstVisibleIndex(selected, rows.length, length)
  const laidOut = layoutTable({
    columns: options.titled ? options.columns : named(options.columns, options.title),
    rows,
    visible: { first, length },
    width,
    ellipsis: glyphs.ellipsis,
    spoken: glyphs.forScreenReader,
    sorted: sortMark(state.navigation.sort[id] ?? null, glyphs.up, glyphs.down),
    rowStyle: (row, index) => {
      const marked = index === selected && focused
      const note = options.note(row)
      return {
        marker: span(marked ? ` ${glyphs.selected} ` : '   ', 'accent'),
        base: options.stale(row) ? 'dim' : marked ? 'strong' : 'plain',
        note: note ? { after: ['status', 'port'], span: note } : null,
      }
    },
  })
  const window = rows.length > length ? `rows ${first + 1}${glyphs.dash}${first + length} of ${rows.length}` : ''
  const filter = state.navigation.filter === '' ? '' : `filter "${state.navigation.filter}"  `
  const title = spreadLine(
    [span(` ${options.title}`, focused ? 'accent' : 'title'), span(`  ${options.summary}`, 'dim')],
    [span(filter, 'accent'), span(`${window} `, 'dim')],
    width,
    glyphs.ellipsis,
  )
  const lines = laidOut.rows.map((each, index) => withClickTarget(each, id, rows[first + index]?.id ?? ''))
  return [...(options.titled ? [title] : []), laidOut.head, ...lines]
}

/** Without a line for the title, the name's column bears it. */
function named<Row>(columns: readonly TableColumn<Row>[], title: string): readonly TableColumn<Row>[] {
  return columns.map((column) => (column.id === 'name' ? { ...column, title } : column))
}

function sortMark(sort: SortOrder | null, up: string, down: string) {
  return sort ? { column: sort.column, mark: sort.descending ? down : up } : null
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
  const widths = eventWidths(inSight, state.now)
  const lines = inSight.map((row, index) => {
    const about = row.kind === 'alert' ? row.alert.subject : row.event.subject
    const look = { selected: focused && first + index === selected, address: nodeAddress(cluster, about) }
    const drawn = eventLine(row, look, state.now, widths, screen)
    return withClickTarget(drawn, 'events', row.id)
  })
  return [title, ...(lines.length > 0 ? lines : [[span('   nothing to tell yet', 'dim')]])]
}
