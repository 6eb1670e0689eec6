// The bindings that open views, made from what each view says of itself.

import type { View } from '../../views/list/view.ts'
import type { Binding } from './binding.ts'

/** The first one speaks for all in the footer, so that a newcomer learns that there are others. */
export function viewBinding({ id, key, title }: View, index: number): Binding {
  const shape = {
    keys: [key],
    id: `view-${id}`,
    title: `view: ${title}`,
    group: 'Look',
    modes: ['rows', 'details'],
  } as const
  const footer = index === 0 ? { footer: { label: 'views', rank: 2, keys: '0-9', alone: title } } : {}
  return { ...shape, ...footer, inPalette: true }
}
