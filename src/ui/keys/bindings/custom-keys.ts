// Applies the user's own keys (`ui.keys` of the config) to the key table.

import { type CustomKeys, isPaletteCommand } from '../names.ts'
import type { Binding, KeyMode } from './binding.ts'
import { viewsFooter } from './view-bindings.ts'

/** Modes in which letters are text. */
export const TEXT_MODES: readonly KeyMode[] = ['palette', 'entry']

/**
 * Returns the table with the user's keys: each replaces the first key of its action. Arrows and similar keys remain,
 * and so do keys that an action has only where text is typed, unless it works nowhere else.
 */
export function withCustomBindings(bindings: readonly Binding[], customKeys: CustomKeys): readonly Binding[] {
  if (Object.keys(customKeys).length === 0) return bindings
  const laid = bindings.map((binding) => {
    const key = customKeys[binding.id]
    return key === undefined || !acceptsCustomKey(binding, bindings)
      ? binding
      : { ...binding, keys: keysWith(binding, key) }
  })
  const views = laid.flatMap(({ id, keys }) => (id.startsWith('view-') ? (keys[0] ?? []) : []))
  return laid.map((binding) => {
    const alone = binding.footer?.alone
    return alone === undefined ? binding : { ...binding, footer: viewsFooter(views, alone) }
  })
}

function keysWith({ keys }: Binding, customKey: string): readonly string[] {
  const others = isPaletteCommand(keys[0] ?? '') ? keys : keys.slice(1)
  return [customKey, ...others.filter((key) => key !== customKey)]
}

/** False for the entry keys of an action that also works elsewhere, such as `down` in the palette. */
export function acceptsCustomKey(binding: Binding, bindings: readonly Binding[]): boolean {
  const isForText = ({ modes }: Binding) => modes.every((mode) => TEXT_MODES.includes(mode))
  return !isForText(binding) || bindings.every((each) => each.id !== binding.id || isForText(each))
}
