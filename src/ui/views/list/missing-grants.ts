// What this role may not see, with the statement that would show it: for the lines above a list.

import type { MissingPrivilege } from '../../../model/measured/pulse.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span } from '../../frame/format/line.ts'
import type { Viewport } from './view.ts'

/** What one database hides from this role. */
export interface MissingGrants {
  readonly name: string
  readonly missing: readonly MissingPrivilege[]
}

/** One sentence per statement: where to run it, and what it shows. Nothing while nothing is hidden. */
export function missingGrantNotes(all: readonly MissingGrants[], { columns, glyphs }: Viewport): readonly Line[] {
  const byGrant = new Map<string, { readonly names: Set<string>; readonly what: Set<string> }>()
  for (const { name, missing } of all) {
    for (const { what, grant } of missing) {
      const known = byGrant.get(grant) ?? { names: new Set(), what: new Set() }
      byGrant.set(grant, { names: known.names.add(name), what: known.what.add(what) })
    }
  }
  return [...byGrant].flatMap(([grant, { names, what }]) => {
    // The statement first: where there is no room for all of it, the reasons are cut.
    const [first = '', ...more] = wrapText(
      `${grant} on ${[...names].join(', ')} would show ${[...what].join('; ')}`,
      columns - 4,
    )
    const isWhole = first.startsWith(grant)
    const start: Line = isWhole ? [span(grant, 'strong'), span(first.slice(grant.length))] : [span(first)]
    return [[span(` ${glyphs.unknown} `, 'warning'), ...start], ...more.map((text): Line => [span(`   ${text}`)])]
  })
}
