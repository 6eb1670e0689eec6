// Asks the terminal for its background colour (OSC 11), and keeps the answer out of the keys.

import { type Background, configuredBackground } from '../frame/format/theme.ts'
import type { InputFilter } from './filtered-input.ts'
import { TERMINALS_WITHOUT_OSC } from './modes.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** It ends with BEL: terminals that do not know it show nothing. */
const QUESTION = '\x1b]11;?\x07'
/** Whole answers. They end with BEL or ESC \. */
const ANSWER = /\x1b\]11;([^\x07\x1b]{0,64})(?:\x07|\x1b\\)/g
/** The start of an answer whose rest has not arrived yet. */
const BEGINNING = /\x1b\](?:1(?:1(?:;[^\x07\x1b]{0,64}\x1b?)?)?)?$/
/** A terminal without an answer by then will not answer, or is so slow that the colours would change before the user's eyes. */
const PATIENCE_MS = 1_000

export interface TerminalBackground {
  /** The known background. */
  now(): Background
  /** Removes answers from the input, however late they arrive. */
  readonly withoutAnswer: InputFilter
  /** Asks once if the theme depends on the answer. To be called when the terminal no longer echoes. */
  ask(write: (sequence: string) => void): void
}

export interface TerminalBackgroundOptions {
  readonly theme: 'auto' | Background
  readonly env: Environment
  /** False if nobody can remove the answer from the input, or nothing is painted. */
  readonly mayAsk: boolean
  /** Called if the answer differs from the assumption. */
  changed(): void
}

/** As configured; else as the terminal answers; until then by COLORFGBG, else dark. */
export function createTerminalBackground({
  theme,
  env,
  mayAsk,
  changed,
}: TerminalBackgroundOptions): TerminalBackground {
  let background = configuredBackground(theme, env)
  const asks = mayAsk && theme === 'auto' && !TERMINALS_WITHOUT_OSC.test(env.TERM ?? '')
  let until = Number.NEGATIVE_INFINITY
  const heard = (colour: string) => {
    const answer = parseBackground(colour)
    if (answer === null || performance.now() > until || answer === background) return
    background = answer
    changed()
  }
  return {
    now: () => background,
    withoutAnswer: asks ? filterAnswers(heard) : (piece) => piece,
    ask(write) {
      if (!asks || until > 0) return
      until = performance.now() + PATIENCE_MS
      write(QUESTION)
    },
  }
}

/** The brightness of `rgb:1e1e/1e1e/2e2e` (one to four hexadecimal digits each); null for any other text. */
export function parseBackground(colour: string): Background | null {
  const [, ...parts] = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/i.exec(colour) ?? []
  const [red, green, blue] = parts.map((digits) => Number.parseInt(digits, 16) / (16 ** digits.length - 1))
  if (red === undefined || green === undefined || blue === undefined) return null
  return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark'
}

/** An answer right at the beginning. */
const ANSWERED = new RegExp(`^(?:${ANSWER.source})`)

function filterAnswers(heard: (colour: string) => void): InputFilter {
  let held = ''
  // A single escape is a key and goes on at once. It is also remembered, as it may be the first byte of an answer.
  let isPassed = false
  return (piece) => {
    const text = held + piece
    const rest = BEGINNING.exec(text)?.[0] ?? ''
    const whole = text.slice(0, text.length - rest.length)
    const fresh = isPassed && !ANSWERED.test(whole) ? whole.slice(1) : whole
    const endsWithKey = rest === '' && whole.endsWith('\x1b')
    held = endsWithKey ? '\x1b' : rest
    isPassed = endsWithKey || (isPassed && whole === '')
    return fresh.replace(ANSWER, (_, colour: string) => {
      heard(colour)
      return ''
    })
  }
}
