// The marks of the screen, in Unicode and in ASCII, and the decision which of them a terminal can show.

export interface Glyphs {
  /** True where the terminal shows nothing but ASCII, whatever a text holds. */
  readonly ascii: boolean
  readonly ok: string
  readonly idle: string
  readonly warning: string
  readonly critical: string
  readonly unknown: string
  readonly info: string
  readonly selected: string
  readonly branch: string
  readonly rule: string
  readonly dot: string
  readonly dash: string
  readonly ellipsis: string
  readonly arrow: string
  readonly up: string
  readonly down: string
  readonly caret: string
  /** From lowest to highest; empty: no sparklines. */
  readonly levels: string
}

export const UNICODE: Glyphs = {
  ascii: false,
  ok: '●',
  idle: '○',
  warning: '▲',
  critical: '✖',
  unknown: '?',
  info: '·',
  selected: '▸',
  branch: '└▶',
  rule: '─',
  dot: '·',
  dash: '–',
  ellipsis: '…',
  arrow: '→',
  up: '↑',
  down: '↓',
  caret: '█',
  levels: '▁▂▃▄▅▆▇█',
}

export const ASCII: Glyphs = {
  ascii: true,
  ok: '*',
  idle: 'o',
  warning: '!',
  critical: 'X',
  unknown: '?',
  info: '-',
  selected: '>',
  branch: '`>',
  rule: '-',
  dot: '|',
  dash: '-',
  ellipsis: '~',
  arrow: '->',
  up: '^',
  down: 'v',
  caret: '_',
  levels: '_.-=+*#@',
}

/** For a screen reader: nothing that would be read out as noise. */
export const SPOKEN: Glyphs = { ...ASCII, ascii: false, rule: ' ', branch: 'from', levels: '', dot: ',', selected: '>' }

type Environment = Readonly<Record<string, string | undefined>>

/** Unicode where the locale says UTF-8 (or says nothing and the platform's terminals are UTF-8), else ASCII. */
export function glyphsFor(env: Environment, platform: NodeJS.Platform = process.platform): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  if (env.TERM === 'linux' && env.PGDECK_GLYPHS !== 'unicode') return ASCII
  if (/utf-?8/i.test(locale)) return UNICODE
  return locale === '' && platform !== 'linux' ? UNICODE : ASCII
}
