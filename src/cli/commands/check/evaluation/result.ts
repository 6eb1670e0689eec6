// The finding of a check about one subject: its status, its text, and the figures for the performance data.

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
  readonly status: PluginStatus
  /** Subject and figure in a few words. Names are the only text from outside, and the picture has cleaned them. */
  readonly text: string
  readonly performance?: readonly PerformanceValue[]
}

const WORST_FIRST: readonly PluginStatus[] = ['critical', 'warning', 'unknown', 'ok']
const UOM: Readonly<Record<FigureUnit, PerformanceValue['unit']>> = {
  bytes: 'B',
  seconds: 's',
  percent: '%',
  days: '',
  transactions: '',
}

/** The worst of several verdicts; unknown if there is none. */
export function worstStatus(verdicts: readonly PluginStatus[]): PluginStatus {
  return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? 'unknown'
}

/** The findings, the worst first, else in their order. */
export function worstFindingsFirst(findings: readonly PluginFinding[]): readonly PluginFinding[] {
  const rank = ({ status }: PluginFinding) => WORST_FIRST.indexOf(status)
  return [...findings].sort((a, b) => rank(a) - rank(b))
}

export interface CheckedFigure {
  readonly name: string
  /** null if unknown. */
  readonly value: number | null
  readonly unit: FigureUnit
  /** Replaces the plain figure. */
  readonly text?: string
  /** Why the figure is unknown. */
  readonly unknown?: string
  readonly min?: number
  readonly most?: number
}

/** Compares a figure with its ranges. An unknown figure gives unknown, with its reason. */
export function evaluateFigure(figure: CheckedFigure, ranges: ThresholdRanges): PluginFinding {
  const { name, value, unit, min, most } = figure
  const measure: PerformanceValue = {
    label: name,
    value,
    unit: UOM[unit],
    warning: ranges.warning.text,
    critical: ranges.critical.text,
    ...(min === undefined ? {} : { least: min }),
    ...(most === undefined ? {} : { most }),
  }
  const measures = [measure]
  if (value === null)
    return { status: 'unknown', text: `${name} unknown${because(figure.unknown)}`, performance: measures }
  const text = `${name} ${figure.text ?? formatFigure(value, unit)}`
  if (ranges.critical.alerts(value))
    return { status: 'critical', text: `${text}, ${ranges.critical.words}`, performance: measures }
  if (ranges.warning.alerts(value))
    return { status: 'warning', text: `${text}, ${ranges.warning.words}`, performance: measures }
  return { status: 'ok', text, performance: measures }
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`
}
