// View 1: who serves, who stands by, which database follows which.

import { nodeOf, panesShown } from '../../state/select/cluster.ts'
import { DATABASE_ORDER, GREATEST_FIRST, SERVER_ORDER } from '../../state/select/order.ts'
import { rowsOf, type TopologyRow } from '../../state/select/rows.ts'
import { detailLines } from './details.ts'
import { topologyBody } from './topology-body.ts'
import { byColumns, type Pane, type Row, type View } from './view.ts'

const SERVERS: Pane = {
  id: 'servers',
  rowsAre: 'servers',
  ordering: byColumns('servers', Object.keys(SERVER_ORDER), GREATEST_FIRST),
}
const DATABASES: Pane = {
  id: 'databases',
  rowsAre: 'databases',
  ordering: byColumns('databases', Object.keys(DATABASE_ORDER), GREATEST_FIRST),
}
const EVENTS: Pane = { id: 'events', rowsAre: 'events', ordering: 'events are in the order of time' }
const PANES: readonly Pane[] = [SERVERS, DATABASES, EVENTS]

export const topology: View = {
  id: 'topology',
  key: '1',
  title: 'topology',
  needs: [],
  enter: 'details',
  guide: [
    'SERVERS n/m: n of the m configured application servers are connected to the database now.',
    'LAG: bytes of WAL (and seconds) between the source and what a standby has replayed.',
    'TL: the timeline, one more after each promotion. (found): seen by pgdeck, not in the configuration.',
  ],
  panes(_state, cluster) {
    const shown = panesShown(cluster)
    return PANES.filter(({ id }) => shown.includes(id))
  },
  rows: (state, cluster, pane) => rowsOf(state, cluster, pane).map(actedOn),
  opens(_state, { picture }, _pane, { subject, nameless }) {
    if (nameless !== undefined) {
      return { kind: 'nothing', reason: 'this end of the link is not watched: add it to the config to see more' }
    }
    const node = picture && subject !== null ? nodeOf(picture, subject) : null
    if (!node) return { kind: 'nothing', reason: 'this is about the cluster as a whole: there are no details of it' }
    return { kind: 'details', view: 'topology', pane: node.pane, id: node.node.id }
  },
  body: topologyBody,
  details: (state, _cluster, _details, screen) => detailLines(state, screen),
}

function actedOn(row: TopologyRow): Row {
  const { id } = row
  switch (row.kind) {
    case 'server':
    case 'database':
      return { id, subject: id }
    case 'alert':
      return { id, subject: row.alert.subject, alert: row.alert, silence: row.muted?.id ?? null }
    case 'event':
      return { id, subject: row.event.subject }
    case 'stranger':
      return { id, subject: null, nameless: 'this end of the link is not watched: it has no name to keep' }
  }
}
