// View 1: who serves, which databases are standbys, and what each follows.

import { subjectOf } from '../../../model/picture/subject.ts'
import { findSubjectNode, shownPanes } from '../../../state/select/cluster.ts'
import {
  DATABASE_SORT_KEYS,
  DESCENDING_FIRST,
  ENTRY_POINT_SORT_KEYS,
  SERVER_SORT_KEYS,
} from '../../../state/select/filter-sort.ts'
import { type EntryPointRow, type TopologyRow, topologyRows } from '../../../state/select/rows.ts'
import { paneIdOf } from '../list/list.ts'
import {
  COUNT_ORDER,
  DURATION_ORDER,
  LETTER_ORDER,
  NUMBER_ORDER,
  SIZE_ORDER,
  type SortLabels,
  TIME_ORDER,
  WORST_LEAST_ORDER,
} from '../list/sort-labels.ts'
import { columnOrdering, type Pane, type View, type ViewRow } from '../list/view.ts'
import { topologyBody } from './body.ts'
import { detailLines } from './details.ts'

/** The descriptions of orders of columns that are not alphabetical. */
const SORT_LABELS: Readonly<Record<string, SortLabels>> = {
  status: WORST_LEAST_ORDER,
  port: NUMBER_ORDER,
  sessions: COUNT_ORDER,
  waiting: COUNT_ORDER,
  latency: DURATION_ORDER,
  since: TIME_ORDER,
  servers: COUNT_ORDER,
  lag: SIZE_ORDER,
  timeline: NUMBER_ORDER,
  lsn: NUMBER_ORDER,
}
const sortLabelsOf = (order: object) => new Map(Object.keys(order).map((id) => [id, SORT_LABELS[id] ?? LETTER_ORDER]))

const SERVERS: Pane = {
  id: 'servers',
  rowNoun: 'servers',
  ordering: columnOrdering('servers', sortLabelsOf(SERVER_SORT_KEYS), DESCENDING_FIRST),
}
const DATABASES: Pane = {
  id: 'databases',
  rowNoun: 'databases',
  ordering: columnOrdering('databases', sortLabelsOf(DATABASE_SORT_KEYS), DESCENDING_FIRST),
}
const ENTRY_POINTS: Pane = {
  id: 'entry-points',
  rowNoun: 'entry points',
  ordering: columnOrdering('entry points', sortLabelsOf(ENTRY_POINT_SORT_KEYS), DESCENDING_FIRST),
}
const EVENTS: Pane = { id: 'events', rowNoun: 'events', ordering: 'events are in the order of time' }
const PANES: readonly Pane[] = [SERVERS, ENTRY_POINTS, DATABASES, EVENTS]

export const topologyView: View = {
  id: 'topology',
  key: '1',
  title: 'topology',
  needs: [],
  enter: 'details',
  guide: [
    'SERVERS n/m (APPS): n of the m configured application servers are connected to the database now.',
    'SESSIONS n/m (SESS): n sessions of the m that ordinary users may take, max_connections without the reserved ones.',
    '42 s old, READ: the row shows what was last read. A line with an arrow is the problem of the row above. cut off: disconnected.',
    'LAG: bytes of WAL (and seconds) between the upstream’s position and what a standby has replayed.',
    'TL: the timeline, one more after each promotion. (found): seen by pgdeck, not in the configuration.',
    'MANAGER: what Patroni, repmgr or pg_auto_failover tell of it: sync, nofailover, maintenance, pending restart, no agent.',
    'read-only: users can only read. The alert primary-read-only: sessions of the primary are read-only by default.',
    'ENTRY POINTS: poolers, proxies and addresses of the configuration. LEADS TO: where new sessions of the users go now.',
    'WAITING of a pooler: clients without a connection to the database, and for how long. elsewhere: not where it should lead.',
    'NOW: of all databases of the server; polls of pgdeck are commits too. wait: for a lock. idle-tx: idle in transaction.',
    'WAITING: the longest wait for a lock, and who is at its root. LONGEST: the statement of a client that runs longest.',
    'backup, capture, logical: a base backup, change data capture, a logical subscriber. LAG: WAL not confirmed.',
  ],
  panes(_state, cluster) {
    const shown = shownPanes(cluster)
    return PANES.filter(({ id }) => shown.includes(id))
  },
  rows: (state, cluster, pane) => topologyRows(state, cluster, pane).map(actedOn),
  opens(_state, { picture }, pane, { id, subject, alert, detailsBlocked }) {
    if (pane === 'entry-points') return { kind: 'details', view: 'topology', pane, id }
    if (detailsBlocked !== undefined) return { kind: 'nothing', reason: detailsBlocked }
    const about = alert?.subject ?? (subject === null ? null : subjectOf(subject))
    const node = picture && about && findSubjectNode(picture, about)
    // For an alert about a slot, a host or the cluster as a whole, the alert itself names the subject.
    if (!node) return { kind: 'details', view: 'alerts', pane: paneIdOf('alerts', 'merged'), id }
    return { kind: 'details', view: 'topology', pane: node.pane, id: node.node.id }
  },
  body: topologyBody,
  details: (state, _cluster, _details, screen) => detailLines(state, screen),
}

const NO_DATABASE = {
  renameBlocked: 'it is no database: it can’t be renamed',
  detailsBlocked: 'no further details: it is no database',
} as const
const NOT_WATCHED = {
  renameBlocked: 'this end of the link is not watched: it can’t be renamed',
  detailsBlocked: 'this end of the link is not watched: add it to the config to see more',
} as const

function actedOn(row: TopologyRow): ViewRow {
  const { id } = row
  switch (row.kind) {
    case 'entry-point':
      return entryPointRow(row)
    case 'server':
    case 'database':
      return { id, subject: id }
    // Keys act on the owner of a slot or a file system.
    case 'alert':
      return { id, subject: row.alert.subject.owner, alert: row.alert, silence: row.muted?.id ?? null }
    case 'event':
      return { id, subject: row.event.subject.owner }
    case 'sender':
      return { id, subject: null, ...NO_DATABASE }
    case 'stranger':
      return {
        id,
        subject: null,
        ...(row.link.kind === 'archiver' && row.end === 'downstream' ? NO_DATABASE : NOT_WATCHED),
      }
  }
}

function entryPointRow({ id, entryPoint: { problem } }: EntryPointRow): ViewRow {
  return {
    id,
    subject: null,
    renameBlocked: 'it is no database: it can’t be renamed',
    ...(problem ? { problemText: problem.message } : {}),
  }
}
