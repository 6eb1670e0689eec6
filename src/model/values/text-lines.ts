// Splits a text file into lines that keep their line breaks. Lines that are not edited stay the same, byte for byte.

export interface TextLine {
  readonly text: string
  /** `\n`, `\r\n`, or nothing if the last line has none. */
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

/** What an edit found, and its result. */
export type TextEdit =
  | { readonly state: 'changed'; readonly text: string; readonly summary: string }
  /** Nothing to do. */
  | { readonly state: 'already'; readonly summary: string }
  /** The form of the file is unknown: a person must look. */
  | { readonly state: 'unclear'; readonly summary: string }
