// Loads the screen's modules in parts, so that the first polls proceed meanwhile.

import { setImmediate as turn } from 'node:timers/promises'

/** The screen; its libraries first, one after the other. */
export async function loadScreen(): Promise<typeof import('./start.tsx')> {
  await import('react')
  await turn()
  await import('ink')
  await turn()
  return import('./start.tsx')
}
