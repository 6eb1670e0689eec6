// Rows as they are asked for: those that match the filter, in the order of a column.

import type { SortOrder } from '../navigation.ts'

export type SortKey = string | number | bigint | null

/** The words of a filter, in lower case; none when it asks for nothing. */
export function filterWords(filter: string): readonly string[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Every word occurs in the text, both in lower case. */
export function hasAllWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word))
}

/** Every word of the filter occurs in some field; upper and lower case are the same. */
export function matchesFilter(filter: string, ...fields: readonly (string | null)[]): boolean {
  const words = filterWords(filter)
  return words.length === 0 || hasAllWords(fields.join(' ').toLowerCase(), words)
}

/**
 * The rows by the key of the column asked for, unknowns last whichever way; as they came without one. Rows with equal
 * keys stay as they came.
 */
export function sortRows<Row>(
  rows: readonly Row[],
  sort: SortOrder | null | undefined,
  keyOf: (column: string) => ((row: Row) => SortKey) | null,
): readonly Row[] {
  const key = sort ? keyOf(sort.column) : null
  if (!sort || !key) return rows
  const sign = sort.descending ? -1 : 1
  const keyed = rows.map((row) => ({ row, key: key(row) }))
  return keyed.sort((a, b) => compare(a.key, b.key, sign)).map(({ row }) => row)
}

function compare(a: SortKey, b: SortKey, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return sign * (a < b ? -1 : a > b ? 1 : 0)
}
