// The recent lag of a link, from the readings of both its ends.

import { HISTORY_LENGTH } from '../../../model/measured/snapshot.ts'
import { formatBytes, formatSeconds } from '../../../model/values/units.ts'
import { linkHistories } from '../../../state/select/lag-histories.ts'
import { EMPTY_LINE, type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { unexchangedText } from '../../frame/format/mirroring.ts'
import { lagStageText } from '../../frame/format/status-text.ts'
import { age, bytes } from '../../frame/format/values.ts'
import { type ChartOptions, type ChartPoint, chart } from '../../frame/parts/chart.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { lagCurveLines } from '../../frame/parts/lag-curves.ts'
import type { ListContext } from '../list/list-options.ts'
import { WIDE } from './columns.ts'
import type { ExchangeRow, ReplicationRow } from './exchange-rows.ts'
import type { LinkRow } from './rows.ts'

/** A first reading is no curve. */
const SHORTEST_MS = 30_000
const INDENT = 3
const CHART_ROWS = 8
/** Lines of the curve below the table, including its time axis. */
const TALLEST = 14
/** One cell for each kept reading: there are no more points to draw. */
const LONGEST = HISTORY_LENGTH + 12
/** A lag that never exceeded this is drawn flat, in bytes. */
const CALM_BYTES = 64 * 1024

/** The lag curve as a section of the details. */
export function lagCurveSection(row: LinkRow, context: ListContext): DetailSection {
  const { points, text } = pastOf(row, context)
  if (points.length < 2) return { title: 'RECENT LAG', age: '', fields: detailField('curve', 'too few readings yet') }
  const drawn = curve(points, context, CHART_ROWS + 2, inBytes(context))
  return { title: 'RECENT LAG', age: text, fields: drawn.length > 0 ? drawn : detailField('lately', text) }
}

/** Below the table: the curves of all links where the table has no room for them, and the one of the selected link in full. */
export function lagCurvePreview(row: ReplicationRow, context: ListContext, room: number): readonly Line[] {
  if (row.kind === 'exchange') return exchangeCurve(row, context, room)
  const { cluster, screen } = context
  const isBeside = screen.columns >= WIDE || linkHistories(cluster).length < 2
  const all = isBeside ? [] : lagCurveLines(cluster, { width: screen.columns, height: room }, screen.glyphs)
  const between = all.length === 0 ? [] : [...all, EMPTY_LINE]
  const selected = selectedCurve(row, context, room - between.length)
  return selected.length === 0 ? all : [...between, ...selected]
}

/** What waits of one direction of a mirrored pair. */
function exchangeCurve(
  { curve: { history }, exchange, toName }: ExchangeRow,
  context: ListContext,
  room: number,
): readonly Line[] {
  const points = history.lags.map(({ at, bytes: value }) => ({ at, value }))
  const isCounted = exchange.readBy === 'query' && exchange.behindChanges !== null
  const form = isCounted ? IN_CHANGES : inBytes(context)
  const drawn = points.length < 2 ? [] : curve(points, context, Math.min(room - 1, TALLEST), form)
  if (drawn.length === 0) return []
  const title: Line = [span(` NOT YET AT ${toName}`, 'title'), span(`  now ${unexchangedText(exchange)}`, 'dim')]
  return [title, ...drawn.map((each): Line => [span(' '.repeat(INDENT)), ...each])]
}

function selectedCurve(row: LinkRow, context: ListContext, room: number): readonly Line[] {
  const { points, text } = pastOf(row, context)
  const drawn = points.length < 2 ? [] : curve(points, context, Math.min(room - 1, TALLEST), inBytes(context))
  if (drawn.length === 0) return []
  const title: Line = [span(` LAG OF ${row.link.downstreamName}`, 'title'), span(`  ${text}`, 'dim')]
  return [title, ...drawn.map((each): Line => [span(' '.repeat(INDENT)), ...each])]
}

function pastOf({ link, history }: LinkRow, { now, state, screen }: ListContext): LagHistory {
  const points = history.lags.map(({ at, bytes: value }) => ({ at, value }))
  const known = points.filter(({ value }) => value !== null)
  const last = known.at(-1)
  if (!last) return { points: [], text: '' }
  const isOld = now - last.at > 2 * state.intervalMs
  const most = Math.max(...known.map(({ value }) => value ?? 0))
  const figure = lagStageText(last.value, link.lag, screen.glyphs)
  const latest = isOld ? `${figure} when last read, ${age(last.at, now)} ago` : `now ${figure}`
  // If the upstream can't be read, nobody knows its position.
  const peak = link.lag.atLeast ? 'seen up to' : 'at most'
  return { points: known.length < 2 ? [] : points, text: `${peak} ${bytes(most)}, ${latest}` }
}

interface LagHistory {
  readonly points: readonly ChartPoint[]
  /** The figures in words. */
  readonly text: string
}

/** How the values of a curve are written and coloured. */
type CurveForm = Pick<ChartOptions, 'floor' | 'label' | 'style'>

function inBytes({ cluster }: ListContext): CurveForm {
  const { warning, critical } = cluster.spec.thresholds.replicationLagBytes
  return {
    floor: CALM_BYTES,
    label: formatBytes,
    style: (value): TextStyle => (value >= critical ? 'critical' : value >= warning ? 'warning' : 'plain'),
  }
}

const IN_CHANGES: CurveForm = { floor: 10, label: (value) => String(Math.round(value)), style: () => 'plain' }

function curve(
  points: readonly ChartPoint[],
  { now, screen }: ListContext,
  height: number,
  form: CurveForm,
): readonly Line[] {
  const { glyphs, columns } = screen
  return chart({
    shortestMs: SHORTEST_MS,
    ...form,
    points,
    now,
    width: Math.min(columns - INDENT - 1, LONGEST),
    height,
    levels: glyphs.levels,
    rule: glyphs.rule,
    side: glyphs.trunk,
    ago: formatSeconds,
  })
}
