// The bindings that open views, made from the views' own keys: a digit, a letter, or none.

import type { View } from '../../views/list/view.ts'
import { isPaletteCommand } from '../names.ts'
import type { Binding } from './binding.ts'
import { rowSubject } from './row-keys.ts'
import type { BindingContext } from './selection-target.ts'

/** One for each view. The first one represents all in the footer, so that new users learn that there are others. */
export function viewBindings(views: readonly Pick<View, 'id' | 'key' | 'title'>[]): readonly Binding[] {
  const keys = views.map(({ key }) => key)
  return views.map(({ id, key, title }, index) => ({
    keys: [key],
    id: `view-${id}`,
    title: `view: ${title}`,
    group: 'Look',
    modes: ['rows', 'details'],
    footer: index === 0 ? viewsFooter(keys, title) : { label: nextOf(`view-${id}`, title), rank: 2 },
    inPalette: true,
  }))
}

/** The footer names the view that the selected alert leads to. */
function nextOf(binding: string, title: string): (context: BindingContext) => string {
  return ({ state }) => {
    const subject = rowSubject(state)
    return subject.kind === 'alert' && subject.next === binding ? title : ''
  }
}

/** The greatest width at which the footer names the keys of all views without losing other keys. */
const WIDEST = 12

/**
 * The footer's text about all views: their keys, `0-9`, or `alone`, the title of the first, if there are too many to
 * name. A view that only the palette opens has none.
 */
export function viewsFooter(keys: readonly string[], alone: string): NonNullable<Binding['footer']> {
  const named = inRuns(keys.filter((key) => !isPaletteCommand(key)))
  return named.length <= WIDEST ? { label: 'views', rank: 2, keys: named, alone } : { label: alone, rank: 2, alone }
}

/** `0-2,4-9,w`: consecutive digits are joined. */
function inRuns(keys: readonly string[]): string {
  const runs: string[][] = []
  for (const key of [...keys].sort()) {
    const run = runs.at(-1)
    if (/^\d$/.test(key) && run?.at(-1) === String(Number(key) - 1)) run.push(key)
    else runs.push([key])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(','))).join(',')
}
