// View 7: who must reach whom, and whether it works; ports and certificates.

import type { AccessStatus } from '../../../model/reachability/access-pairs.ts'
import { findNode } from '../../../state/select/cluster.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListContext, ListRowStyle } from '../list/list-options.ts'
import type { EnterTarget, ViewRow } from '../list/view.ts'
import { ACCESS_MATRIX_COLUMNS, ACCESS_PAIR_COLUMNS, CERTIFICATE_COLUMNS, PORT_COLUMNS } from './columns.ts'
import { accessClientSections, accessPairSections } from './details.ts'
import { HBA_GUIDE, HBA_PANES, hbaSummary } from './hba-panes.ts'
import {
  type AccessMatrixRow,
  type AccessPairRow,
  accessMatrixRows,
  accessPairRows,
  accessPairsIn,
  type CertificateRow,
  certificateRows,
  type PortRow,
  portRows,
} from './rows.ts'

export const accessView = listView({
  id: 'access',
  key: '7',
  title: 'access',
  needs: ['hba'],
  guide: [
    'ok: sessions, a stream or an answer prove it; AGE is the age of that. fails: for that long. ?: nothing proves it.',
    'uses: a server and its database; may use: after a failover; replicates from: a standby; watches, ssh: pgdeck itself.',
    'PORT is as seen from this host. Only its sessions show what another host can reach.',
    ...HBA_GUIDE,
    'The matrix shows as many columns as fit the screen; the list of pairs shows all.',
  ],
  summary: (context) => (context.picture ? [totals(context), ...hbaSummary(context)] : []),
  isKnown: ({ picture }) => picture !== null,
  panes: [
    listPane<AccessMatrixRow>({
      name: 'matrix',
      rowNoun: 'clients',
      columns: ACCESS_MATRIX_COLUMNS,
      rows: (_state, cluster) => accessMatrixRows(cluster),
      search: ({ from, pairs }) => [from, ...pairs.map(({ to }) => to)],
      empty: whyNone,
      sections: accessClientSections,
      goneText: 'this row is no longer watched',
    }),
    listPane<AccessPairRow>({
      name: 'needed pairs',
      rowNoun: 'pairs',
      columns: ACCESS_PAIR_COLUMNS,
      rows: (_state, cluster) => accessPairRows(cluster),
      search: ({ pair }) => [pair.from, pair.to, pair.purpose, pair.status, pair.evidence],
      empty: whyNone,
      sections: accessPairSections,
      goneText: 'this pair is no longer needed',
    }),
    listPane<PortRow>({
      name: 'ports',
      rowNoun: 'ports',
      columns: PORT_COLUMNS,
      rows: (_state, cluster) => portRows(cluster),
      search: ({ node, address, what }) => [node.name, address, what, String(node.port), node.problem?.message ?? null],
      empty: whyNone,
      rowStyle: ({ node }) => ({ stale: node.stale }),
      opens: opensNode,
    }),
    listPane<CertificateRow>({
      name: 'certificates',
      rowNoun: 'certificates',
      columns: CERTIFICATE_COLUMNS,
      rows: (_state, cluster) => certificateRows(cluster),
      search: ({ node, tls }) => [node.name, tls?.issuer ?? null, tls?.subject ?? null, tls?.problem ?? null],
      empty: (context) =>
        context.picture ? 'no application server is watched, and no database offers TLS' : whyNone(context),
      rowStyle: certificateLook,
      opens: opensNode,
    }),
    ...HBA_PANES,
  ],
})

function whyNone({ picture }: ListContext): string {
  return picture ? 'no pair is needed here' : 'waiting for the first answers'
}

/** The details of the node with the port or certificate. */
function opensNode({ id }: ViewRow, _state: State, { picture }: ClusterState): EnterTarget {
  const node = picture && findNode(picture, id)
  if (!node) return { kind: 'nothing', reason: 'it is no longer watched' }
  return { kind: 'details', view: 'topology', pane: node.pane, id }
}

function certificateLook({ tls, node }: CertificateRow): ListRowStyle {
  if (tls) return { stale: node.stale }
  const text = node.readAt === null ? 'not read yet' : 'it answers without TLS'
  return { note: { after: ['name'], span: span(text, 'dim') } }
}

function totals({ cluster }: ListContext): Line {
  const pairs = accessPairsIn(cluster)
  const count = (status: AccessStatus) => pairs.filter((pair) => pair.status === status).length
  const failing = count('fails')
  return [
    span(' Needed pairs  ', 'dim'),
    span(`${count('ok')} ok`),
    span(', '),
    span(failing === 0 ? 'none fails' : `${failing} fail`, failing === 0 ? 'plain' : 'critical'),
    span(`, ${count('unknown')} unknown`, 'dim'),
  ]
}
