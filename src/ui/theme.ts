// How meanings look: 16 colours at most, so that the user's own palette decides, and none with NO_COLOR.

import { Chalk, type ChalkInstance } from 'chalk'
import type { Line, Style } from './format/line.ts'

/** Paints a line as one string with SGR sequences. */
export type Paint = (line: Line) => string

type Environment = Readonly<Record<string, string | undefined>>

/** 0: attributes only (bold, dim, inverse stay), 1: 16 colours. */
export function colourLevel(env: Environment): 0 | 1 {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 0
  if (env.FORCE_COLOR === '0') return 0
  return env.TERM?.endsWith('-mono') || env.TERM === 'vt100' || env.TERM === 'vt220' ? 0 : 1
}

/** A painter for a colour level. Without colour, emphasis is carried by bold, dim and inverse. */
export function painter(level: 0 | 1): Paint {
  const styles = stylesFor(new Chalk({ level: 1 }), level === 1)
  return (line) => {
    let painted = ''
    for (const { text, style } of line) {
      const style_ = styles[style]
      painted += style_ && text.trim() !== '' ? style_(text) : text
    }
    return painted === '' ? ' ' : painted
  }
}

function stylesFor(chalk: ChalkInstance, colour: boolean): Readonly<Record<Style, ChalkInstance | null>> {
  return {
    plain: null,
    strong: chalk.bold,
    dim: chalk.dim,
    title: chalk.bold,
    key: chalk.bold,
    chosen: chalk.inverse,
    ok: colour ? chalk.green : null,
    warning: colour ? chalk.yellow : chalk.bold,
    critical: colour ? chalk.red.bold : chalk.bold,
    accent: colour ? chalk.cyan : chalk.bold,
    alarm: colour ? chalk.white.bold.bgRed : chalk.inverse.bold,
  }
}
