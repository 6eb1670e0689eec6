// A table to be read aloud: each row names its columns, because nobody hears what stands below what.

import { cutText, type Line, span, type TextSpan } from '../format/line.ts'
import { UNKNOWN_TEXT } from '../format/values.ts'
import type { TableColumn, TableLines, TableOptions } from './table.ts'

/** Longer cells are statements: nobody listens to the end of them, and the details have them whole. */
const LONGEST_CELL = 160

/** The same rows without a head: `pmp-a, type primary, status ok active, …`. Cells without a value are left out. */
export function spokenTable<Row>({ columns, rows, visible, rowStyle }: TableOptions<Row>): TableLines {
  const lines = rows.slice(visible.first, visible.first + visible.length).map((row, index): Line => {
    const { marker, note } = rowStyle(row, visible.first + index)
    const last = note ? columns.findLastIndex(({ id }) => note.after.includes(id)) : columns.length
    const cells = columns.slice(0, last + 1).flatMap((column, place): TextSpan[] => {
      const { text, style } = column.cell(row)
      const value = cutText(text.trim(), LONGEST_CELL, '...')
      if (value === '') return []
      const told = value === UNKNOWN_TEXT ? 'unknown' : value
      return [{ text: `${place === 0 ? '' : ', '}${titleOf(column)}${told}`, style }]
    })
    return [marker, ...cells, ...(note ? [span(', '), note.span] : [])]
  })
  return { head: [], rows: lines }
}

/** A name needs none. Titles of two letters are short for what the column is called. */
function titleOf<Row>({ id, title }: TableColumn<Row>): string {
  if (id === 'name' || title === '') return ''
  return `${title.length === 2 ? id : title.toLowerCase()} `
}
