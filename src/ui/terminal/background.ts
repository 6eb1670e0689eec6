// Asks the terminal for the colour of its background (OSC 11), and keeps the answer from being taken for keys.

import { type Background, configuredBackground } from '../frame/format/theme.ts'
import type { InputFilter } from './filtered-input.ts'
import { TERMINALS_WITHOUT_OSC } from './modes.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Ended by BEL: what does not know it shows nothing of it. */
const QUESTION = '\x1b]11;?\x07'
/** Whole answers. The end is BEL or ESC \, as the terminal likes. */
const ANSWER = /\x1b\]11;([^\x07\x1b]{0,64})(?:\x07|\x1b\\)/g
/** An answer of which the rest has not arrived yet. */
const BEGINNING = /\x1b\](?:1(?:1(?:;[^\x07\x1b]{0,64}\x1b?)?)?)?$/
/** A terminal that has not answered by then will not, or is so far away that the colours would change under the eyes. */
const PATIENCE_MS = 1_000

export interface TerminalBackground {
  /** What is known now. */
  now(): Background
  /** Takes answers out of the input, however late they come. */
  readonly withoutAnswer: InputFilter
  /** Asks, once, where the theme is to be found out. For when the terminal echoes no more. */
  ask(write: (sequence: string) => void): void
}

export interface TerminalBackgroundOptions {
  readonly theme: 'auto' | Background
  readonly env: Environment
  /** False where nobody could take the answer out of what follows, or nothing is painted. */
  readonly mayAsk: boolean
  /** Called when the answer is another one than what was taken for it. */
  changed(): void
}

/** As configured; else as the terminal answers, until then as COLORFGBG has it, else dark. */
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

/** `rgb:1e1e/1e1e/2e2e` (one to four hexadecimal digits each) by how bright it looks; null for anything else. */
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
  // An escape alone is a key and is passed on at once; it is kept all the same, as it may be the first byte of an answer.
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
