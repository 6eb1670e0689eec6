// `y`: copies the selected row to the clipboard of the user's terminal, over any number of SSH hops (OSC 52).

import { cutText } from '../frame/format/line.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { selectedText } from '../keys/bindings/row-text.ts'

/** How much of the copied text the message repeats. */
const TOLD = 60

/** Copies the selected row or the open details, and reports it, or why it can't. */
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

/** xterm's own limit for the encoded text. Others take more; none reports that it took nothing. */
const LONGEST_ENCODED = 74_994
const LONGEST_KB = Math.floor((LONGEST_ENCODED * 3) / 4 / 1024)

/** Terminals without a clipboard. The Linux console even prints an unknown sequence. */
const WITHOUT = /^(?:linux|vt\d+|cons25|ansi|sun)\b/

/** GNU screen prints the part of a sequence beyond this. Some versions in use take no more. */
const SCREEN_LIMIT = 256

/**
 * Makes the sequence that puts the text into the terminal's clipboard. tmux keeps such sequences to itself unless
 * they are wrapped, and drops wrapped ones unless it is told to pass them: it gets both. GNU screen passes wrapped
 * sequences in short pieces. From another host only the name of the terminal is visible, and tmux often has the same
 * name as screen: then it may be either.
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

/** For the terminal in which tmux runs: escapes are doubled inside. */
function passedThrough(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
}

/** For the terminal in which GNU screen runs. It joins the pieces, because it does not interpret them. */
function inPieces(sequence: string): string {
  const [start, end] = ['\x1bP', '\x1b\\']
  const room = SCREEN_LIMIT - start.length - end.length
  let pieces = ''
  for (let at = 0; at < sequence.length; at += room) pieces += start + sequence.slice(at, at + room) + end
  return pieces
}
