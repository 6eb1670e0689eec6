// What the program does at its edges, for a debug log: polls, connections, steps of acts. As a rule nobody listens, and then
// no text is made. No statement, no answer and no secret is ever in one.

import { channel } from 'node:diagnostics_channel'

const MESSAGES = channel('pgdeck:debug')

/** Tells whoever listens; `text` is not asked for while nobody does. */
export function debugMessage(text: () => string): void {
  if (MESSAGES.hasSubscribers) MESSAGES.publish(text())
}

/** Gives `write` each message from now on; answers with what ends that. What it throws is dropped: a log ends no program. */
export function listenForDebugMessages(write: (text: string) => void): () => void {
  const listener = (text: unknown) => {
    try {
      write(String(text))
    } catch {
      // The disk may be full: what was to be done goes on.
    }
  }
  MESSAGES.subscribe(listener)
  return () => void MESSAGES.unsubscribe(listener)
}
