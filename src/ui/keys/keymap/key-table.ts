// The keys as a plain table, for `pgdeck keys` and docs/keys.md; needs no terminal.

import type { Mode } from '../bindings/binding.ts'
import type { OwnKeys } from '../bindings/custom-keys.ts'
import { bindingsWith } from './keymap.ts'

export interface KeyRow {
  readonly keys: readonly string[]
  readonly action: string
  readonly title: string
  readonly group: string
  /** Where it works. */
  readonly modes: readonly Mode[]
}

/** Every key, in the order of help; with the user's own where there are some. */
export function keyTable(own: OwnKeys = {}): readonly KeyRow[] {
  return bindingsWith(own).map(({ keys, id, title, group, modes }) => ({ keys, action: id, title, group, modes }))
}
