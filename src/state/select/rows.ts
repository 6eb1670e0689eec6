// The rows of the topology's panes, filtered and sorted.

import { muted, type Silence } from '../../model/alerts/silence.ts'
import { isAlertStartEvent } from '../../model/events/derive-events.ts'
import type { EntryPointView } from '../../model/measured/entry-points/entry-point-view.ts'
import type { OtherSenderView } from '../../model/picture/other-sender.ts'
import type { Alert, ClusterEvent, DatabaseView, LinkView, Picture, ServerView } from '../../model/picture/picture.ts'
import { subjectText } from '../../model/picture/subject.ts'
import { subjectName } from '../../model/picture/subject-name.ts'
import type { PaneId } from '../navigation.ts'
import type { ClusterState, State } from '../state.ts'
import { alertsBySeverity } from './cluster.ts'
import {
  DATABASE_SORT_KEYS,
  ENTRY_POINT_SORT_KEYS,
  entryPointsByUrgency,
  matchesFilter,
  SERVER_SORT_KEYS,
  type SortKey,
  sortRows,
} from './filter-sort.ts'

export interface ServerRow {
  readonly kind: 'server'
  readonly id: string
  readonly server: ServerView
}

export interface EntryPointRow {
  readonly kind: 'entry-point'
  readonly id: string
  readonly entryPoint: EntryPointView
}

interface DatabaseRow {
  readonly kind: 'database'
  readonly id: string
  readonly database: DatabaseView
  /** Depth in the tree; 0 if the rows are sorted or filtered. */
  readonly depth: number
  /** For each depth from 1 on: whether more children follow below this row. */
  readonly continues: readonly boolean[]
}

/** An unwatched end of a link: the receiver of a walsender, or the upstream of a watched standby. */
interface UnwatchedRow {
  readonly kind: 'stranger'
  readonly id: string
  readonly link: LinkView
  readonly end: 'upstream' | 'downstream'
  readonly depth: number
  readonly continues: readonly boolean[]
}

/** A connection that takes a backup or logical changes. It replicates to no database that could be drawn. */
interface OtherSenderRow {
  readonly kind: 'sender'
  readonly id: string
  readonly sender: OtherSenderView
  readonly depth: number
  readonly continues: readonly boolean[]
}

/** The rows of the tree of databases. */
export type DatabasePaneRow = DatabaseRow | UnwatchedRow | OtherSenderRow

export type EventPaneRow =
  | {
      readonly kind: 'alert'
      readonly id: string
      readonly alert: Alert
      readonly name: string
      /** The silence that mutes it; null if it is not muted. */
      readonly muted: Silence | null
    }
  | { readonly kind: 'event'; readonly id: string; readonly event: ClusterEvent }

export type TopologyRow = ServerRow | EntryPointRow | DatabasePaneRow | EventPaneRow

/** Rows of the servers pane. */
export function serverPaneRows(state: State, cluster: ClusterState): readonly ServerRow[] {
  const rows = (cluster.picture?.servers ?? []).map((server): ServerRow => ({ kind: 'server', id: server.id, server }))
  const { filter, sort } = state.navigation
  const kept = rows.filter(({ server }) =>
    matchesFilter(filter, server.name, server.dnsName, server.type, server.status, server.access),
  )
  return sortRows(kept, sort.servers, (column) => at(SERVER_SORT_KEYS[column], (row) => row.server))
}

/** Rows of the pane of entry points, the most urgent first unless sorted. */
export function entryPointPaneRows(state: State, cluster: ClusterState): readonly EntryPointRow[] {
  const rows = (cluster.picture?.entryPoints ?? []).map((entryPoint): EntryPointRow => {
    return { kind: 'entry-point', id: entryPoint.id, entryPoint }
  })
  const { filter, sort } = state.navigation
  const kept = rows.filter(({ entryPoint: { name, kind, status, where, leadsTo } }) =>
    matchesFilter(filter, name, kind, status, where, ...leadsTo.map((each) => each.name)),
  )
  const urgent = entryPointsByUrgency(kept)
  return sortRows(urgent, sort['entry-points'], (column) => at(ENTRY_POINT_SORT_KEYS[column], (row) => row.entryPoint))
}

/** Rows of the databases pane, in tree order unless sorted or filtered. */
export function databasePaneRows(state: State, cluster: ClusterState): readonly DatabasePaneRow[] {
  const { filter, sort } = state.navigation
  const tree = databaseTree(cluster)
  if (filter === '' && !sort.databases) return tree
  const databases = tree.filter((row) => row.kind === 'database')
  const strangers = tree.filter((row) => row.kind === 'stranger')
  const kept = databases.filter(({ database }) =>
    matchesFilter(filter, database.name, database.host, database.role, database.status, database.version),
  )
  const foreign = strangers.filter(({ link }) =>
    matchesFilter(filter, link.downstreamName, link.downstreamAddress, link.upstreamName),
  )
  const senders = tree.filter((row) => row.kind === 'sender')
  const others = senders.filter(({ sender }) => matchesFilter(filter, sender.name, sender.kind, sender.slot))
  const flat = sortRows(kept, sort.databases, (column) => at(DATABASE_SORT_KEYS[column], (row) => row.database))
  return [...flat, ...foreign, ...others].map((row) => ({ ...row, depth: 0, continues: [] }))
}

/** Every frame and every key needs the tree several times. It changes only with the picture. */
const trees = new WeakMap<Picture, readonly DatabasePaneRow[]>()

function databaseTree({ picture }: ClusterState): readonly DatabasePaneRow[] {
  if (picture === null) return []
  const known = trees.get(picture)
  if (known) return known
  const tree = treeOf(picture)
  trees.set(picture, tree)
  return tree
}

function treeOf({ databases, links, otherSenders, mirroring }: Picture): readonly DatabasePaneRow[] {
  const rows: DatabasePaneRow[] = []
  const strangers = Map.groupBy(
    links.filter((link) => link.downstreamId === null),
    ({ upstreamId }) => upstreamId,
  )
  // Connections between two mirrored databases are shown as mirroring.
  const isExchange = ({ databaseId, slot }: OtherSenderView) =>
    slot !== null && mirroring.some((each) => each.from === databaseId && each.slot === slot)
  const senders = Map.groupBy(
    otherSenders.filter((sender) => !isExchange(sender)),
    ({ databaseId }) => databaseId,
  )
  // An unwatched server comes right after the one it receives from, and its watched standbys are indented one step
  // more.
  let shift = 0
  for (const database of databases) {
    if (database.depth === 0) {
      const source = links.find((link) => link.upstreamId === null && link.downstreamId === database.id)
      shift = source ? 1 : 0
      if (source) rows.push(unwatchedRow(source, 'upstream', 0))
    }
    const depth = database.depth + shift
    rows.push({ kind: 'database', id: database.id, database, depth, continues: [] })
    for (const link of strangers.get(database.id) ?? []) rows.push(unwatchedRow(link, 'downstream', depth + 1))
    rows.push(...(senders.get(database.id) ?? []).map((sender, index) => senderRow(sender, index, depth + 1)))
  }
  return branched(rows)
}

/**
 * Adds to each row which branches continue below it. It goes from the last row up: a depth is open until a smaller one
 * comes.
 */
function branched(rows: readonly DatabasePaneRow[]): readonly DatabasePaneRow[] {
  const open: boolean[] = []
  return rows
    .map((_, index) => rows[rows.length - 1 - index])
    .filter((row) => row !== undefined)
    .map((row) => {
      const continues = Array.from({ length: row.depth }, (_, level) => open[level + 1] ?? false)
      open.length = row.depth
      open[row.depth] = true
      return { ...row, continues }
    })
    .reverse()
}

/** `index`: several may look alike, as the two connections of one backup do. */
function senderRow(sender: OtherSenderView, index: number, depth: number): OtherSenderRow {
  const id = `sender:${sender.databaseId}:${sender.kind}:${sender.slot ?? sender.name}:${index}`
  return { kind: 'sender', id, sender, depth, continues: [] }
}

function unwatchedRow(link: LinkView, end: UnwatchedRow['end'], depth: number): UnwatchedRow {
  const id = `${end}:${link.upstreamName}>${link.downstreamName}@${link.downstreamAddress ?? ''}`
  return { kind: 'stranger', id, link, end, depth, continues: [] }
}

/**
 * Rows of the events pane: active alerts, then events, newest first. The event that raised an active alert is left out.
 */
export function eventPaneRows(state: State, cluster: ClusterState): readonly EventPaneRow[] {
  const { filter } = state.navigation
  const { picture } = cluster
  const alerts = (picture ? alertsBySeverity(picture) : []).map((alert): EventPaneRow => {
    // A slot or a file system has its owner's name, as in the events: its message names the part.
    const name = picture ? subjectName(picture, alert.subject) : subjectText(alert.subject)
    const quiet = muted(alert, cluster.silences, state.now)
    return { kind: 'alert', id: `alert:${alert.rule}:${subjectText(alert.subject)}`, alert, name, muted: quiet }
  })
  const standing = picture?.alerts ?? []
  const events = cluster.events
    .filter((event) => !standing.some((alert) => isAlertStartEvent(event, alert)))
    .map((event): EventPaneRow => {
      return { kind: 'event', id: `event:${event.at}:${subjectText(event.subject)}:${event.text}`, event }
    })
  return [...alerts, ...events].filter((row) =>
    row.kind === 'alert'
      ? matchesFilter(filter, row.alert.message, row.alert.rule, row.name, row.alert.severity)
      : matchesFilter(filter, row.event.text, row.event.subjectName, row.event.severity),
  )
}

/** The rows of one of the topology's panes. */
export function topologyRows(state: State, cluster: ClusterState, pane: PaneId): readonly TopologyRow[] {
  if (pane === 'servers') return serverPaneRows(state, cluster)
  if (pane === 'entry-points') return entryPointPaneRows(state, cluster)
  return pane === 'databases' ? databasePaneRows(state, cluster) : eventPaneRows(state, cluster)
}

/** The index of the selected row of a pane: the chosen one, else the first; -1 if there is none. */
export function selectedRowIndex(state: State, pane: PaneId, rows: readonly { readonly id: string }[]): number {
  const index = rows.findIndex(({ id }) => id === state.navigation.selected[pane])
  return index >= 0 ? index : Math.min(0, rows.length - 1)
}

/** Makes a key of a row from a key of its subject. */
function at<Row, Subject>(
  key: ((subject: Subject) => SortKey) | undefined,
  subject: (row: Row) => Subject,
): ((row: Row) => SortKey) | null {
  return key ? (row) => key(subject(row)) : null
}
