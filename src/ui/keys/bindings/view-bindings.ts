// The bindings that open views, made from what each view says of itself: its key may be a digit, a letter, or no key at all.

import type { View } from '../../views/list/view.ts'
import { isPaletteCommand } from '../names.ts'
import type { Binding } from './binding.ts'

/** One for each view. The first one speaks for all in the footer, so that a newcomer learns that there are others. */
export function viewBindings(views: readonly Pick<View, 'id' | 'key' | 'title'>[]): readonly Binding[] {
  const keys = views.map(({ key }) => key)
  return views.map(({ id, key, title }, index) => ({
    keys: [key],
    id: `view-${id}`,
    title: `view: ${title}`,
    group: 'Look',
    modes: ['rows', 'details'],
    ...(index === 0 ? { footer: viewsFooter(keys, title) } : {}),
    inPalette: true,
  }))
}

/** As wide as the footer can name the keys of all views without losing other keys for it. */
const WIDEST = 12

/**
 * What the footer says of all views: the keys that they have, `0-9`, or `alone`, the title of the first, where those are
 * too many to name. A view that only the palette opens has none.
 */
export function viewsFooter(keys: readonly string[], alone: string): NonNullable<Binding['footer']> {
  const named = inRuns(keys.filter((key) => !isPaletteCommand(key)))
  return named.length <= WIDEST ? { label: 'views', rank: 2, keys: named, alone } : { label: alone, rank: 2, alone }
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
