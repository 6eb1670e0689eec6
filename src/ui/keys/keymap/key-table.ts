// The keys as a plain table, for `pgdeck keys` and docs/keys.md; needs no terminal.

import type { KeyMode } from '../bindings/binding.ts'
import type { CustomKeys } from '../names.ts'
import { bindingsWithCustomKeys } from './keymap.ts'

export interface KeyTableRow {
  readonly keys: readonly string[]
  readonly action: string
  readonly title: string
  readonly group: string
  /** Where it works. */
  readonly modes: readonly KeyMode[]
}

/** Every key, in the order of help; with the user's own where there are some. */
export function keyTable(customKeys: CustomKeys = {}): readonly KeyTableRow[] {
  return bindingsWithCustomKeys(customKeys).map(({ keys, id, title, group, modes }) => ({
    keys,
    action: id,
    title,
    group,
    modes,
  }))
}
