// The columns of the access view that are about pg_hba.conf.

import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import { databaseText, RESULT_ORDER, resultSpan, stateSpan, userText, whereText } from '../../frame/format/hba.ts'
import { span } from '../../frame/format/line.ts'
import { age, count, UNKNOWN } from '../../frame/format/values.ts'
import { figures, rest, words } from '../../frame/parts/table.ts'
import type { ListColumn } from '../list/list-options.ts'
import { COUNTS, WORST_LEAST } from '../list/sort-labels.ts'
import { applicationOf, type EncryptionRow, type EntryRow, encryptionText, type NodeRow } from './hba-rows.ts'

export const ENTRY_COLUMNS: readonly ListColumn<EntryRow>[] = [
  {
    ...words('name', 'WHO', 0, 6, 20),
    cell: ({ entry: { need } }) => span(need.from),
    order: ({ entry: { need } }) => need.from.toLowerCase(),
  },
  {
    ...words('need', 'NEEDS', 2, 8, 18),
    cell: ({ entry: { need } }) => span(need.kind, 'dim'),
    order: ({ entry: { need } }) => need.kind,
  },
  {
    ...words('on', 'ON', 0, 6, 20),
    cell: ({ entry: { need } }) => span(need.to),
    order: ({ entry: { need } }) => need.to.toLowerCase(),
  },
  {
    ...words('user', 'USER', 3, 8, 20),
    cell: ({ entry: { need } }) => span(userText(need)),
    order: ({ entry: { need } }) => need.user.value,
  },
  {
    ...words('database', 'DATABASE', 6, 8, 16),
    cell: ({ entry: { need } }) => span(databaseText(need)),
    order: ({ entry: { need } }) => databaseText(need),
  },
  {
    ...words('from', 'FROM', 4, 9, 39),
    cell: ({ entry: { need } }) => span(whereText(need)),
    order: ({ entry: { need } }) => whereText(need),
  },
  {
    ...words('result', 'RESULT', 0, 10, 10),
    cell: ({ entry }, { screen }) => resultSpan(entry, screen.glyphs),
    reads: WORST_LEAST,
    order: ({ entry }) => RESULT_ORDER[entry.result],
  },
  {
    ...figures('line', 'LINE', 1, 4),
    cell: ({ entry: { verdict } }) => span(verdict?.line == null ? '' : String(verdict.line)),
    order: ({ entry: { verdict } }) => verdict?.line ?? null,
  },
  { ...rest('rule', 'DECIDING LINE, OR THE LINE TO ADD', 0, 20), cell: ({ entry }) => span(ruleText(entry)) },
]

/** The deciding line as it stands, with `+` the one to add, else why there is neither. */
export function ruleText({ verdict, proposal, message }: HbaAuditEntry): string {
  if (proposal) return `+ ${proposal.line.replace(/\s+/g, ' ')}`
  return verdict?.rule?.replace(/\s+/g, ' ') ?? message
}

const SEVERITY_WEIGHT = { critical: 0, warning: 1, unknown: 2, ok: 3 } as const

export const NODE_COLUMNS: readonly ListColumn<NodeRow>[] = [
  { ...words('name', 'NAME', 0, 6, 20), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  { ...words('what', 'WHAT', 2, 8, 16), cell: ({ what }) => span(what, 'dim'), order: ({ what }) => what },
  {
    ...words('state', 'RULES', 0, 10, 10),
    cell: ({ node }, { screen }) => (node ? stateSpan(node, screen.glyphs) : span('')),
    reads: WORST_LEAST,
    order: ({ node }) => (node ? SEVERITY_WEIGHT[node.severity] : null),
  },
  {
    ...figures('good', 'LET IN', 0, 6),
    cell: (row) => span(`${count(tally(row, ['good', 'weak']))}/${row.audit.entries.length}`),
    reads: COUNTS,
    order: (row) => tally(row, ['good', 'weak']),
    greatestFirst: true,
  },
  {
    ...figures('refused', 'REFUSED', 0, 7),
    cell: (row) => {
      const refused = tally(row, ['missing', 'rejected', 'fails'])
      return span(count(refused), refused > 0 ? 'warning' : 'plain')
    },
    reads: COUNTS,
    order: (row) => tally(row, ['missing', 'rejected', 'fails']),
    greatestFirst: true,
  },
  {
    ...figures('unknown', 'UNKNOWN', 1, 7),
    cell: (row) => span(count(tally(row, ['unknown']))),
    reads: COUNTS,
    order: (row) => tally(row, ['unknown']),
    greatestFirst: true,
  },
  {
    ...figures('read', 'READ', 3, 5),
    cell: ({ node }, { now }) => span(!node ? '' : node.sight ? age(node.sight.readAt, now) : 'never'),
  },
  { ...rest('why', 'WHY', 0, 16), cell: ({ node }) => span(node?.message ?? '') },
]

function tally({ audit }: NodeRow, results: readonly HbaAuditEntry['result'][]): number {
  return audit.entries.filter(({ result }) => results.includes(result)).length
}

export const ENCRYPTION_COLUMNS: readonly ListColumn<EncryptionRow>[] = [
  {
    ...words('name', 'DATABASE', 0, 8, 20),
    cell: ({ looked }) => span(looked.name),
    order: ({ looked }) => looked.name.toLowerCase(),
  },
  { ...words('who', 'WHO', 0, 8, 24), cell: (row) => span(applicationOf(row)), order: applicationOf },
  { ...words('kind', 'KIND', 4, 6, 11), cell: ({ entrant }) => span(entrant.kind, 'dim') },
  {
    ...words('user', 'USER', 1, 6, 20),
    cell: ({ entrant }) => span(entrant.user),
    order: ({ entrant }) => entrant.user,
  },
  {
    ...words('to', 'CONNECTED TO', 3, 8, 16),
    cell: ({ entrant }) => span(entrant.database ?? ''),
    order: ({ entrant }) => entrant.database,
  },
  {
    ...words('from', 'FROM', 2, 9, 39),
    cell: ({ entrant }) => span(entrant.address ?? 'socket'),
    order: ({ entrant }) => entrant.address,
  },
  {
    ...words('tls', 'TLS', 0, 7, 8),
    cell: ({ entrant }) => span(encryptionText(entrant), encryptionText(entrant) === 'none' ? 'warning' : 'plain'),
    order: ({ entrant }) => encryptionText(entrant),
  },
  {
    ...figures('sessions', 'SESSIONS', 0, 8),
    cell: ({ entrant }) => span(count(entrant.count)),
    reads: COUNTS,
    order: ({ entrant }) => entrant.count,
    greatestFirst: true,
  },
  {
    ...figures('read', 'READ', 1, 5),
    cell: ({ looked }, { now }) => span(looked.at === null ? UNKNOWN : age(looked.at, now)),
  },
]
