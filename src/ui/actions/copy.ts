// `y`: what is selected goes to the clipboard of the terminal.

import { cutText } from '../frame/format/line.ts'
import type { CommandContext } from '../keys/bindings/command-context.ts'
import { selectedText } from '../keys/bindings/row-text.ts'
import { clipboardSequence } from '../terminal/clipboard.ts'

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
