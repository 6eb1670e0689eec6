// Sorts databases in the order of the drawn tree: each upstream is followed by its standbys.

export interface TreePosition {
  readonly id: string
  /** 0 for a root. */
  readonly depth: number
  readonly lastChild: boolean
}

/**
 * Returns every id once, roots first in the given order, each followed by its subtree. `upstreamOf` may name an unknown
 * id (its standby is a root then) or form a loop, as two readings of different age can: the first id of a loop is its
 * root.
 */
export function treeOrder(ids: readonly string[], upstreamOf: ReadonlyMap<string, string>): readonly TreePosition[] {
  const known = new Set(ids)
  const children = new Map<string, string[]>()
  const roots: string[] = []
  for (const id of ids) {
    const upstream = upstreamOf.get(id)
    if (upstream === undefined || upstream === id || !known.has(upstream)) roots.push(id)
    else children.set(upstream, [...(children.get(upstream) ?? []), id])
  }
  const places: TreePosition[] = []
  const placed = new Set<string>()
  const draw = (id: string, depth: number, lastChild: boolean): void => {
    placed.add(id)
    places.push({ id, depth, lastChild })
    const below = (children.get(id) ?? []).filter((child) => !placed.has(child))
    for (const [index, child] of below.entries()) draw(child, depth + 1, index === below.length - 1)
  }
  for (const [index, root] of roots.entries()) draw(root, 0, index === roots.length - 1)
  for (const id of ids) if (!placed.has(id)) draw(id, 0, true)
  return places
}
