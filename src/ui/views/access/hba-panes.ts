// The panes of the access view that are about pg_hba.conf, asked of the databases only while it is open.

import type { HbaResult } from '../../../model/hba/audit/entry.ts'
import { MAX_POSSIBLE_PRIMARIES } from '../../../model/hba/required/all-connections.ts'
import { HBA_INTERVAL_MS } from '../../../model/measured/on-demand.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { listPane, paneIdOf } from '../list/list.ts'
import type { ListPane, Scene } from '../list/list-options.ts'
import { hiddenNotes } from '../list/missing-grants.ts'
import { isOld, lookedAt, lookNotes, whyNothing } from '../list/query-results.ts'
import { below } from '../list/row-preview.ts'
import { ENCRYPTION_COLUMNS, ENTRY_COLUMNS, NODE_COLUMNS, ruleText } from './hba-columns.ts'
import { entrySections } from './hba-details.ts'
import { nodeSections } from './hba-node-details.ts'
import {
  applicationOf,
  auditIn,
  type EncryptionRow,
  type EntryRow,
  encryptionRows,
  encryptionText,
  entryRows,
  HBA_PANE,
  NODES_PANE,
  type NodeRow,
  nodeRows,
  TLS_PANE,
} from './hba-rows.ts'

/** Sentences for `?`. */
export const HBA_GUIDE: readonly string[] = [
  'pg_hba: whether each database lets in what the topology needs, also after a failover; + is the line that is lacking.',
  'weak: a line lets it in that need not be so open. fails: a line lets it in, but the login can’t succeed.',
  `With more than ${MAX_POSSIBLE_PRIMARIES} databases only the primary and the next in line count as what may become the primary.`,
  '(likely): nobody was seen; it is what others of its kind use. enter shows each line and why it did not decide.',
]

/** Above the panes about pg_hba.conf: how it stands, then what this role may not see. Nothing above the others. */
export function hbaSummary(scene: Scene): readonly Line[] {
  const { cluster, state, screen } = scene
  const open = [HBA_PANE, NODES_PANE, TLS_PANE].some((name) => state.navigation.pane === paneIdOf('access', name))
  const audit = open ? auditIn(cluster) : null
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
      span(`, ${count('unknown')} not known`, 'dim'),
    ],
    ...lookNotes(scene, 'hba', HBA_INTERVAL_MS),
    ...hiddenNotes(hidden, screen),
  ]
}

function isStaleNode(id: string, scene: Scene): boolean {
  const looked = lookedAt(scene.cluster, 'hba').find(({ databaseId }) => databaseId === id)
  return looked !== undefined && looked.value !== null && isOld(looked, scene, HBA_INTERVAL_MS)
}

const nothing = (scene: Scene) => whyNothing(scene, 'hba', 'nothing needs to be let in here')

export const HBA_PANES: readonly ListPane[] = [
  listPane<EntryRow>({
    name: HBA_PANE,
    rowsAre: 'connections',
    columns: ENTRY_COLUMNS,
    rows: (_state, cluster) => entryRows(cluster),
    search: ({ entry }) => [entry.need.from, entry.need.to, entry.need.user.value, entry.result, ruleText(entry)],
    empty: nothing,
    look: ({ entry }, scene) => ({ stale: isStaleNode(entry.need.toId, scene) }),
    sections: entrySections,
    below: below(entrySections),
    gone: 'this connection is no longer needed',
  }),
  listPane<NodeRow>({
    name: NODES_PANE,
    rowsAre: 'nodes',
    columns: NODE_COLUMNS,
    rows: (_state, cluster) => nodeRows(cluster),
    search: ({ name, what, node }) => [name, what, node?.message ?? null],
    empty: nothing,
    look: ({ id, node }, scene) => ({ stale: node !== null && isStaleNode(id, scene) }),
    sections: nodeSections,
    below: below(nodeSections),
    gone: 'this node is no longer watched',
  }),
  listPane<EncryptionRow>({
    name: TLS_PANE,
    rowsAre: 'sessions',
    columns: ENCRYPTION_COLUMNS,
    rows: (_state, cluster) => encryptionRows(cluster),
    search: (row) => [
      row.looked.name,
      applicationOf(row),
      row.entrant.user,
      row.entrant.address,
      encryptionText(row.entrant),
    ],
    empty: (scene) => whyNothing(scene, 'hba', 'nobody is connected'),
    look: ({ looked }, scene) => ({ stale: isOld(looked, scene, HBA_INTERVAL_MS) }),
  }),
]
