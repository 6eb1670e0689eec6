// Lines with long names, which are cut so that the statement about them can be read.

import type { ClusterState } from '../../../state/state.ts'
import { type Line, lineWidth } from './line.ts'
import { shortNames } from './short-names.ts'

/** Longer names are cut in a label: the loss is more important. */
export const LONGEST_LABEL_NAME = 24
/** Names in a line that does not fit otherwise. */
export const SHORTEST_LABEL_NAME = 12

/** Any line about these nodes, with shorter names if it does not fit: the statement about them is more important. */
export function withFittingNames(line: Line, names: readonly string[], columns: number, mark: string): Line {
  if (lineWidth(line) <= columns) return line
  const shorter = shortened(line, shortNames(names, LONGEST_LABEL_NAME, mark))
  return lineWidth(shorter) <= columns ? shorter : shortened(line, shortNames(names, SHORTEST_LABEL_NAME, mark))
}

function shortened(line: Line, short: ReadonlyMap<string, string>): Line {
  const cut = [...short].filter(([name, shorter]) => name !== shorter).map(([name]) => name)
  if (cut.length === 0) return line
  // Of two names of which one begins with the other, the longer one is meant where it stands.
  const longest = cut.sort((one, other) => other.length - one.length)
  const found = new RegExp(longest.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g')
  return line.map((part) => ({ ...part, text: part.text.replaceAll(found, (name) => short.get(name) ?? name) }))
}

/** All nodes of a cluster, as the screen names them. */
export function nodeNames({ databases, servers, hosts }: ClusterState): readonly string[] {
  return [...[...databases, ...servers].map(({ displayName }) => displayName), ...hosts.map(({ spec }) => spec.id)]
}
