// The panes of the access view about pg_hba.conf. The databases are asked only while one is open.

import type { HbaResult } from '../../../model/hba/audit/entry.ts'
import { MAX_POSSIBLE_PRIMARIES } from '../../../model/hba/required/all-connections.ts'
import { HBA_INTERVAL_MS } from '../../../model/measured/on-demand.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { listPane, paneIdOf, rowPreview } from '../list/list.ts'
import type { ListContext, ListPane } from '../list/list-options.ts'
import { isResultOld, missingGrantNotes, queryResultNotes, queryResultsOf, whyNoRows } from '../list/query-results.ts'
import { ENCRYPTION_COLUMNS, HBA_ENTRY_COLUMNS, HBA_NODE_COLUMNS, hbaRuleText } from './hba-columns.ts'
import { hbaEntrySections } from './hba-details.ts'
import { hbaNodeSections } from './hba-node-details.ts'
import {
  ENCRYPTION_PANE,
  type EncryptionRow,
  encryptedApplication,
  encryptionRows,
  encryptionText,
  HBA_NODES_PANE,
  HBA_PANE,
  type HbaEntryRow,
  type HbaNodeRow,
  hbaAuditIn,
  hbaEntryRows,
  hbaNodeRows,
} from './hba-rows.ts'

/** Sentences for `?`. */
export const HBA_GUIDE: readonly string[] = [
  'pg_hba: whether each database admits the connections that the topology needs, also after a failover; + is a missing line.',
  'weak: a line admits it but is too open. fails: a line admits it, but the login can’t succeed.',
  `With more than ${MAX_POSSIBLE_PRIMARIES} databases only the primary and the next in line count as what may become the primary.`,
  '(likely): no connection was seen; others of its kind use this. enter shows each line and why it did not decide.',
]

/** Above the panes about pg_hba.conf: the result, then what this role may not see. Nothing above the other panes. */
export function hbaSummary(context: ListContext): readonly Line[] {
  const { cluster, state, screen } = context
  const open = [HBA_PANE, HBA_NODES_PANE, ENCRYPTION_PANE].some(
    (name) => state.navigation.pane === paneIdOf('access', name),
  )
  const audit = open ? hbaAuditIn(cluster) : null
  if (!audit) return []
  const count = (...results: readonly HbaResult[]) =>
    audit.entries.filter(({ result }) => results.includes(result)).length
  const refused = count('missing', 'rejected', 'fails')
  const hidden = audit.nodes.map(({ name, missing }) => ({ name, missing }))
  return [
    [
      span(' pg_hba.conf  ', 'dim'),
      span(`${count('good')} good, ${count('weak')} weak, `),
      span(refused === 0 ? 'none refused' : `${refused} refused`, refused === 0 ? 'plain' : 'critical'),
      span(`, ${count('unknown')} unknown`, 'dim'),
    ],
    ...queryResultNotes(context, 'hba', HBA_INTERVAL_MS),
    ...missingGrantNotes(hidden, screen),
  ]
}

function isStaleNode(id: string, context: ListContext): boolean {
  const queryResult = queryResultsOf(context.cluster, 'hba').find(({ databaseId }) => databaseId === id)
  return queryResult !== undefined && queryResult.value !== null && isResultOld(queryResult, context, HBA_INTERVAL_MS)
}

const nothing = (context: ListContext) => whyNoRows(context, 'hba', 'no connection is needed here')

export const HBA_PANES: readonly ListPane[] = [
  listPane<HbaEntryRow>({
    name: HBA_PANE,
    rowNoun: 'connections',
    columns: HBA_ENTRY_COLUMNS,
    rows: (_state, cluster) => hbaEntryRows(cluster),
    search: ({ entry }) => [
      entry.connection.from,
      entry.connection.to,
      entry.connection.user.value,
      entry.result,
      hbaRuleText(entry),
    ],
    empty: nothing,
    rowStyle: ({ entry }, context) => ({ stale: isStaleNode(entry.connection.toId, context) }),
    sections: hbaEntrySections,
    preview: rowPreview(hbaEntrySections),
    goneText: 'this connection is no longer needed',
  }),
  listPane<HbaNodeRow>({
    name: HBA_NODES_PANE,
    rowNoun: 'nodes',
    columns: HBA_NODE_COLUMNS,
    rows: (_state, cluster) => hbaNodeRows(cluster),
    search: ({ name, what, node }) => [name, what, node?.message ?? null],
    empty: nothing,
    rowStyle: ({ id, node }, context) => ({ stale: node !== null && isStaleNode(id, context) }),
    sections: hbaNodeSections,
    preview: rowPreview(hbaNodeSections),
    goneText: 'this node is no longer watched',
  }),
  listPane<EncryptionRow>({
    name: ENCRYPTION_PANE,
    rowNoun: 'sessions',
    columns: ENCRYPTION_COLUMNS,
    rows: (_state, cluster) => encryptionRows(cluster),
    search: (row) => [
      row.queryResult.name,
      encryptedApplication(row),
      row.client.user,
      row.client.address,
      encryptionText(row.client),
    ],
    empty: (context) => whyNoRows(context, 'hba', 'no client is connected'),
    rowStyle: ({ queryResult }, context) => ({ stale: isResultOld(queryResult, context, HBA_INTERVAL_MS) }),
  }),
]
