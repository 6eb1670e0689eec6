// Lines of styled text as plain data, measured and cut in terminal cells. All text is cleaned here, and only here.

import stringWidth from 'string-width'
import { clean } from '../../model/text.ts'

/** What a piece of text means; the theme decides how it looks. */
export type Style =
  | 'plain'
  | 'strong'
  | 'dim'
  | 'ok'
  | 'warning'
  | 'critical'
  | 'accent'
  | 'title'
  | 'alarm'
  | 'chosen'
  | 'key'

export interface Span {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Span[]

/** ASCII and the marks of pgdeck's own glyphs: one cell each, nothing to clean. */
const PLAIN = /^[\x20-\x7e\u2500-\u25cf·…–—→←↑↓✖▸▶]*$/
const SIMPLE = (text: string) => PLAIN.test(text)

/** A piece of text, made harmless. The one way to make a span. */
export function span(text: string, style: Style = 'plain'): Span {
  return { text: SIMPLE(text) ? text : clean(text), style }
}

/** A line from texts and spans. */
export function line(...parts: readonly (Span | string)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? span(part) : part))
}

export const EMPTY: Line = [{ text: ' ', style: 'plain' }]

/** Width in terminal cells. */
export function widthOf(text: string): number {
  return SIMPLE(text) ? text.length : stringWidth(text)
}

export function lineWidth(parts: Line): number {
  let width = 0
  for (const { text } of parts) width += widthOf(text)
  return width
}

let segmenter: Intl.Segmenter | null = null

/** The text within `width` cells; what is cut away is marked by `…`. Wide characters are never halved. */
export function cut(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text
  if (width <= mark.length) return width <= 0 ? '' : mark.slice(0, width)
  if (SIMPLE(text)) return text.slice(0, width - mark.length) + mark
  // Made only when needed: it costs more than a frame.
  segmenter ??= new Intl.Segmenter()
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const cells = widthOf(segment)
    if (used + cells > width - mark.length) break
    kept += segment
    used += cells
  }
  return kept + mark
}

/** The text in exactly `width` cells. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left', mark = '…'): string {
  const short = cut(text, width, mark)
  const space = ' '.repeat(Math.max(0, width - widthOf(short)))
  return align === 'left' ? short + space : space + short
}

/** The line within `width` cells. */
export function cutLine(parts: Line, width: number, mark = '…'): Line {
  if (lineWidth(parts) <= width) return parts
  const kept: Span[] = []
  let used = 0
  for (const part of parts) {
    const cells = widthOf(part.text)
    if (used + cells < width) {
      kept.push(part)
      used += cells
      continue
    }
    // The part that reaches the edge: it is cut even where it would just fit, when more follows.
    kept.push({ text: cut(`${part.text}${mark}${mark}`, width - used, mark), style: part.style })
    break
  }
  return kept
}

/** `left` at the left edge and `right` at the right one, in `width` cells; the left gives way. */
export function spread(left: Line, right: Line, width: number, mark = '…'): Line {
  const room = width - lineWidth(right)
  if (room < 1) return cutLine(right, width, mark)
  const start = cutLine(left, room - 1, mark)
  return [...start, { text: ' '.repeat(room - lineWidth(start)), style: 'plain' }, ...right]
}
