// Long lines broken into several that fit, each going on below where its text began: a plan must be read to its end.

import { type Line, lineWidth, span, type TextSpan, textWidth } from './line.ts'

/** Lines that are at most `columns` wide; words are broken only where one is longer than a line. */
export function wrapLines(lines: readonly Line[], columns: number): readonly Line[] {
  return lines.flatMap((each) => (lineWidth(each) <= columns ? [each] : broken(each, columns)))
}

function broken(whole: Line, columns: number): readonly Line[] {
  const text = whole.map((part) => part.text).join('')
  const indent = hangingIndent(text, columns)
  const lines: Line[] = []
  let current: TextSpan[] = []
  let used = 0
  for (const { text: part, style } of whole) {
    for (const word of part.split(/(?<= )/)) {
      for (const piece of pieces(word, columns - indent)) {
        const width = textWidth(piece.trimEnd())
        if (used + width > columns && used > indent) {
          lines.push(current)
          current = [span(' '.repeat(indent))]
          used = indent
        }
        current.push({ text: piece, style })
        used += textWidth(piece)
      }
    }
  }
  return [...lines, current]
}

/** Where the last column of the line begins: after the last gap in its first half, else a little in. */
function hangingIndent(text: string, columns: number): number {
  const start = /^ */.exec(text)?.[0].length ?? 0
  const gaps = [...text.matchAll(/\S {2,}(?=\S)/g)].map((gap) => textWidth(text.slice(0, gap.index + gap[0].length)))
  return gaps.findLast((at) => at <= columns / 2) ?? Math.min(Math.floor(columns / 3), start + 2)
}

/** A word that is longer than a line, in parts that are not. */
function pieces(word: string, room: number): readonly string[] {
  if (textWidth(word) <= room) return [word]
  const found: string[] = []
  let piece = ''
  for (const letter of word) {
    if (textWidth(piece + letter) > room) {
      found.push(piece)
      piece = ''
    }
    piece += letter
  }
  return [...found, piece]
}
