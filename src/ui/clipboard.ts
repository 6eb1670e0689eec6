// The clipboard of the terminal that the user sits at, over any number of SSH hops: OSC 52.

type Environment = Readonly<Record<string, string | undefined>>

/** A sequence for the terminal, or why there is none. */
export type Clip = { readonly sequence: string } | { readonly reason: string }

/** xterm's own limit for the encoded text; others take more, none says when it took nothing. */
const LONGEST_ENCODED = 74_994
const LONGEST_KB = Math.floor((LONGEST_ENCODED * 3) / 4 / 1024)

/** Terminals without a clipboard; the Linux console even prints what it does not know. */
const WITHOUT = /^(?:linux|vt\d+|cons25|ansi|sun)\b/

/**
 * What makes the terminal take the text into its clipboard. tmux keeps such sequences to itself unless they are wrapped,
 * and drops wrapped ones unless it is told to pass them: it gets both.
 */
export function clip(text: string, env: Environment): Clip {
  const term = env.TERM ?? ''
  if (WITHOUT.test(term)) return { reason: `this terminal has no clipboard (TERM=${term})` }
  const encoded = Buffer.from(text, 'utf8').toString('base64')
  if (encoded.length > LONGEST_ENCODED) {
    return { reason: `too long for a terminal's clipboard, which takes ${LONGEST_KB} kB: e exports it to a file` }
  }
  const plain = `\x1b]52;c;${encoded}\x07`
  return { sequence: env.TMUX ? passedThrough(plain) + plain : plain }
}

/** For the terminal that tmux runs in: escapes are doubled inside. */
function passedThrough(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`
}
