// The layout of details: label and value in rows, in titled sections.

import { wrapText } from '../format/fit-text.ts'
import { cutLine, EMPTY_LINE, type Line, span, type TextSpan, type TextStyle, textWidth } from '../format/line.ts'

export interface DetailField {
  readonly label: string
  readonly value: string
  readonly style?: TextStyle
  /** The value is long and needs no label. */
  readonly whole?: true
}

export interface DetailSection {
  readonly title: string
  /** Beside the title: the age of the section's values. */
  readonly age: string
  readonly fields: readonly (DetailField | Line)[]
}

const LABEL = 26
const INDENT = 3

/** A field; a null value omits it. */
export function detailField(label: string, value: string | null, style: TextStyle = 'plain'): readonly DetailField[] {
  return value === null ? [] : [{ label, value, style }]
}

/** All sections with a field. Long values wrap below their own start. */
export function fieldListLines(sections: readonly DetailSection[], width: number, ellipsis: string): readonly Line[] {
  return sections
    .filter(({ fields }) => fields.length > 0)
    .flatMap(({ title, age, fields }, index): Line[] => [
      ...(index === 0 ? [] : [EMPTY_LINE]),
      cutLine([span(` ${title}`, 'accent'), span(age === '' ? '' : `  ${age}`, 'dim')], width, ellipsis),
      ...fields.flatMap((each) => factLines(each, width, ellipsis)),
    ])
}

function factLines(each: DetailField | Line, width: number, ellipsis: string): readonly Line[] {
  if (isLine(each)) return [cutLine([span(' '.repeat(INDENT)), ...each], width, ellipsis)]
  if (each.whole) {
    return wrapText(each.value, width - INDENT - 1).map((piece) => [
      span(' '.repeat(INDENT) + piece, each.style ?? 'plain'),
    ])
  }
  const pieces = wrapText(each.value, Math.max(16, width - INDENT - LABEL - 1))
  return pieces.map((piece, index) => {
    const label = index === 0 ? each.label : ''
    const start: TextSpan[] = [
      span(' '.repeat(INDENT)),
      span(label + ' '.repeat(Math.max(1, LABEL - textWidth(label))), 'dim'),
    ]
    return cutLine([...start, span(piece, each.style ?? 'plain')], width, ellipsis)
  })
}

function isLine(each: DetailField | Line): each is Line {
  return Array.isArray(each)
}
