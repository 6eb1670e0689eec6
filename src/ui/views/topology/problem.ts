// What both tables of the topology show of a node that does not answer: its problem, and how old its figures are.

import { withoutName } from '../../frame/format/fit-text.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan } from '../../frame/format/line.ts'
import { age } from '../../frame/format/values.ts'
import { type ColumnShape, figureColumn, nameColumn, type TableColumn } from '../../frame/parts/table.ts'
import type { Viewport } from '../list/view.ts'

/** Below this width, tables use short titles and one figure a column. */
const WIDE = 100

/** Whether the tables must be short. */
export function isNarrow({ columns, glyphs }: Viewport): boolean {
  return columns < WIDE && !glyphs.forScreenReader
}

interface ReadNode {
  readonly id: string
  readonly name: string
  readonly stale: boolean
  readonly readAt: number | null
  readonly problem: { readonly message: string } | null
}

/** `connection refused`; null without a problem. `address`: `host:port` of the node, which its row shows. */
export function problemSpan(
  { id, name, problem, readAt }: ReadNode,
  address: string,
  { dot }: Glyphs,
): TextSpan | null {
  if (!problem) return null
  const message = withoutName(problem.message, name, id, address)
  return span(`${readAt === null ? `never read ${dot} ` : ''}${message}`, 'warning')
}

/** `42 s old`; null for figures of now, and where nothing was read. */
export function oldText({ stale, readAt }: Pick<ReadNode, 'stale' | 'readAt'>, now: number): string | null {
  return stale && readAt !== null ? `${age(readAt, now)} old` : null
}

/** Names that are cut, down to `least` cells, before a figure drops. */
export function narrowNameColumn(least: number, most: number): ColumnShape {
  return { ...nameColumn('name', 'NAME', 0, 0, most), minWidth: least, shrinksFirst: true }
}

/** How old the figures of a row are. Without an old row there is no such column. */
export function readColumn<Row>(nodeOf: (row: Row) => ReadNode | null, now: number): TableColumn<Row> {
  return {
    ...figureColumn('read', 'READ', 4, 8),
    cell(row) {
      const node = nodeOf(row)
      return span((node && oldText(node, now)) ?? '', 'warning')
    },
  }
}
