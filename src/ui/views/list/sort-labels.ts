// The description of a column's order, by the kind of its keys.

/** The description for ascending keys, and for descending ones. */
export type SortLabels = readonly [ascending: string, descending: string]

export const LETTER_ORDER: SortLabels = ['a to z', 'z to a']
export const NUMBER_ORDER: SortLabels = ['lowest first', 'highest first']
export const COUNT_ORDER: SortLabels = ['fewest first', 'most first']
export const SIZE_ORDER: SortLabels = ['smallest first', 'largest first']
export const REMAINING_ORDER: SortLabels = ['least left first', 'most left first']
export const RATE_ORDER: SortLabels = ['least first', 'most first']
export const DURATION_ORDER: SortLabels = ['shortest first', 'longest first']
/** Keys are past instants. */
export const TIME_ORDER: SortLabels = ['oldest first', 'newest first']
/** Keys are ages. */
export const AGE_ORDER: SortLabels = ['newest first', 'oldest first']
/** Keys are future instants, or times until then. */
export const DUE_ORDER: SortLabels = ['soonest first', 'latest first']
/** Keys are severities: the worst has the least. */
export const WORST_LEAST_ORDER: SortLabels = ['worst first', 'best first']
export const WORST_GREATEST_ORDER: SortLabels = ['mildest first', 'worst first']

/** `worst first`: the description of that order. */
export function sortLabel([ascending, descending]: SortLabels, isDescending: boolean): string {
  return isDescending ? descending : ascending
}
