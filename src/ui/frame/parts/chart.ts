// A figure over time as an area of block characters, with a scale on its left and the time below.

import { cutLine, fitText, type Line, span, type TextSpan, type TextStyle } from '../format/line.ts'

export interface ChartPoint {
  readonly at: number
  /** null: a gap. */
  readonly value: number | null
}

export interface ChartOptions {
  /** Oldest first. */
  readonly points: readonly ChartPoint[]
  readonly now: number
  /** The size in cells, including the scale, and in lines, including the two of the time. */
  readonly width: number
  readonly height: number
  /** The glyphs' levels, from lowest to highest. Without levels there is no chart. */
  readonly levels: string
  readonly rule: string
  readonly side: string
  /** Of the unit of the values: 1000, or 1024 for bytes, which is the default. */
  readonly kilo?: number
  /** The smallest maximum of the scale: noise stays flat. */
  readonly floor: number
  /** The time that the chart covers at least. Its older part stays empty then: a first reading is no curve. */
  readonly shortestMs?: number
  label(value: number): string
  /** A duration as text, from seconds. */
  ago(seconds: number): string
  /** The style of a column, by its value. */
  style(value: number): TextStyle
}

const SCALE = 9
/** A reading covers this many usual distances between readings. A longer distance is a gap. */
const HELD = 2.5

/** The chart in exactly `height` lines; none if the space is too small. */
export function chart(options: ChartOptions): readonly Line[] {
  const { points, now, height, levels, rule, side } = options
  const first = points.find(({ value }) => value !== null)
  const columns = options.width - SCALE - 2
  const rows = height - 2
  if (!first || levels === '' || columns < 10 || rows < 2) return []
  const from = Math.min(first.at, now - (options.shortestMs ?? 0))
  const values = greatestByColumn(points, from, now, columns)
  const top = niceTop(Math.max(options.floor, ...values.map((value) => value ?? 0)), options.kilo)
  const lines = Array.from({ length: rows }, (_, row): Line => {
    const isMiddle = rows % 2 === 0 && row === rows / 2
    const text = row === 0 ? options.label(top) : isMiddle ? options.label(top / 2) : ''
    const cells = values.map((value) => cell(value, top, rows, rows - 1 - row, levels))
    return [span(`${fitText(text, SCALE, 'right')} ${side}`, 'dim'), ...runs(cells, values, options)]
  })
  const oldest = `${options.ago((now - from) / 1000)} ago`
  const room = Math.max(1, columns - oldest.length - 3)
  return [
    ...lines,
    [span(`${fitText(options.label(0), SCALE, 'right')} ${side}${rule.repeat(columns)}`, 'dim')],
    cutLine([span(`${' '.repeat(SCALE + 2)}${oldest}${' '.repeat(room)}now`, 'dim')], options.width, ''),
  ]
}

/** The greatest value in the time span of each of `count` columns between `from` and `now`; null: a gap. */
export function greatestByColumn(
  points: readonly ChartPoint[],
  from: number,
  now: number,
  count: number,
): readonly (number | null)[] {
  const widthMs = Math.max(1, now - from) / count
  const held = HELD * usualDistance(points)
  const values: (number | null)[] = []
  let next = 0
  let last: ChartPoint | null = null
  for (let column = 0; column < count; column += 1) {
    const end = from + (column + 1) * widthMs
    let most: number | null = null
    for (let point = points[next]; point && point.at <= end; point = points[next]) {
      // What was before the first column only holds into it.
      if (point.value !== null && point.at >= from) most = Math.max(most ?? 0, point.value)
      last = point
      next += 1
    }
    values.push(most ?? (last && end - last.at <= Math.max(held, widthMs) ? last.value : null))
  }
  return values
}

function usualDistance(points: readonly ChartPoint[]): number {
  const distances = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at))
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0
}

/** The next of 1, 2, 5, 10, … of its unit. */
function niceTop(value: number, kilo = 1024): number {
  let unit = 1
  while (value / unit >= 1000) unit *= kilo
  for (const step of [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]) if (value <= step * unit) return step * unit
  return value
}

/** The character of a column in the row `fromBottom`. */
function cell(value: number | null, top: number, rows: number, fromBottom: number, levels: string): string {
  if (value === null || value <= 0) return ' '
  const eighths = Math.round((value / top) * rows * levels.length)
  const here = Math.min(levels.length, eighths - fromBottom * levels.length)
  return here <= 0 ? ' ' : (levels[here - 1] ?? ' ')
}

/** Neighbours of one style are one span: few spans are cheap to draw. */
function runs(
  cells: readonly string[],
  values: readonly (number | null)[],
  { style }: ChartOptions,
): readonly TextSpan[] {
  const spans: { text: string; style: TextStyle }[] = []
  cells.forEach((text, index) => {
    const value = values[index] ?? null
    const wanted = value === null ? 'plain' : style(value)
    const last = spans.at(-1)
    if (last?.style === wanted) last.text += text
    else spans.push({ text, style: wanted })
  })
  return spans.map(({ text, style: each }) => span(text, each))
}
