// What a check finds of one subject: how it is, in words, and the figures for the performance data.

import { type FigureUnit, formatFigure, type ThresholdRanges } from './range.ts'

export type PluginStatus = 'ok' | 'warning' | 'critical' | 'unknown'

/** One item of performance data; an unknown value is null. Limits are in the range syntax of Nagios plugins. */
export interface PerformanceValue {
  readonly label: string
  readonly value: number | null
  readonly unit: '' | 's' | 'B' | '%' | 'c'
  readonly warning?: string
  readonly critical?: string
  readonly least?: number
  readonly most?: number
}

export interface PluginFinding {
  readonly verdict: PluginStatus
  /** Subject and figure in a few words; from outside are names only, which the picture has cleaned. */
  readonly text: string
  readonly measures?: readonly PerformanceValue[]
}

const WORST_FIRST: readonly PluginStatus[] = ['critical', 'warning', 'unknown', 'ok']
const UOM: Readonly<Record<FigureUnit, PerformanceValue['unit']>> = {
  bytes: 'B',
  seconds: 's',
  percent: '%',
  days: '',
  transactions: '',
}

/** The worst of some verdicts; unknown for none. */
export function worstStatus(verdicts: readonly PluginStatus[]): PluginStatus {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? 'unknown'
}

/** The findings, the worst first, else as they came. */
export function worstFindingsFirst(findings: readonly PluginFinding[]): readonly PluginFinding[] {
  const rank = ({ verdict }: PluginFinding) => WORST_FIRST.indexOf(verdict)
  return [...findings].sort((a, b) => rank(a) - rank(b))
}

export interface CheckedFigure {
  readonly name: string
  /** null while unknown. */
  readonly value: number | null
  readonly unit: FigureUnit
  /** Said instead of the plain figure. */
  readonly text?: string
  /** Why the figure is not known. */
  readonly unknown?: string
  readonly least?: number
  readonly most?: number
}

/** A figure held against its ranges; an unknown one is unknown, with its reason. */
export function evaluateFigure(figure: CheckedFigure, ranges: ThresholdRanges): PluginFinding {
  const { name, value, unit, least, most } = figure
  const measure: PerformanceValue = {
    label: name,
    value,
    unit: UOM[unit],
    warning: ranges.warning.text,
    critical: ranges.critical.text,
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
  }
  const measures = [measure]
  if (value === null) return { verdict: 'unknown', text: `${name} unknown${because(figure.unknown)}`, measures }
  const text = `${name} ${figure.text ?? formatFigure(value, unit)}`
  if (ranges.critical.alerts(value)) return { verdict: 'critical', text: `${text}, ${ranges.critical.words}`, measures }
  if (ranges.warning.alerts(value)) return { verdict: 'warning', text: `${text}, ${ranges.warning.words}`, measures }
  return { verdict: 'ok', text, measures }
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`
}
