// What this role may not see, with the statement that would show it: for the lines above a list.

import type { LookId } from '../../model/looks.ts'
import { type Line, span } from '../format/line.ts'
import { wrap } from '../format/wording.ts'
import type { Scene } from './list-shape.ts'
import { lookedAt } from './looked.ts'

/** One sentence per statement: where to run it, and what it shows. Nothing while nothing is hidden. */
export function hiddenNotes({ cluster, screen }: Scene, id: LookId): readonly Line[] {
  const shown = new Map<string, { readonly names: Set<string>; readonly what: Set<string> }>()
  for (const { name, value } of lookedAt(cluster, id)) {
    for (const { what, grant } of value?.missing ?? []) {
      const known = shown.get(grant) ?? { names: new Set(), what: new Set() }
      shown.set(grant, { names: known.names.add(name), what: known.what.add(what) })
    }
  }
  return [...shown].flatMap(([grant, { names, what }]) => {
    // The statement first: where there is no room for all of it, the reasons are cut.
    const text = `${grant} on ${[...names].join(', ')} would show ${[...what].join('; ')}`
    return wrap(text, screen.columns - 4).map(
      (piece, index): Line => [span(index === 0 ? ` ${screen.glyphs.unknown} ` : '   ', 'dim'), span(piece)],
    )
  })
}
