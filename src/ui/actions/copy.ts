// `y`: what is selected goes to the clipboard of the terminal that the user sits at, over any number of SSH hops (OSC 52).

import { cutText } from '../frame/format/line.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { selectedText } from '../keys/bindings/row-text.ts'

/** How much of what was copied is told again. */
const TOLD = 60

/** Copies the selected row, or the details that are open, and tells what or why not. */
export function copySelection({ bindingContext, screen, env, signal, notify }: CommandContext): void {
  const { columns, glyphs } = screen()
  const text = selectedText(bindingContext().state, columns, glyphs)
  if (text === null) {
    notify('warning', 'not copied: nothing is selected')
    return
  }
  const made = clipboardSequence(text, env)
  if ('reason' in made) {
    notify('warning', `not copied: ${made.reason}`)
    return
  }
  signal(made.sequence)
  const lines = text.split('\n').length
  notify('info', `copied: ${lines > 1 ? `${lines} lines` : cutText(text, TOLD, glyphs.ellipsis)}`)
}

type Environment = Readonly<Record<string, string | undefined>>

/** A sequence for the terminal, or why there is none. */
export type ClipboardSequence = { readonly sequence: string } | { readonly reason: string }

/** xterm's own limit for the encoded text; others take more, none says when it took nothing. */
const LONGEST_ENCODED = 74_994
const LONGEST_KB = Math.floor((LONGEST_ENCODED * 3) / 4 / 1024)

/** Terminals without a clipboard; the Linux console even prints what it does not know. */
const WITHOUT = /^(?:linux|vt\d+|cons25|ansi|sun)\b/

/** GNU screen prints what is beyond this of a sequence; some of its versions in use take no more. */
const SCREEN_LIMIT = 256

/**
 * What makes the terminal take the text into its clipboard. tmux keeps such sequences to itself unless they are wrapped,
 * and drops wrapped ones unless it is told to pass them: it gets both. GNU screen passes what is wrapped, in short pieces.
 * From another host only the name of the terminal is seen, and tmux has often the same: it may be either.
 */
export function clipboardSequence(text: string, env: Environment): ClipboardSequence {
  const term = env.TERM ?? ''
  if (WITHOUT.test(term)) return { reason: `this terminal has no clipboard (TERM=${term})` }
  const encoded = Buffer.from(text, 'utf8').toString('base64')
  if (encoded.length > LONGEST_ENCODED) {
    return { reason: `too long for a terminal's clipboard (${LONGEST_KB} kB at most): e exports it to a file` }
  }
  const plain = `\x1b]52;c;${encoded}\x07`
  if (env.TMUX) return { sequence: passedThrough(plain) + plain }
  if (env.STY) return { sequence: inPieces(plain) }
  if (!/^screen\b/.test(term)) return { sequence: plain }
  return { sequence: inPieces(plain) + (plain.length < SCREEN_LIMIT ? plain : '') }
}

/** For the terminal that tmux runs in: escapes are doubled inside. */
function passedThrough(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
}

/** For the terminal that GNU screen runs in, which puts the pieces together again by not knowing of them. */
function inPieces(sequence: string): string {
  const [start, end] = ['\x1bP', '\x1b\\']
  const room = SCREEN_LIMIT - start.length - end.length
  let pieces = ''
  for (let at = 0; at < sequence.length; at += room) pieces += start + sequence.slice(at, at + room) + end
  return pieces
}
