// Lines of styled text as plain data, measured and cut in terminal cells. This file is the only one that cleans their
// text.

import stringWidth from 'string-width'
import { clean } from '../../../model/values/text.ts'

/** The meaning of a piece of text; the theme decides its look. */
export type TextStyle =
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

export interface TextSpan {
  readonly text: string
  readonly style: TextStyle
}

export type Line = readonly TextSpan[]

/** ASCII and the marks of pgdeck's own glyphs: one cell each, nothing to clean. */
const PLAIN = /^[\x20-\x7e\u2500-\u25cf·…–—→←↑↓✖▸▶]*$/
const SIMPLE = (text: string) => PLAIN.test(text)

/** Makes a span of harmless text. This is the only way to make one. */
export function span(text: string, style: TextStyle = 'plain'): TextSpan {
  return { text: SIMPLE(text) ? text : clean(text), style }
}

/** A line from texts and spans. */
export function line(...parts: readonly (TextSpan | string)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? span(part) : part))
}

export const EMPTY_LINE: Line = [{ text: ' ', style: 'plain' }]

/** Cells of a single letter, by letter: a new look-up costs far more. */
const cells = new Map<string, number>()
const MOST_KNOWN = 10_000
/** Vowel signs with a cell of their own. */
const SPACING_MARK = /^\p{Mc}$/u

/**
 * Width in terminal cells, letter by letter as terminals count: most give each letter of a cluster its own cells. A
 * row wider than computed would move its neighbours.
 */
export function textWidth(text: string): number {
  if (SIMPLE(text)) return text.length
  let width = 0
  for (const letter of text) width += cells.get(letter) ?? measured(letter)
  return width
}

function measured(letter: string): number {
  const width = SPACING_MARK.test(letter) ? 1 : stringWidth(letter)
  if (cells.size >= MOST_KNOWN) cells.clear()
  cells.set(letter, width)
  return width
}

export function lineWidth(parts: Line): number {
  let width = 0
  for (const { text } of parts) width += textWidth(text)
  return width
}

let segmenter: Intl.Segmenter | null = null

/** The text within `width` cells; `…` marks the cut. Wide characters are never halved. */
export function cutText(text: string, width: number, mark = '…'): string {
  if (textWidth(text) <= width) return text
  if (width <= mark.length) return width <= 0 ? '' : mark.slice(0, width)
  if (SIMPLE(text)) return text.slice(0, width - mark.length) + mark
  // Made only when needed: it costs more than a frame.
  segmenter ??= new Intl.Segmenter()
  let kept = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const cells = textWidth(segment)
    if (used + cells > width - mark.length) break
    kept += segment
    used += cells
  }
  return kept + mark
}

/** The text in parts of at most `width` cells, in one pass, because it may be a megabyte. Wide characters are never halved. */
export function splitByWidth(text: string, width: number): readonly string[] {
  if (SIMPLE(text)) {
    return Array.from({ length: Math.ceil(text.length / width) }, (_, index) => {
      return text.slice(index * width, (index + 1) * width)
    })
  }
  segmenter ??= new Intl.Segmenter()
  const parts: string[] = []
  let part = ''
  let used = 0
  const add = (piece: string, cells: number) => {
    if (used + cells > width && part !== '') {
      parts.push(part)
      part = ''
      used = 0
    }
    part += piece
    used += cells
  }
  for (const { segment } of segmenter.segment(text)) {
    const cells = textWidth(segment)
    // Some scripts join letters without end: such a cluster must be broken too.
    if (cells <= width) add(segment, cells)
    else for (const letter of segment) add(letter, textWidth(letter))
  }
  return part === '' ? parts : [...parts, part]
}

/** The text in exactly `width` cells. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left', mark = '…'): string {
  const short = cutText(text, width, mark)
  const space = ' '.repeat(Math.max(0, width - textWidth(short)))
  return align === 'left' ? short + space : space + short
}

/** The line within `width` cells. */
export function cutLine(parts: Line, width: number, mark = '…'): Line {
  if (lineWidth(parts) <= width) return parts
  const kept: TextSpan[] = []
  let used = 0
  for (const part of parts) {
    const cells = textWidth(part.text)
    if (used + cells < width) {
      kept.push(part)
      used += cells
      continue
    }
    // The part at the edge. It is cut even if it would just fit, when more follows.
    kept.push({ text: cutText(`${part.text}${mark}${mark}`, width - used, mark), style: part.style })
    break
  }
  return kept
}

/** `left` at the left edge and `right` at the right one, in `width` cells. `left` is cut first. */
export function spreadLine(left: Line, right: Line, width: number, mark = '…'): Line {
  const room = width - lineWidth(right)
  if (room < 1) return cutLine(right, width, mark)
  const start = cutLine(left, room - 1, mark)
  return [...start, { text: ' '.repeat(room - lineWidth(start)), style: 'plain' }, ...right]
}
