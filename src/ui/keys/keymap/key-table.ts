// The keys as a plain table, for `pgdeck keys` and docs/keys.md; needs no terminal.

import type { KeyMode } from '../bindings/binding.ts'
import type { CustomKeys } from '../names.ts'
import { bindingsWithCustomKeys } from './keymap.ts'

export interface KeyTableRow {
  readonly keys: readonly string[]
  readonly action: string
  readonly title: string
  readonly group: string
  /** The modes in which it works. */
  readonly modes: readonly KeyMode[]
}

/** Every key, in the order of the help; with the user's keys if there are any. */
export function keyTable(customKeys: CustomKeys = {}): readonly KeyTableRow[] {
  return bindingsWithCustomKeys(customKeys).map(({ keys, id, title, group, modes }) => ({
    keys,
    action: id,
    title,
    group,
    modes,
  }))
}
