// Whether there is a terminal to draw on, and how it is restored in any case.

import { MOUSE_OFF, WRAP_ON } from './modes.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** No terminal can show the monitor. The message names the alternatives. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError'
}

/** Throws a TerminalError if the monitor can't be drawn. */
export function requireDrawableTerminal(
  stdin: { isTTY?: boolean },
  stdout: { isTTY?: boolean },
  env: Environment,
): void {
  const instead = 'use `pgdeck status`, with --watch or --json'
  if (!stdout.isTTY)
    throw new TerminalError(`the monitor needs a terminal, and the output is not a terminal; ${instead}`)
  if (!stdin.isTTY)
    throw new TerminalError(`the monitor needs a terminal for its keys, and the input is not a terminal; ${instead}`)
  if (env.TERM === 'dumb') {
    throw new TerminalError(`the terminal is dumb (TERM=dumb): it can't show the monitor; ${instead}`)
  }
}

const MAIN_SCREEN = '\x1b[?1049l'
/** End of synchronized output, cursor shown, attributes reset, bracketed paste off, rows wrap, mouse off. */
const RESTORE = `\x1b[?2026l\x1b[?25h\x1b[0m\x1b[?2004l${WRAP_ON}${MOUSE_OFF}`

/**
 * Restores the terminal. Output to a terminal is synchronous, so this also works while the process is dying. Spoken
 * lines are on the main screen already: to leave the alternate screen would move the cursor back among them.
 */
export function restoreTerminal(
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  { aloud }: { readonly aloud: boolean },
): void {
  try {
    stdout.write(aloud ? RESTORE : `${MAIN_SCREEN}${RESTORE}`)
    if (stdin.isRaw) stdin.setRawMode(false)
  } catch {
    // The terminal is gone: there is nothing to restore.
  }
}

/** Spoken lines remain on the terminal, the last one without a line break: the next output would overwrite it. */
export function endLastLine(stdout: NodeJS.WriteStream): void {
  try {
    stdout.write('\r\n')
  } catch {
    // As above.
  }
}
