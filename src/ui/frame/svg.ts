// Lines as a picture: an SVG document in the colours of the theme.

import { type Line, lineWidth, type TextSpan, type TextStyle, textWidth } from './format/line.ts'
import type { Background } from './format/theme.ts'

interface Shade {
  readonly fill: string
  readonly bold?: true
  /** Colour behind the text. */
  readonly behind?: string
}

interface Shades {
  readonly paper: string
  readonly styles: Readonly<Record<TextStyle, Shade>>
}

/** The colours of each style, by background. */
export const SHADES: Readonly<Record<Background, Shades>> = {
  dark: {
    paper: '#14171c',
    styles: {
      plain: { fill: '#c8ccd4' },
      strong: { fill: '#ffffff', bold: true },
      dim: { fill: '#7d8590' },
      title: { fill: '#ffffff', bold: true },
      key: { fill: '#ffffff', bold: true },
      chosen: { fill: '#14171c', behind: '#c8ccd4' },
      ok: { fill: '#7fb069' },
      warning: { fill: '#e3b341' },
      critical: { fill: '#ff7b72', bold: true },
      accent: { fill: '#56b6c2' },
      alarm: { fill: '#ffffff', bold: true, behind: '#c93c37' },
    },
  },
  light: {
    paper: '#ffffff',
    styles: {
      plain: { fill: '#24292f' },
      strong: { fill: '#000000', bold: true },
      dim: { fill: '#6e7781' },
      title: { fill: '#000000', bold: true },
      key: { fill: '#000000', bold: true },
      chosen: { fill: '#ffffff', behind: '#24292f' },
      ok: { fill: '#1a7f37' },
      warning: { fill: '#9a6700' },
      critical: { fill: '#cf222e', bold: true },
      accent: { fill: '#0550ae' },
      alarm: { fill: '#ffffff', bold: true, behind: '#cf222e' },
    },
  },
}

const SIZE = 14
/** The advance of usual monospaced fonts. `textLength` forces the others to it. */
const CELL = 8.43
const HEIGHT = 18
const BASELINE = 13.5
const MARGIN = 14

/** An SVG document of the lines. Every piece of text keeps its place and width in any font. */
export function svgDocument(lines: readonly Line[], background: Background): string {
  const { paper, styles } = SHADES[background]
  const columns = Math.max(1, ...lines.map(lineWidth))
  const width = tidy(columns * CELL + 2 * MARGIN)
  const height = lines.length * HEIGHT + 2 * MARGIN
  const rows = lines.flatMap((line, row) => rowParts(line, MARGIN + row * HEIGHT, styles))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${SIZE}">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function rowParts(line: Line, top: number, styles: Shades['styles']): readonly string[] {
  let column = 0
  return line.flatMap((piece) => {
    const at = column
    column += textWidth(piece.text)
    return pieceParts(piece, at, top, styles[piece.style])
  })
}

function pieceParts({ text }: TextSpan, column: number, top: number, { fill, bold, behind }: Shade): readonly string[] {
  const parts: string[] = []
  if (behind !== undefined && text.trim() !== '') {
    const width = tidy(textWidth(text) * CELL)
    parts.push(
      `<rect x="${tidy(MARGIN + column * CELL)}" y="${top}" width="${width}" height="${HEIGHT}" fill="${behind}"/>`,
    )
  }
  // Runs of spaces are left out: the text between them is placed at its own cells.
  for (const { 0: word, index } of text.matchAll(/\S+(?: \S+)*/g)) {
    const x = tidy(MARGIN + (column + textWidth(text.slice(0, index))) * CELL)
    const length = tidy(textWidth(word) * CELL)
    const weight = bold ? ' font-weight="bold"' : ''
    const place = `x="${x}" y="${top + BASELINE}" textLength="${length}" lengthAdjust="spacingAndGlyphs"`
    parts.push(`<text ${place} fill="${fill}"${weight}>${escaped(word)}</text>`)
  }
  return parts
}

function tidy(number: number): number {
  return Math.round(number * 100) / 100
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
