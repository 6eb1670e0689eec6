// Fits texts to their place: breaks them into lines, reduces them to ASCII, removes a name that is shown beside them.
// Lines of a plan are broken, never cut: users must read them to the end.

import { clean } from '../../../model/values/text.ts'
import { type Line, lineWidth, span, splitByWidth, type TextSpan, textWidth } from './line.ts'

/** Text broken at spaces into lines of at most `width` cells. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of clean(text).split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (textWidth(longer) <= width) {
      current = longer
      continue
    }
    if (current !== '') lines.push(current)
    current = word
    if (width <= 1 || textWidth(word) <= width) continue
    // A word longer than a line is broken, not cut: it may be part of a statement to copy.
    const parts = splitByWidth(word, width)
    for (const part of parts.slice(0, -1)) lines.push(part)
    current = parts.at(-1) ?? ''
  }
  return current === '' && lines.length > 0 ? lines : [...lines, current]
}

const ASCII_FOR: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '~',
}

/** The replacement of a letter that is not in ASCII: its mark, else `?` for each cell. */
export function asciiFor(letter: string): string {
  return ASCII_FOR[letter] ?? '?'.repeat(textWidth(letter))
}

/** The line for a terminal with ASCII only: equally wide, with `?` for letters that it can't show. */
export function asciiLine(parts: Line): Line {
  return parts.map(({ text, style }) => ({
    text: text.replace(/[^\x20-\x7e]/gu, asciiFor),
    style,
  }))
}

/**
 * Returns a message without the name and address that are shown beside it: `db-1 (10.0.0.1:5432): refused` becomes
 * `refused`, and `inactive: 10.0.0.1:7272 refused` becomes `inactive: refused`. `names` may hold addresses
 * (`host:port`).
 */
export function withoutName(message: string, ...names: readonly string[]): string {
  for (const name of names) {
    if (name === '' || !message.toLowerCase().startsWith(name.toLowerCase())) continue
    const rest = /^(?: \([^)]*\))?:? (.+)$/s.exec(message.slice(name.length))?.[1]
    if (rest !== undefined) return withoutName(rest, ...names)
  }
  return names.reduce((text, name) => (name === '' ? text : text.replace(inside(name), ': ')), message)
}

/** The name after the event: only with its address in parentheses or a colon, because otherwise it may be part of a sentence. */
function inside(name: string): RegExp {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`: ${literal}(?: \\([^)]*\\):?|:${/:\d+$/.test(name) ? '?' : ''}) (?=\\S)`)
}

/** Lines of at most `columns` cells. Only words longer than a line are broken. */
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

/** The start of the line's last column: after the last gap in its first half, else slightly indented. */
function hangingIndent(text: string, columns: number): number {
  const start = /^ */.exec(text)?.[0].length ?? 0
  const gaps = [...text.matchAll(/\S {2,}(?=\S)/g)].map((gap) => textWidth(text.slice(0, gap.index + gap[0].length)))
  return gaps.findLast((at) => at <= columns / 2) ?? Math.min(Math.floor(columns / 3), start + 2)
}

/** A word that is longer than a line, in parts that fit. */
function pieces(word: string, room: number): readonly string[] {
  if (textWidth(word) <= room) return [word]
  const words: string[] = []
  let piece = ''
  for (const letter of word) {
    if (textWidth(piece + letter) > room) {
      words.push(piece)
      piece = ''
    }
    piece += letter
  }
  return [...words, piece]
}
