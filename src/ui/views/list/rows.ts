// Rows of a list, made once per change of their inputs, however often a frame and a key ask for them; and the filter.

import type { PaneId } from '../../../state/navigation.ts'
import { filterWords, hasAllWords } from '../../../state/select/filter-sort.ts'
import type { ClusterState, State } from '../../../state/state.ts'

/** Fields whose change does not change any row: the clock, a message, the position of the user. */
const BESIDE: ReadonlySet<string> = new Set([
  'now',
  'notice',
  'history',
  'diagnosis',
  'navigation',
] satisfies readonly (keyof State)[])

/** The rows of `make` for the same facts, filter and order. Only the last result is kept: the screen shows one state at a time. */
export function memoizeRows<Rows>(
  make: (state: State, cluster: ClusterState, pane: PaneId) => Rows,
): (state: State, cluster: ClusterState, pane: PaneId) => Rows {
  let last: { readonly state: State; readonly cluster: ClusterState; readonly rows: Rows } | null = null
  return (state, cluster, pane) => {
    if (last?.cluster === cluster && isSame(last.state, state, pane)) return last.rows
    last = { state, cluster, rows: make(state, cluster, pane) }
    return last.rows
  }
}

function isSame(one: State, other: State, pane: PaneId): boolean {
  if (one === other) return true
  const [before, now] = [one.navigation, other.navigation]
  if (before.filter !== now.filter || before.sort[pane] !== now.sort[pane]) return false
  const keys = Object.keys(other) as (keyof State)[]
  return keys.every((key) => BESIDE.has(key) || one[key] === other[key])
}

/** The same result for the same arguments; only the last one is kept. */
export function memoizeLatest<Given extends readonly unknown[], Made>(
  make: (...given: Given) => Made,
): (...given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | null = null
  return (...given) => {
    if (last?.given.length === given.length && given.every((each, index) => each === last?.given[index]))
      return last.made
    last = { given, made: make(...given) }
    return last.made
  }
}

const TEXTS = new WeakMap<object, string>()

/** The rows that contain every word of the filter; all of them without a filter. */
export function searchRows<R extends object>(
  rows: readonly R[],
  filter: string,
  search: (row: R) => readonly (string | null)[],
): readonly R[] {
  const words = filterWords(filter)
  return words.length === 0 ? rows : rows.filter((row) => hasAllWords(textOf(row, search), words))
}

function textOf<R extends object>(row: R, search: (row: R) => readonly (string | null)[]): string {
  const known = TEXTS.get(row)
  if (known !== undefined) return known
  const text = search(row).join(' ').toLowerCase()
  TEXTS.set(row, text)
  return text
}
