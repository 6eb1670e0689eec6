// The columns of the replication view for both kinds of rows: links, and the directions of a mirrored pair.

import type { Mirroring } from '../../../model/picture/picture.ts'
import type { SortKey } from '../../../state/select/filter-sort.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { age, bytes, count, perSecond, plural, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { lagCurveSpans } from '../../frame/parts/lag-curves.ts'
import { cellOfRuns, figureColumn, type TableCell } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { DURATION_ORDER, RATE_ORDER } from '../list/sort-labels.ts'
import { catchUpSpan, curveWidth, LINK_COLUMNS, WIDE } from './columns.ts'
import type { ExchangeRow, ReplicationRow } from './exchange-rows.ts'
import type { LinkRow } from './rows.ts'

interface ExchangeColumn {
  cell(row: ExchangeRow, context: ListContext): TableCell
  order?(row: ExchangeRow): SortKey
}

const STATE_WEIGHT: Readonly<Record<Mirroring['state'], number>> = { cut: 0, unknown: 1, merging: 5, flowing: 8 }

/** By id of the column of links; the others are empty. */
const OF_EXCHANGE: Readonly<Record<string, ExchangeColumn>> = {
  link: {
    cell: ({ fromName, toName }, { screen }) => span(`${fromName} ${screen.glyphs.arrow} ${toName}`),
    order: ({ fromName, toName }) => `${fromName} ${toName}`.toLowerCase(),
  },
  state: { cell: exchangeStateSpan, order: ({ exchange }) => STATE_WEIGHT[exchange.state] },
  sync: { cell: () => span('mirror'), order: () => 'mirror' },
  slot: {
    cell: ({ exchange }) => span(exchange.readBy === 'query' ? 'exchange.sql' : (exchange.slot ?? '')),
    order: ({ exchange }) => exchange.slot,
  },
  behind: { cell: behindSpan, order: ({ exchange }) => exchange.behindBytes ?? exchange.behindChanges },
  curve: { cell: (row, context) => cellOfRuns(curveOf(row, context)) },
  'catch up': {
    cell: (row, { screen }) => catchUpSpan(row.catchUp, null, screen.columns < WIDE),
    order: ({ catchUp }) => (typeof catchUp === 'number' ? catchUp : catchUp === null ? null : Number.MAX_VALUE),
  },
}

export const REPLICATION_COLUMNS: readonly ListColumn<ReplicationRow>[] = [
  ...LINK_COLUMNS.map(forBoth),
  {
    ...figureColumn('rate', 'GROWS BY', 6, 11),
    cell: (row) => (row.kind === 'exchange' ? rateSpan(row) : span('')),
    sortLabels: RATE_ORDER,
    order: (row) => (row.kind === 'exchange' ? row.rate : null),
    greatestFirst: true,
  },
  {
    ...figureColumn('since', 'SINCE', 2, 6),
    cell: (row, { now }) => span(row.kind === 'exchange' ? age(row.exchange.since, now) : ''),
    sortLabels: DURATION_ORDER,
    order: (row) => (row.kind === 'exchange' ? row.exchange.since : null),
  },
]

function forBoth({ cell, order, ...shape }: ListColumn<LinkRow>): ListColumn<ReplicationRow> {
  const other = OF_EXCHANGE[shape.id]
  return {
    ...shape,
    cell: (row, context) => (row.kind === 'link' ? cell(row, context) : (other?.cell(row, context) ?? span(''))),
    ...(order
      ? { order: (row: ReplicationRow) => (row.kind === 'link' ? order(row) : (other?.order?.(row) ?? null)) }
      : {}),
  }
}

/** The state of a direction with the mark of its severity. */
export function exchangeStateSpan({ exchange: { state } }: ExchangeRow, { screen }: ListContext): TextSpan {
  const mark = state === 'flowing' ? 'ok' : state === 'unknown' ? 'unknown' : 'warning'
  return span(`${screen.glyphs[mark]} ${state}`, mark === 'unknown' ? 'warning' : mark)
}

/** `57 changes  45 s`: what waits, and how old the oldest of it is. */
function behindSpan({ exchange }: ExchangeRow, { now }: ListContext): TextSpan {
  const { state, oldestAt, behindChanges, behindBytes } = exchange
  const style = state === 'cut' || state === 'merging' ? 'warning' : 'plain'
  if (behindChanges === null) return span(bytes(behindBytes), style)
  const oldest = oldestAt === null ? '' : age(oldestAt, now)
  return span(`${plural(behindChanges, 'change')} ${oldest.padStart(6)}`, style)
}

function curveOf({ curve, exchange }: ExchangeRow, { screen }: ListContext): Line {
  const severity = exchange.state === 'cut' ? 'warning' : null
  const options = { width: curveWidth(screen), levels: screen.glyphs.levels, severity } as const
  return lagCurveSpans(curve.history, curve.scale, options)
}

function rateSpan({ rate, exchange }: ExchangeRow): TextSpan {
  return span(exchangeRateText(rate, exchange))
}

/** `+5 /s` in changes, `-1.2 MB/s` in bytes. */
export function exchangeRateText(rate: number | null, { readBy }: Mirroring): string {
  if (rate === null) return UNKNOWN_TEXT
  const sign = rate > 0 ? '+' : ''
  if (readBy === 'wal') return `${sign}${perSecond(rate)}`
  return `${sign}${count(Math.abs(rate) < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))} /s`
}
