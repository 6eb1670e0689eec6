// A text file taken apart into lines that keep their own line breaks: what is not edited stays as it was, byte for byte.

export interface TextLine {
  readonly text: string
  /** `\n`, `\r\n`, or nothing for a last line without one. */
  readonly end: string
}

export function splitTextLines(text: string): readonly TextLine[] {
  const lines: TextLine[] = []
  for (const [whole, line = '', end = ''] of text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)) {
    if (whole !== '') lines.push({ text: line, end })
  }
  return lines
}

export function joinTextLines(lines: readonly TextLine[]): string {
  return lines.map(({ text, end }) => text + end).join('')
}

/** What an edit found and what it makes of it. */
export type TextEdit =
  | { readonly state: 'changed'; readonly text: string; readonly summary: string }
  /** Nothing is to be done. */
  | { readonly state: 'already'; readonly summary: string }
  /** The file is not of a form that is known: a person has to look. */
  | { readonly state: 'unclear'; readonly summary: string }
