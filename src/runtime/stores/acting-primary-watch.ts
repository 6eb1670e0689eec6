// Follows the record of the acting primary in the state directory, which another pgdeck may write.

import { readStateFile } from '../../io/state/state-folder.ts'
import { parseActingPrimaries } from '../../model/measured/acting-primary.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { Store } from '../../state/store.ts'

const FILE = 'acting.json'
const LOOK_EVERY_MS = 1_000

export interface ActingPrimaryWatch {
  /** Reads the file once. A file that can't be read is shown as a notice. */
  load(): void
  /** Reads it again and again until `close`. */
  start(): void
  close(): void
}

export function createActingPrimaryWatch({
  store,
  folder,
}: {
  readonly store: Store
  readonly folder: string
}): ActingPrimaryWatch {
  let timer: NodeJS.Timeout | undefined
  let known = 'null'
  let warned = false
  const load = () => {
    try {
      const content = readStateFile(folder, FILE)
      const text = JSON.stringify(content)
      if (text === known) return
      known = text
      const book = parseActingPrimaries(content)
      for (const { spec } of store.latest().clusters) {
        store.dispatch({ type: 'acting-loaded', cluster: spec.name, actingPrimary: book[spec.name] ?? null })
      }
    } catch (error) {
      const text = clean(`state directory: ${messageOf(error)}`)
      if (!warned) store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
      warned = true
    }
  }
  return {
    load,
    start() {
      timer = setInterval(load, LOOK_EVERY_MS)
      timer.unref()
    },
    close: () => clearInterval(timer),
  }
}
