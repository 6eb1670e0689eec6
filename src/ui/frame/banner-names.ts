// Names in the banner: whole if there is space, else shortened so that the statement about them stays readable.

import type { Picture } from '../../model/picture/picture.ts'
import type { Viewport } from '../views/list/view.ts'
import { LONGEST_LABEL_NAME, SHORTEST_LABEL_NAME } from './format/fitting-names.ts'
import { type Line, lineWidth } from './format/line.ts'
import { shortNames } from './format/short-names.ts'

/** The line with whole names if they fit, else with shorter ones: the statement about them is more important. */
export function fittingLine(
  make: (named: Picture) => Line | null,
  picture: Picture,
  { columns, glyphs }: Viewport,
): readonly [Line] | null {
  const whole = make(picture)
  if (whole === null) return null
  if (lineWidth(whole) <= columns) return [whole]
  const shorter = make(withShortNames(picture, LONGEST_LABEL_NAME, glyphs.ellipsis))
  if (shorter !== null && lineWidth(shorter) <= columns) return [shorter]
  return [make(withShortNames(picture, SHORTEST_LABEL_NAME, glyphs.ellipsis)) ?? whole]
}

function withShortNames(picture: Picture, width: number, mark: string): Picture {
  const { databases, servers } = picture
  const short = shortNames(
    [...databases, ...servers].map(({ name }) => name),
    width,
    mark,
  )
  const named = <Node extends { readonly name: string }>(node: Node) => ({
    ...node,
    name: short.get(node.name) ?? node.name,
  })
  return { ...picture, databases: databases.map(named), servers: servers.map(named) }
}
