// The keys as a plain table, for `pgdeck keys` and docs/keys.md; needs no terminal.

import type { Mode } from './binding.ts'
import { BINDINGS } from './keymap.ts'

export interface KeyRow {
  readonly keys: readonly string[]
  readonly action: string
  readonly title: string
  readonly group: string
  /** Where it works. */
  readonly modes: readonly Mode[]
}

/** Every key, in the order of help. */
export function keyTable(): readonly KeyRow[] {
  return BINDINGS.map(({ keys, id, title, group, modes }) => ({ keys, action: id, title, group, modes }))
}
