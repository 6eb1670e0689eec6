// Messages about connections, polls and steps for a debug log. Usually no one listens, and then no text is made. They
// contain no statement, no answer and no secret.

import { channel } from 'node:diagnostics_channel'

const MESSAGES = channel('pgdeck:debug')

/** Passes a message to the listeners. `text` is called only if there is one. */
export function debugMessage(text: () => string): void {
  if (MESSAGES.hasSubscribers) MESSAGES.publish(text())
}

/**
 * Gives `write` each message from now on. Returns a function that ends it. Errors of `write` are dropped: a log must
 * not end the program.
 */
export function listenForDebugMessages(write: (text: string) => void): () => void {
  const listener = (text: unknown) => {
    try {
      write(String(text))
    } catch {
      // The disk may be full: the program continues.
    }
  }
  MESSAGES.subscribe(listener)
  return () => void MESSAGES.unsubscribe(listener)
}
