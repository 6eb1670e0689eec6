// Limits of a check: from the command line in the range syntax of Nagios plugins, or those of the cluster's alerts.

import { transactionsText } from '../../../../model/sessions/transaction-text.ts'
import { formatBytes, formatSeconds, parseDuration, parseSize } from '../../../../model/values/units.ts'

/** The unit of a figure: it decides how limits are read and how the figure is printed. */
export type FigureUnit = 'bytes' | 'seconds' | 'percent' | 'days' | 'transactions'

/** On which side of a limit a figure is bad. */
export type WorseDirection = 'higher' | 'lower'

export interface ThresholdRange {
  /** For performance data, in the unit of the figure. */
  readonly text: string
  /** In words for people: `limit 8 MB`. */
  readonly words: string
  /** The single figure of the limit, if it bounds the bad side only; else null. */
  readonly limit: number | null
  /** True if the figure violates the limit. */
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

/** A limit of the cluster's alerts. As everywhere in pgdeck, a figure that reaches it counts. */
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
 * Parses `[@]start:end`. A figure outside violates the range (inside, with `@`). Both ends belong to the range; `~`
 * or a missing end is open. A single figure is the maximum, or the minimum if lower is worse. Figures may have a unit
 * (`8MB`, `5m`, `80%`, `30d`). null for any other text.
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
  /** The single figure that was given; null: both ends were. */
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
