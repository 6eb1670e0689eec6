// Screens as one SVG document, still or moving: no script, in the colours of the reader's light or dark mode.

import { type Line, lineWidth, type TextSpan, type TextStyle, textWidth } from '../../src/ui/frame/format/line.ts'
import { SHADES } from '../../src/ui/frame/svg.ts'
import type { Shot } from './film.ts'

const SIZE = 14
/** The advance of usual monospaced fonts. `textLength` forces the others to it. */
const CELL = 8.43
const HEIGHT = 18
const BASELINE = 13.5
const MARGIN = 14

/** Short names of the classes: they are in every piece of text. */
const CLASSES: Readonly<Record<TextStyle, string>> = {
  plain: 'a',
  strong: 'b',
  dim: 'c',
  ok: 'd',
  warning: 'e',
  critical: 'f',
  accent: 'g',
  title: 'h',
  alarm: 'i',
  chosen: 'j',
  key: 'k',
}

/** A picture of one screen. The title is read aloud instead of it. */
export function stillPicture(lines: readonly Line[], title: string): string {
  return document([{ lines, ms: 0 }], title, 0)
}

/**
 * A picture that plays by itself, again and again. Where motion is reduced, or nothing moves, it shows the shot at the index
 * `poster`. A line that several shots have is in it once.
 */
export function movingPicture(shots: readonly Shot[], poster: number, title: string): string {
  return document(shots, title, poster)
}

function document(shots: readonly Shot[], title: string, poster: number): string {
  const columns = Math.max(1, ...shots.flatMap(({ lines }) => lines.map(lineWidth)))
  const rows = Math.max(1, ...shots.map(({ lines }) => lines.length))
  const width = tidy(columns * CELL + 2 * MARGIN)
  const height = rows * HEIGHT + 2 * MARGIN
  const known = new Map<string, string>()
  const groups = shots.map(({ lines }, index) => {
    const uses = lines.map((line, row) => use(known, line, row)).join('')
    return shots.length === 1 ? uses : `<g id="s${index}"${index === poster ? '' : ' class="n"'}>${uses}</g>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${styles('dark')}@media(prefers-color-scheme:light){${styles('light')}}${shots.length > 1 ? motion(shots) : ''}</style>`,
    `<rect class="p" width="${width}" height="${height}" rx="8"/>`,
    '<defs>',
    ...[...known].map(([parts, id]) => `<g id="${id}">${parts}</g>`),
    '</defs>',
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${SIZE}">`,
    ...groups,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** The keyframes of each shot: it is there for its time, and the others are not. */
function motion(shots: readonly Shot[]): string {
  const total = shots.reduce((sum, { ms }) => sum + ms, 0)
  let at = 0
  const frames = shots.map(({ ms }, index) => {
    const [from, to] = [(at / total) * 100, ((at + ms) / total) * 100].map((share) => `${tidy(share, 3)}%`)
    at += ms
    const hidden = index === 0 ? '' : '0%{visibility:hidden}'
    const after = index === shots.length - 1 ? '' : `${to}{visibility:hidden}`
    return `@keyframes k${index}{${hidden}${from}{visibility:visible}${after}}`
  })
  const uses = shots.map((_, index) => `#s${index}{animation:k${index} ${tidy(total / 1000)}s step-end infinite}`)
  return `.n{visibility:hidden}@media(prefers-reduced-motion:no-preference){${frames.join('')}${uses.join('')}}`
}

function styles(background: 'dark' | 'light'): string {
  const { paper, styles: shades } = SHADES[background]
  const rules = Object.entries(shades).map(([style, { fill, bold, behind }]) => {
    const name = CLASSES[style as TextStyle]
    const weight = bold ? ';font-weight:bold' : ''
    const back = behind === undefined ? '' : `.${name}r{fill:${behind}}`
    return `.${name}{fill:${fill}${weight}}${back}`
  })
  return `.p{fill:${paper};stroke:${background === 'dark' ? '#3d444d' : '#d0d7de'}}${rules.join('')}`
}

/** A line in its row. Equal lines share one definition. */
function use(known: Map<string, string>, line: Line, row: number): string {
  const parts = linePartsOf(line)
  if (parts === '') return ''
  const id = known.get(parts) ?? `l${known.size}`
  known.set(parts, id)
  return `<use href="#${id}" y="${MARGIN + row * HEIGHT}"/>`
}

function linePartsOf(line: Line): string {
  let column = 0
  return line
    .map((piece) => {
      const at = column
      column += textWidth(piece.text)
      return partsOf(piece, at)
    })
    .join('')
}

function partsOf({ text, style }: TextSpan, column: number): string {
  const name = CLASSES[style]
  const isBacked = SHADES.dark.styles[style].behind !== undefined && text.trim() !== ''
  const back = isBacked
    ? `<rect class="${name}r" x="${tidy(MARGIN + column * CELL)}" width="${tidy(textWidth(text) * CELL)}" height="${HEIGHT}"/>`
    : ''
  // Runs of spaces are left out: the text between them is placed at its own cells.
  const words = [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: word, index }) => {
    const x = tidy(MARGIN + (column + textWidth(text.slice(0, index))) * CELL)
    if (/^─+$/.test(word))
      return `<rect class="${name}" x="${x}" y="${HEIGHT / 2}" width="${tidy(textWidth(word) * CELL)}" height="1"/>`
    return `<text class="${name}" x="${x}" y="${BASELINE}" textLength="${tidy(textWidth(word) * CELL)}">${escaped(word)}</text>`
  })
  return back + words.join('')
}

function tidy(number: number, digits = 2): number {
  return Number(number.toFixed(digits))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
