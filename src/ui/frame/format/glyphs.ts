// The marks of the screen, in Unicode and in ASCII, and the decision which of them a terminal can show.

export interface Glyphs {
  /** True if the terminal shows only ASCII, whatever the text. */
  readonly ascii: boolean
  /** True if a screen reader reads the lines: words replace marks, and nothing is only drawn. */
  readonly forScreenReader: boolean
  readonly ok: string
  readonly idle: string
  readonly warning: string
  readonly critical: string
  readonly unknown: string
  readonly info: string
  readonly selected: string
  /** Before the last child in a tree, before the others, and the trunks of their subtrees. */
  readonly branch: string
  readonly fork: string
  readonly trunk: string
  readonly rule: string
  readonly dot: string
  readonly dash: string
  readonly ellipsis: string
  readonly arrow: string
  readonly both: string
  readonly up: string
  readonly down: string
  readonly caret: string
  /** Before a figure that is a lower bound. */
  readonly atLeast: string
  /** Parts of a bar that differ visibly, the heaviest first; empty: no bars. */
  readonly stages: string
  /** From lowest to highest; empty: no sparklines. */
  readonly levels: string
}

export const UNICODE_GLYPHS: Glyphs = {
  ascii: false,
  forScreenReader: false,
  ok: '●',
  idle: '○',
  warning: '▲',
  critical: '✖',
  unknown: '?',
  info: '·',
  selected: '▸',
  branch: '└▶',
  fork: '├▶',
  trunk: '│',
  rule: '─',
  dot: '·',
  dash: '–',
  ellipsis: '…',
  arrow: '→',
  both: '⇄',
  up: '↑',
  down: '↓',
  caret: '█',
  atLeast: '≥',
  stages: '█▓▒░',
  levels: '▁▂▃▄▅▆▇█',
}

export const ASCII_GLYPHS: Glyphs = {
  ascii: true,
  forScreenReader: false,
  ok: '*',
  idle: 'o',
  warning: '!',
  critical: 'X',
  unknown: '?',
  info: '-',
  selected: '>',
  branch: '`>',
  fork: '|>',
  trunk: '|',
  rule: '-',
  dot: '|',
  dash: '-',
  ellipsis: '~',
  arrow: '->',
  both: '<>',
  up: '^',
  down: 'v',
  caret: '_',
  atLeast: '>=',
  stages: '#%=.',
  levels: '_.-=+*#@',
}

/** For a screen reader: words, and no marks that it would read out. */
export const SCREEN_READER_GLYPHS: Glyphs = {
  ...ASCII_GLYPHS,
  ascii: false,
  forScreenReader: true,
  ok: 'ok',
  idle: 'idle',
  warning: 'warning',
  critical: 'critical',
  unknown: 'unknown',
  info: '',
  selected: 'selected:',
  branch: '',
  fork: '',
  trunk: '',
  rule: ' ',
  dot: ',',
  ellipsis: '...',
  arrow: 'to',
  both: 'and',
  up: '',
  down: '',
  caret: '',
  atLeast: 'at least',
  stages: '',
  levels: '',
}

type Environment = Readonly<Record<string, string | undefined>>

/** A mark of the screen, or a part of one, in ASCII; undefined for any other text. */
export function asciiMark(letter: string): string | undefined {
  return MARKS.get(letter)
}

const MARKS: ReadonlyMap<string, string> = new Map(
  (Object.keys(UNICODE_GLYPHS) as (keyof Glyphs)[]).flatMap((name) => {
    const [mark, plain] = [UNICODE_GLYPHS[name], ASCII_GLYPHS[name]]
    if (typeof mark !== 'string' || typeof plain !== 'string') return []
    const letters = [...mark]
    return letters.length === 1
      ? [[mark, plain] as const]
      : letters.map((each, at) => [each, plain[at] ?? '?'] as const)
  }),
)

/** Unicode if the locale says UTF-8 (or says nothing and the platform's terminals are UTF-8), else ASCII. */
export function glyphsFor(env: Environment, platform: NodeJS.Platform = process.platform): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  if (env.TERM === 'linux' && env.PGDECK_GLYPHS !== 'unicode') return ASCII_GLYPHS
  if (/utf-?8/i.test(locale)) return UNICODE_GLYPHS
  return locale === '' && platform !== 'linux' ? UNICODE_GLYPHS : ASCII_GLYPHS
}
