// Storage, first pane: the size of each database's WAL, and when each slot is lost or has filled the disk.

import { countedText } from '../../../model/storage/archiver-stall.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { age, bytes, count, perSecond, plural, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, rowPreview } from '../list/list.ts'
import type { ListColumn, ListContext, ListRowStyle } from '../list/list-options.ts'
import { whyNoRows } from '../list/query-results.ts'
import { DUE_ORDER, REMAINING_ORDER, SIZE_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import { slotForecastText } from './text.ts'
import { walSections } from './wal-details.ts'
import { type SlotRow, slotRows, type WalRow, walRows } from './wal-rows.ts'

const NAME = 'WAL and slots'
const PANE = `storage:${NAME}`

const COLUMNS: readonly ListColumn<WalRow>[] = [
  { ...nameColumn('name', 'DATABASE / SLOT', 0, 15, 34), cell: nameSpan, order: ofSlot(({ slot }) => slot.name) },
  {
    ...textColumn('status', 'WAL STATUS', 0, 12, 14),
    cell: ofSlotSpan(slotStatusSpan),
    sortLabels: WORST_LEAST_ORDER,
    order: ofSlot(({ slot }) => STATUS_WEIGHT[slot.walStatus ?? 'none']),
  },
  {
    ...figureColumn('retains', 'RETAINS', 0, 8),
    cell: ofSlotSpan(({ slot }) => span(keepsText(slot))),
    sortLabels: SIZE_ORDER,
    order: ofSlot(({ slot }) => slot.retainedBytes),
    greatestFirst: true,
  },
  {
    ...figureColumn('safe', 'SAFE FOR', 4, 8),
    cell: ofSlotSpan(({ slot }) => span(safeText(slot.walStatus, slot.safeBytes))),
    sortLabels: REMAINING_ORDER,
    order: ofSlot(({ slot }) => slot.safeBytes),
  },
  {
    ...textColumn('until', 'AT THIS RATE', 0, 16, 36),
    cell: ofSlotSpan(forecastSpan),
    sortLabels: DUE_ORDER,
    order: ofSlot(({ forecast }) => ('seconds' in forecast ? forecast.seconds : null)),
  },
  { ...nameColumn('used', 'USED BY', 1, 12, 28), cell: ofSlotSpan(userSpan), order: ofSlot(userText) },
  { ...textColumn('type', 'TYPE', 6, 8, 8), cell: ofSlotSpan(({ slot }) => span(slot.type)) },
]

const STATUS_WEIGHT = { lost: 0, unreserved: 1, extended: 2, reserved: 3, none: 4 } as const

export const walPane = listPane<WalRow>({
  name: NAME,
  rowNoun: 'slots',
  columns: COLUMNS,
  // Slots are drawn below their database only in the natural order.
  rows: (state, cluster) => (state.navigation.sort[PANE] ? slotRows(cluster) : walRows(cluster)),
  search: (row) => [
    row.view.name,
    ...(row.kind === 'slot' ? [row.slot.name, row.slot.walStatus, userText(row), row.slot.type] : []),
  ],
  empty: (context) => whyNoRows(context, 'storage', 'no slot'),
  rowStyle,
  sections: walSections,
  preview: rowPreview(walSections),
  goneText: 'this slot is gone',
})

function ofSlot<Value>(pick: (row: SlotRow) => Value): (row: WalRow) => Value | null {
  return (row) => (row.kind === 'slot' ? pick(row) : null)
}

function ofSlotSpan(
  pick: (row: SlotRow, context: ListContext) => TextSpan,
): (row: WalRow, context: ListContext) => TextSpan {
  return (row, context) => (row.kind === 'slot' ? pick(row, context) : span(''))
}

function nameSpan(row: WalRow, { state, cluster, screen }: ListContext): TextSpan {
  if (row.kind === 'database') return span(row.view.name, 'strong')
  const { filter, sort } = state.navigation
  if (filter.trim() === '' && !sort[PANE]) {
    return span(`${row.isLast ? screen.glyphs.branch : screen.glyphs.fork} ${row.slot.name}`)
  }
  return span(cluster.databases.length > 1 ? `${row.view.name}/${row.slot.name}` : row.slot.name)
}

function rowStyle(row: WalRow, { screen, now }: ListContext): ListRowStyle {
  const { stale, readAt } = row.view
  if (row.kind === 'slot') return { stale }
  const old = stale && readAt !== null ? `${age(readAt, now)} old ${screen.glyphs.dot} ` : ''
  return {
    stale,
    note: { after: ['name'], span: span(`${old}${walText(row, screen.glyphs)}`, stale ? 'dim' : 'plain') },
  }
}

/** `4.2 MB/s · pg_wal 1.1 GB, 68 files · 80 GB free · max_wal_size 1 GB · slots keep 50 GB`: limits last. */
function walText({ rate, queryResult, freeBytes, view }: WalRow, { dot }: Glyphs): string {
  const { value } = queryResult
  const files = value?.walFiles == null ? '' : `, ${plural(value.walFiles, 'file')}`
  const keep = view.pulse?.maxSlotKeepBytes ?? null
  return [
    perSecond(rate),
    `pg_wal ${bytes(value?.walDirectoryBytes ?? null)}${files}${countedText(value?.listedAgeSeconds)}`,
    `${bytes(freeBytes)} free`,
    `max_wal_size ${bytes(value?.maxWalBytes ?? null)}`,
    ...(view.pulse ? [keep === null ? 'slots retain WAL without limit' : `slots retain at most ${bytes(keep)}`] : []),
  ].join(` ${dot} `)
}

/** A status without a present problem has no warning mark. */
function slotStatusSpan({ slot }: SlotRow, { screen: { glyphs } }: ListContext): TextSpan {
  switch (slot.walStatus) {
    case 'reserved':
      return span(`${glyphs.ok} reserved`, 'ok')
    case 'extended':
      return span(`${glyphs.idle} extended`)
    case 'unreserved':
      return span(`${glyphs.warning} unreserved`, 'warning')
    case 'lost':
      return span(`${glyphs.critical} lost`, 'critical')
    case null:
      return span(`${glyphs.idle} never used`)
  }
}

function keepsText({ walStatus, retainedBytes }: SlotRow['slot']): string {
  return walStatus === 'lost' || walStatus === null ? '' : bytes(retainedBytes)
}

function safeText(status: SlotRow['slot']['walStatus'], safe: number | null): string {
  if (status === 'lost' || status === null) return ''
  return safe === null ? 'no limit' : safe <= 0 ? 'no more' : bytes(safe)
}

function forecastSpan({ slot, forecast, trouble }: SlotRow): TextSpan {
  if (slot.walStatus === null) return span('')
  const style: TextStyle = trouble?.severity ?? (slot.active ? 'dim' : 'plain')
  const text = slotForecastText(forecast)
  // Its consumer reads it: the forecast applies from the moment the consumer stops.
  const isIf = slot.active && 'seconds' in forecast
  return span(isIf ? `${text} if it stops` : text, style === 'plain' && text === UNKNOWN_TEXT ? 'warning' : style)
}

function userSpan(row: SlotRow, { now }: ListContext): TextSpan {
  const { slot } = row
  if (slot.active) return span(userText(row) ?? UNKNOWN_TEXT)
  const since = slot.inactiveSince === null ? '' : ` for ${age(slot.inactiveSince, now)}`
  return span(`inactive${since}`, 'warning')
}

/** Its consumer: a watched database by its name, else the process; null if nobody uses it. */
function userText({ slot, user }: SlotRow): string | null {
  if (!slot.active) return null
  return user ?? (slot.activePid === null ? UNKNOWN_TEXT : `pid ${count(slot.activePid)}`)
}
