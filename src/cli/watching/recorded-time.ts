// Recorded time of a watching program: what is loaded when somebody first looks back beyond this session.

import { hasRecordings } from '../../io/recording/recording-folder.ts'
import type { Player } from '../../runtime/recording/player.ts'
import type { RecordedStep } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'

export interface LazyPlayer {
  /** Notes in the state whether there are recordings. */
  announce(): void
  /** Shows a recorded moment, or a notice why there is none. Resolves to null, or to why not. */
  show(step: RecordedStep): Promise<string | null>
  close(): Promise<void>
}

export interface LazyPlayerOptions {
  readonly store: Store
  readonly stateFolder: string
  readonly clusters: readonly string[]
}

/** Nothing is loaded before `show`. */
export function lazyPlayer({ store, stateFolder, clusters }: LazyPlayerOptions): LazyPlayer {
  let opened: Promise<Player> | null = null
  return {
    announce() {
      // `--at` has shown one of them already.
      if (store.latest().past || !mayHaveRecordings(stateFolder)) return
      store.dispatch({ type: 'past-loaded', past: { file: null, range: null, moments: [], marks: [] } })
    },
    async show(step) {
      opened ??= openPlayer({ store, stateFolder, clusters })
      const problem = await (await opened).show(step)
      if (problem !== null)
        store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text: problem } })
      return problem
    },
    close: async () => (await opened)?.close(),
  }
}

function mayHaveRecordings(stateFolder: string): boolean {
  try {
    return hasRecordings(stateFolder)
  } catch {
    // The folder can't be read: looking back reports why.
    return true
  }
}

async function openPlayer({ store, stateFolder, clusters }: LazyPlayerOptions): Promise<Player> {
  const { createPlayer } = await import('../../runtime/recording/player.ts')
  const { openRecordings } = await import('../../runtime/recording/recordings.ts')
  return createPlayer({ store, recordings: openRecordings({ stateFolder }), file: null, clusters })
}
