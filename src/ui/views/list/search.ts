// Finding rows by what is typed: the text of a row is put together once, however often it is looked through.

import { filterWords, hasAllWords } from '../../../state/select/filter-sort.ts'

const TEXTS = new WeakMap<object, string>()

/** The rows in which every word of the filter occurs; all of them when it asks for nothing. */
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
