// The terminal modes that the screen sets beside Ink: title, mouse, wrapping. It restores all of them, however it
// ends.

type Environment = Readonly<Record<string, string | undefined>>

export interface TerminalModes {
  /** The text of tabs and task bars. Written only if it changes. */
  title(text: string): void
  /** Sets the mouse and the title again, e.g. after another program had the terminal. */
  apply(): void
  /** Restores the modes. May be called again. */
  restore(): void
  /** The same permanently: nothing is set any more. */
  end(): void
}

/** Terminals that print such sequences (title, background) instead of obeying them. */
export const TERMINALS_WITHOUT_OSC = /^(?:linux|vt\d+|cons25|ansi|sun|dumb)\b/

/** Presses of buttons and the wheel, in the form without a limit of columns. */
const MOUSE_ON = '\x1b[?1000h\x1b[?1006h'
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l'

/** Text wider than the terminal is cut, instead of pushing every row below it down. */
const WRAP_OFF = '\x1b[?7l'
export const WRAP_ON = '\x1b[?7h'

/** The terminal's own stack keeps the previous title. Without a stack, an empty title is better than a stale one. */
const KEEP_TITLE = '\x1b[22;0t'
const TITLE_BEFORE = '\x1b]2;\x07\x1b[23;0t'

const LONGEST_TITLE = 120

/** Sets only the requested mouse and, if rows are drawn, the wrapping. */
export function createTerminalModes(
  write: (sequence: string) => void,
  env: Environment,
  { mouse, draws = false }: { readonly mouse: boolean; readonly draws?: boolean },
): TerminalModes {
  const titled = !TERMINALS_WITHOUT_OSC.test(env.TERM ?? '')
  let wanted = ''
  let shown: string | null = null
  let taken = true
  let ended = false
  const show = () => {
    if (!titled || !taken || wanted === '' || shown === wanted) return
    write(`${shown === null ? KEEP_TITLE : ''}\x1b]2;${wanted}\x07`)
    shown = wanted
  }
  const giveBack = () => {
    if (!taken) return
    taken = false
    if (mouse) write(MOUSE_OFF)
    if (draws) write(WRAP_ON)
    if (shown !== null) write(TITLE_BEFORE)
    shown = null
  }
  if (mouse) write(MOUSE_ON)
  if (draws) write(WRAP_OFF)
  return {
    title(text) {
      wanted = text.slice(0, LONGEST_TITLE)
      show()
    },
    apply() {
      if (taken || ended) return
      taken = true
      if (mouse) write(MOUSE_ON)
      if (draws) write(WRAP_OFF)
      show()
    },
    restore: giveBack,
    end() {
      giveBack()
      ended = true
    },
  }
}
