// The user's own keys (`ui.keys` of the config), laid over the key table.

import type { CustomKeys } from '../names.ts'
import type { Binding, KeyMode } from './binding.ts'

/** Where letters are text. */
export const TEXT_MODES: readonly KeyMode[] = ['palette', 'entry']

/** What is typed into the palette (`:psql`) is no key: an own key comes beside it. */
export function isPaletteCommand(key: string): boolean {
  return key.length > 1 && key.startsWith(':')
}

/**
 * The table with own keys in it: each takes the place of the action's first key. Arrows and the like stay beside it, and
 * so do the keys that an action has only where text is typed, unless it works nowhere else.
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
  return laid.map((binding) => (binding.footer?.keys === undefined ? binding : speakingFor(binding, views)))
}

/** As wide as the footer can name the keys of all views without losing other keys for it. */
const WIDEST = 12

/** The binding that the footer has for all views, with the keys that they have now. */
function speakingFor(binding: Binding, views: readonly string[]): Binding {
  const { keys: _, alone = '', ...footer } = binding.footer ?? { label: '', rank: 0 }
  const named = inRuns(views)
  return { ...binding, footer: named.length <= WIDEST ? { ...footer, keys: named } : { ...footer, label: alone } }
}

/** `0-2,4-9,w`: digits that follow each other as one. */
function inRuns(keys: readonly string[]): string {
  const runs: string[][] = []
  for (const key of [...keys].sort()) {
    const run = runs.at(-1)
    if (/^\d$/.test(key) && run?.at(-1) === String(Number(key) - 1)) run.push(key)
    else runs.push([key])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',')
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
