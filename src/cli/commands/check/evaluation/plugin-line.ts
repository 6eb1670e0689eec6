// The one line that a Nagios plugin prints: status, findings, performance data.

import { clean } from '../../../../model/values/text.ts'
import { localeText } from '../../../text/print.ts'
import {
  type PerformanceValue,
  type PluginFinding,
  type PluginStatus,
  worstFindingsFirst,
  worstStatus,
} from './result.ts'

/** More subjects than this are counted: the line must stay readable. */
const MOST_TOLD = 6
/** Some readers keep only the first kilobyte of a line. The text must leave room for the figures. */
const LONGEST_TEXT = 700

export interface PluginResult {
  readonly verdict: PluginStatus
  /** With its line break. */
  readonly line: string
}

/** The findings of a check for the line. `title` names the check. */
export function pluginResult(title: string, findings: readonly PluginFinding[]): PluginResult {
  const verdict = worstStatus(findings.map((finding) => finding.status))
  const listed = worstFindingsFirst(findings).slice(0, MOST_TOLD)
  const more = findings.length - listed.length
  const parts = [...listed.map(({ text }) => text), ...(more > 0 ? [`and ${more} more`] : [])]
  const measures = findings.flatMap((finding) => finding.performance ?? []).map(performanceText)
  return { verdict, line: pluginLine(verdict, `${title}: ${parts.join('; ')}`, measures) }
}

/** Returns the line. Text from outside can neither break it nor begin the performance data. */
export function pluginLine(verdict: PluginStatus, text: string, measures: readonly string[] = []): string {
  const plain = clean(text).replaceAll('|', '/').trim()
  const cut = plain.length > LONGEST_TEXT ? `${plain.slice(0, LONGEST_TEXT - 1).toWellFormed()}…` : plain
  return localeText(
    `PGDECK ${verdict.toUpperCase()} - ${cut}${measures.length > 0 ? ` | ${measures.join(' ')}` : ''}\n`,
  )
}

/** `'db-ro'=13002342B;8388608;67108864;0`, without empty fields at its end. */
function performanceText({ label, value, unit, warning, critical, least, most }: PerformanceValue): string {
  const name = clean(label).replaceAll('=', '_').replaceAll('|', '/').replaceAll("'", "''")
  const fields = [warning, critical, least, most].map((field) => (field === undefined ? '' : String(field)))
  const figure = value === null ? 'U' : `${printedNumber(value)}${unit}`
  return `'${name}'=${[figure, ...fields].join(';').replace(/;+$/, '')}`
}

/** No exponents, no more digits than were measured. */
function printedNumber(value: number): string {
  return String(Number(value.toFixed(6)))
}
