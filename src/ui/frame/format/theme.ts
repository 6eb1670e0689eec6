// The look of meanings: at most 16 colours, so that the user's own palette applies, and none with NO_COLOR.

import { Chalk, type ChalkInstance } from 'chalk'
import type { Line, TextStyle } from './line.ts'

/** Paints a line as one string with SGR sequences. */
export type PaintLine = (line: Line) => string

type Environment = Readonly<Record<string, string | undefined>>

/** 0: attributes only (bold, dim, inverse stay), 1: 16 colours. */
export function colourLevel(env: Environment): 0 | 1 {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0
  if (env.FORCE_COLOR === '0') return 0
  return env.TERM?.endsWith('-mono') || env.TERM === 'vt100' || env.TERM === 'vt220' ? 0 : 1
}

/** The background of the terminal. */
export type Background = 'dark' | 'light'

/** The background as configured. `auto` reads the variable that some terminals set; without it the background counts as dark. */
export function configuredBackground(theme: 'auto' | Background, env: Environment): Background {
  if (theme !== 'auto') return theme
  const last = env.COLORFGBG?.split(';').at(-1) ?? ''
  // Of the sixteen colours, white and the bright ones except grey are light.
  return /^\d+$/.test(last) && (Number(last) === 7 || Number(last) > 8) ? 'light' : 'dark'
}

/** A painter for a colour level. Without colour, bold, dim and inverse carry the emphasis. */
export function linePainter(level: 0 | 1, background: Background = 'dark'): PaintLine {
  const chalk = new Chalk({ level: 1 })
  const styles = level === 0 ? colourless(chalk) : { ...coloured(chalk), ...(background === 'light' && onLight(chalk)) }
  return (line) => {
    let painted = ''
    for (const { text, style } of line) {
      const style_ = styles[style]
      painted += style_ && text.trim() !== '' ? style_(text) : text
    }
    return painted === '' ? ' ' : painted
  }
}

type Styles = Readonly<Record<TextStyle, ChalkInstance | null>>

const colourless = (chalk: ChalkInstance): Styles => ({
  plain: null,
  strong: chalk.bold,
  dim: chalk.dim,
  title: chalk.bold,
  key: chalk.bold,
  chosen: chalk.inverse,
  ok: null,
  warning: chalk.bold,
  critical: chalk.bold,
  accent: chalk.bold,
  alarm: chalk.inverse.bold,
})

const coloured = (chalk: ChalkInstance): Styles => ({
  ...colourless(chalk),
  ok: chalk.green,
  warning: chalk.yellow,
  critical: chalk.red.bold,
  accent: chalk.cyan,
  alarm: chalk.white.bold.bgRed,
})

/** Yellow and cyan are hardly readable on white, in any palette. */
const onLight = (chalk: ChalkInstance): Partial<Styles> => ({
  warning: chalk.magenta,
  accent: chalk.blue,
  alarm: chalk.whiteBright.bold.bgRed,
})
