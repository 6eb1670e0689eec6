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
import { figureColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
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
    ...textColumn('name', 'WHO', 0, 6, 20),
    cell: ({ entry: { connection: need } }) => span(need.from),
    order: ({ entry: { connection: need } }) => need.from.toLowerCase(),
  },
  {
    ...textColumn('need', 'NEEDS', 2, 8, 18),
    cell: ({ entry: { connection: need } }) => span(need.kind, 'dim'),
    order: ({ entry: { connection: need } }) => need.kind,
  },
  {
    ...textColumn('on', 'ON', 0, 6, 20),
    cell: ({ entry: { connection: need } }) => span(need.to),
    order: ({ entry: { connection: need } }) => need.to.toLowerCase(),
  },
  {
    ...textColumn('user', 'USER', 3, 8, 20),
    cell: ({ entry: { connection: need } }) => span(hbaUserText(need)),
    order: ({ entry: { connection: need } }) => need.user.value,
  },
  {
    ...textColumn('database', 'DATABASE', 6, 8, 16),
    cell: ({ entry: { connection: need } }) => span(hbaDatabaseText(need)),
    order: ({ entry: { connection: need } }) => hbaDatabaseText(need),
  },
  {
    ...textColumn('from', 'FROM', 4, 9, 39),
    cell: ({ entry: { connection: need } }) => span(hbaAddressText(need)),
    order: ({ entry: { connection: need } }) => hbaAddressText(need),
  },
  {
    ...textColumn('result', 'RESULT', 0, 10, 10),
    cell: ({ entry }, { screen }) => hbaResultSpan(entry, screen.glyphs),
    sortLabels: WORST_LEAST_ORDER,
    order: ({ entry }) => HBA_RESULT_ORDER[entry.result],
  },
  {
    ...figureColumn('line', 'LINE', 1, 4),
    cell: ({ entry: { decision: verdict } }) => span(verdict?.line == null ? '' : String(verdict.line)),
    order: ({ entry: { decision: verdict } }) => verdict?.line ?? null,
  },
  { ...restColumn('rule', 'DECIDING LINE, OR THE LINE TO ADD', 0, 20), cell: ({ entry }) => span(hbaRuleText(entry)) },
]

/** The deciding line as it stands, with `+` the one to add, else why there is neither. */
export function hbaRuleText({ decision: verdict, proposal, message }: HbaAuditEntry): string {
  if (proposal) return `+ ${proposal.line.replace(/\s+/g, ' ')}`
  return verdict?.rule?.replace(/\s+/g, ' ') ?? message
}

const SEVERITY_WEIGHT = { critical: 0, warning: 1, unknown: 2, ok: 3 } as const

export const HBA_NODE_COLUMNS: readonly ListColumn<HbaNodeRow>[] = [
  { ...textColumn('name', 'NAME', 0, 6, 20), cell: ({ name }) => span(name), order: ({ name }) => name.toLowerCase() },
  { ...textColumn('what', 'WHAT', 2, 8, 16), cell: ({ what }) => span(what, 'dim'), order: ({ what }) => what },
  {
    ...textColumn('state', 'RULES', 0, 10, 10),
    cell: ({ node }, { screen }) => (node ? hbaStateSpan(node, screen.glyphs) : span('')),
    sortLabels: WORST_LEAST_ORDER,
    order: ({ node }) => (node ? SEVERITY_WEIGHT[node.severity] : null),
  },
  {
    ...figureColumn('good', 'LET IN', 0, 6),
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
    ...textColumn('name', 'DATABASE', 0, 8, 20),
    cell: ({ queryResult: looked }) => span(looked.name),
    order: ({ queryResult: looked }) => looked.name.toLowerCase(),
  },
  {
    ...textColumn('who', 'WHO', 0, 8, 24),
    cell: (row) => span(encryptedApplication(row)),
    order: encryptedApplication,
  },
  { ...textColumn('kind', 'KIND', 4, 6, 11), cell: ({ client: entrant }) => span(entrant.kind, 'dim') },
  {
    ...textColumn('user', 'USER', 1, 6, 20),
    cell: ({ client: entrant }) => span(entrant.user),
    order: ({ client: entrant }) => entrant.user,
  },
  {
    ...textColumn('to', 'CONNECTED TO', 3, 8, 16),
    cell: ({ client: entrant }) => span(entrant.database ?? ''),
    order: ({ client: entrant }) => entrant.database,
  },
  {
    ...textColumn('from', 'FROM', 2, 9, 39),
    cell: ({ client: entrant }) => span(entrant.address ?? 'socket'),
    order: ({ client: entrant }) => entrant.address,
  },
  {
    ...textColumn('tls', 'TLS', 0, 7, 8),
    cell: ({ client: entrant }) =>
      span(encryptionText(entrant), encryptionText(entrant) === 'none' ? 'warning' : 'plain'),
    order: ({ client: entrant }) => encryptionText(entrant),
  },
  {
    ...figureColumn('sessions', 'SESSIONS', 0, 8),
    cell: ({ client: entrant }) => span(count(entrant.count)),
    sortLabels: COUNT_ORDER,
    order: ({ client: entrant }) => entrant.count,
    greatestFirst: true,
  },
  {
    ...figureColumn('read', 'READ', 1, 5),
    cell: ({ queryResult: looked }, { now }) => span(looked.at === null ? UNKNOWN_TEXT : age(looked.at, now)),
  },
]
