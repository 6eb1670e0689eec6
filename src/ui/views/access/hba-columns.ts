// The columns of the access view that are about pg_hba.conf.

import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import {
  HBA_RESULT_ORDER,
  hbaAddressText,
  hbaDatabaseText,
  hbaResultSpan,
  hbaStateSpan,
  hbaUserText,
} from '../../frame/format/hba.ts'
import { span } from '../../frame/format/line.ts'
import { age, count, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn } from '../list/list-options.ts'
import { COUNT_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import {
  type EncryptionRow,
  encryptedApplication,
  encryptionText,
  type HbaEntryRow,
  type HbaNodeRow,
} from './hba-rows.ts'

export const HBA_ENTRY_COLUMNS: readonly ListColumn<HbaEntryRow>[] = [
  {
    ...nameColumn('name', 'WHO', 0, 6, 20),
    cell: ({ entry: { connection } }) => span(connection.from),
    order: ({ entry: { connection } }) => connection.from.toLowerCase(),
  },
  {
    ...textColumn('need', 'NEEDS', 2, 8, 18),
    cell: ({ entry: { connection } }) => span(connection.kind, 'dim'),
    order: ({ entry: { connection } }) => connection.kind,
  },
  {
    ...nameColumn('on', 'ON', 0, 6, 20),
    cell: ({ entry: { connection } }) => span(connection.to),
    order: ({ entry: { connection } }) => connection.to.toLowerCase(),
  },
  {
    ...nameColumn('user', 'USER', 3, 8, 20),
    cell: ({ entry: { connection } }) => span(hbaUserText(connection)),
    order: ({ entry: { connection } }) => connection.user.value,
  },
  {
    ...nameColumn('database', 'DATABASE', 6, 8, 16),
    cell: ({ entry: { connection } }) => span(hbaDatabaseText(connection)),
    order: ({ entry: { connection } }) => hbaDatabaseText(connection),
  },
  {
    ...nameColumn('from', 'FROM', 4, 9, 39),
    cell: ({ entry: { connection } }) => span(hbaAddressText(connection)),
    order: ({ entry: { connection } }) => hbaAddressText(connection),
  },
  {
    ...textColumn('result', 'RESULT', 0, 10, 10),
    cell: ({ entry }, { screen }) => hbaResultSpan(entry, screen.glyphs),
    sortLabels: WORST_LEAST_ORDER,
    order: ({ entry }) => HBA_RESULT_ORDER[entry.result],
  },
  {
    ...figureColumn('line', 'LINE', 1, 4),
    cell: ({ entry: { decision } }) => span(decision?.line == null ? '' : String(decision.line)),
    order: ({ entry: { decision } }) => decision?.line ?? null,
  },
  { ...restColumn('rule', 'DECIDING LINE, OR THE LINE TO ADD', 0, 20), cell: ({ entry }) => span(hbaRuleText(entry)) },
]

/** The deciding line as written, with `+` the one to add, else why there is neither. */
export function hbaRuleText({ decision, proposal, message }: HbaAuditEntry): string {
  if (proposal) return `+ ${proposal.line.replace(/\s+/g, ' ')}`
  return decision?.rule?.replace(/\s+/g, ' ') ?? message
}

const SEVERITY_WEIGHT = { critical: 0, warning: 1, unknown: 2, ok: 3 } as const

export const HBA_NODE_COLUMNS: readonly ListColumn<HbaNodeRow>[] = [
  { ...nameColumn('name', 'NAME', 0, 6, 20), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  { ...textColumn('what', 'WHAT', 2, 8, 16), cell: ({ what }) => span(what, 'dim'), order: ({ what }) => what },
  {
    ...textColumn('state', 'RULES', 0, 10, 10),
    cell: ({ node }, { screen }) => (node ? hbaStateSpan(node, screen.glyphs) : span('')),
    sortLabels: WORST_LEAST_ORDER,
    order: ({ node }) => (node ? SEVERITY_WEIGHT[node.severity] : null),
  },
  {
    ...figureColumn('good', 'ADMITS', 0, 6),
    cell: (row) => span(`${count(tally(row, ['good', 'weak']))}/${row.audit.entries.length}`),
    sortLabels: COUNT_ORDER,
    order: (row) => tally(row, ['good', 'weak']),
    greatestFirst: true,
  },
  {
    ...figureColumn('refused', 'REFUSED', 0, 7),
    cell: (row) => {
      const refused = tally(row, ['missing', 'rejected', 'fails'])
      return span(count(refused), refused > 0 ? 'warning' : 'plain')
    },
    sortLabels: COUNT_ORDER,
    order: (row) => tally(row, ['missing', 'rejected', 'fails']),
    greatestFirst: true,
  },
  {
    ...figureColumn('unknown', 'UNKNOWN', 1, 7),
    cell: (row) => span(count(tally(row, ['unknown']))),
    sortLabels: COUNT_ORDER,
    order: (row) => tally(row, ['unknown']),
    greatestFirst: true,
  },
  {
    ...figureColumn('read', 'READ', 3, 5),
    cell: ({ node }, { now }) => span(!node ? '' : node.reading ? age(node.reading.readAt, now) : 'never'),
  },
  { ...restColumn('why', 'WHY', 0, 16), cell: ({ node }) => span(node?.message ?? '') },
]

function tally({ audit }: HbaNodeRow, results: readonly HbaAuditEntry['result'][]): number {
  return audit.entries.filter(({ result }) => results.includes(result)).length
}

export const ENCRYPTION_COLUMNS: readonly ListColumn<EncryptionRow>[] = [
  {
    ...nameColumn('name', 'DATABASE', 0, 8, 20),
    cell: ({ queryResult }) => span(queryResult.name),
    order: ({ queryResult }) => queryResult.name.toLowerCase(),
  },
  {
    ...nameColumn('who', 'WHO', 0, 8, 24),
    cell: (row) => span(encryptedApplication(row)),
    order: encryptedApplication,
  },
  { ...textColumn('kind', 'KIND', 4, 6, 11), cell: ({ client }) => span(client.kind, 'dim') },
  {
    ...nameColumn('user', 'USER', 1, 6, 20),
    cell: ({ client }) => span(client.user),
    order: ({ client }) => client.user,
  },
  {
    ...nameColumn('to', 'CONNECTED TO', 3, 8, 16),
    cell: ({ client }) => span(client.database ?? ''),
    order: ({ client }) => client.database,
  },
  {
    ...nameColumn('from', 'FROM', 2, 9, 39),
    cell: ({ client }) => span(client.address ?? 'socket'),
    order: ({ client }) => client.address,
  },
  {
    ...textColumn('tls', 'TLS', 0, 7, 8),
    cell: ({ client }) => span(encryptionText(client), encryptionText(client) === 'none' ? 'warning' : 'plain'),
    order: ({ client }) => encryptionText(client),
  },
  {
    ...figureColumn('sessions', 'SESSIONS', 0, 8),
    cell: ({ client }) => span(count(client.count)),
    sortLabels: COUNT_ORDER,
    order: ({ client }) => client.count,
    greatestFirst: true,
  },
  {
    ...figureColumn('read', 'READ', 1, 5),
    cell: ({ queryResult }, { now }) => span(queryResult.at === null ? UNKNOWN_TEXT : age(queryResult.at, now)),
  },
]
