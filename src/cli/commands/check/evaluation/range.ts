// Limits of a check: from the command line in the range syntax of Nagios plugins, or those of the cluster's alerts.

import { transactionsText } from '../../../../model/sessions/transaction-text.ts'
import { formatBytes, formatSeconds, parseDuration, parseSize } from '../../../../model/values/units.ts'

/** What a figure counts, which decides how limits are read and how it is printed. */
export type FigureUnit = 'bytes' | 'seconds' | 'percent' | 'days' | 'transactions'

/** On which side of a limit a figure is bad. */
export type WorseDirection = 'higher' | 'lower'

export interface ThresholdRange {
  /** As performance data print it, in the unit of the figure. */
  readonly text: string
  /** In words for people: `limit 8 MB`. */
  readonly words: string
  /** The one figure that limits it, where it is limited on the bad side only; else null. */
  readonly limit: number | null
  /** True when the figure is worth telling. */
  alerts(figure: number): boolean
}

export interface ThresholdRanges {
  readonly warning: ThresholdRange
  readonly critical: ThresholdRange
}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/
const RANGE = /^(@?)(?:(~|[^:@~]*):)?([^:@~]*)$/

/** A figure in its unit: `12.4 MB`, `3.1 s`, `24 %`, `211 d`. */
export function formatFigure(figure: number, unit: FigureUnit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(figure)
    case 'seconds':
      return formatSeconds(figure)
    case 'percent':
      return `${Math.round(figure * 10) / 10} %`
    case 'days':
      return `${figure} d`
    case 'transactions':
      return transactionsText(figure)
  }
}

/** A limit of the cluster's alerts: reached is told, as everywhere else in pgdeck. */
export function rangeOfLimit(limit: number, unit: FigureUnit, worse: WorseDirection): ThresholdRange {
  const finite = Number.isFinite(limit)
  return {
    text: !finite ? '' : worse === 'higher' ? String(limit) : `${limit}:`,
    words: `limit ${formatFigure(limit, unit)}`,
    limit: finite ? limit : null,
    alerts: (figure) => (worse === 'higher' ? figure >= limit : figure <= limit),
  }
}

/**
 * Reads `[@]start:end`. A figure outside is told (inside, with `@`); both ends belong to the range; `~` is no lower
 * end, and an end that is left out is none. A single figure is the most that is well, or the least where lower is
 * worse. Figures may have a unit (`8MB`, `5m`, `80%`, `30d`). null for anything else.
 */
export function parseThresholdRange(text: string, unit: FigureUnit, worse: WorseDirection): ThresholdRange | null {
  const [, inverted = '', start, end = ''] = RANGE.exec(text.trim()) ?? []
  const bounds = start === undefined ? singleBounds(end, unit, worse) : rangeBounds(start, end, unit)
  if (text.trim() === '' || !bounds) return null
  const { low, high, single } = bounds
  const isInside = (figure: number) => low <= figure && figure <= high
  return {
    text: `${inverted}${printed(low, high)}`,
    words: single === null ? `range ${text.trim()}` : `limit ${formatFigure(single, unit)}`,
    limit: inverted === '' ? single : null,
    alerts: (figure) => isInside(figure) === (inverted === '@'),
  }
}

interface Bounds {
  readonly low: number
  readonly high: number
  /** The one figure that was given; null: both ends were. */
  readonly single: number | null
}

function singleBounds(text: string, unit: FigureUnit, worse: WorseDirection): Bounds | null {
  const single = parseFigure(text, unit)
  if (single === null) return null
  if (worse === 'lower') return { low: single, high: Number.POSITIVE_INFINITY, single }
  return single < 0 ? null : { low: 0, high: single, single }
}

function rangeBounds(start: string, end: string, unit: FigureUnit): Bounds | null {
  const low = start === '' ? 0 : start === '~' ? Number.NEGATIVE_INFINITY : parseFigure(start, unit)
  const high = end === '' ? Number.POSITIVE_INFINITY : parseFigure(end, unit)
  return low === null || high === null || low > high ? null : { low, high, single: null }
}

function printed(low: number, high: number): string {
  const end = Number.isFinite(high) ? String(high) : ''
  if (low === 0 && end !== '') return end
  return `${Number.isFinite(low) ? low : '~'}:${end}`
}

/** A number in the unit of the figure, with or without the unit's name. */
function parseFigure(text: string, unit: FigureUnit): number | null {
  if (NUMBER.test(text)) return Number(text)
  switch (unit) {
    case 'bytes':
      return parseSize(text)
    case 'seconds':
      return inUnitsOf(1_000, parseDuration(text))
    case 'days':
      return inUnitsOf(86_400_000, parseDuration(text))
    case 'percent':
      return text.endsWith('%') ? parseFigure(text.slice(0, -1).trim(), 'transactions') : null
    case 'transactions':
      return null
  }
}

function inUnitsOf(ms: number, duration: number | null): number | null {
  return duration === null ? null : duration / ms
}
