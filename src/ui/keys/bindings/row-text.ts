// The selected row as plain text with all its columns, or all lines of the details.

import { shownCluster } from '../../../state/select/cluster.ts'
import type { State } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import type { Line } from '../../frame/format/line.ts'
import { openView, viewById } from './selection.ts'

/** Wide enough for all columns and whole texts. */
const WIDE = 2_000
const TALL = 60
/** Trees and curves mean nothing outside their place. */
const UNDRAWN = { branch: '', fork: '', trunk: '', stages: '', levels: '' }

/** The text of lines, without the spaces at their ends. */
export function plainText(lines: readonly Line[]): string {
  return lines.map((line) => textOf(line).trimEnd()).join('\n')
}

/** The open details, else the selected row; null without either. */
export function selectedText(state: State, columns: number, glyphs: Glyphs): string | null {
  const cluster = shownCluster(state)
  const { details } = state.navigation
  if (!cluster) return null
  if (details) {
    const lines = viewById(details.view).details?.(state, cluster, details, { columns, rows: TALL, glyphs }) ?? []
    return lines.length === 0 ? null : plainText(lines)
  }
  const body = openView(state).body(state, cluster, { columns: WIDE, rows: TALL, glyphs: { ...glyphs, ...UNDRAWN } })
  const row = body.find(([first]) => first?.style === 'accent' && first.text === ` ${glyphs.selected} `)
  // Two spaces separate columns. Alignment would be noise elsewhere.
  return row ? textOf(row.slice(1)).trim().replace(/ {2,}/g, '  ') : null
}

function textOf(line: Line): string {
  return line.map(({ text }) => text).join('')
}
