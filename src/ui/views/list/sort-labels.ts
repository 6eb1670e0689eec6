// How the order of a column is told: what comes first, by the kind of what it sorts.

/** What is told when the least key comes first, and when the greatest does. */
export type SortLabels = readonly [ascending: string, descending: string]

export const LETTER_ORDER: SortLabels = ['a to z', 'z to a']
export const NUMBER_ORDER: SortLabels = ['lowest first', 'highest first']
export const COUNT_ORDER: SortLabels = ['fewest first', 'most first']
export const SIZE_ORDER: SortLabels = ['smallest first', 'largest first']
export const REMAINING_ORDER: SortLabels = ['least left first', 'most left first']
export const RATE_ORDER: SortLabels = ['least first', 'most first']
export const DURATION_ORDER: SortLabels = ['shortest first', 'longest first']
/** Keys are instants that are past. */
export const TIME_ORDER: SortLabels = ['oldest first', 'newest first']
/** Keys are how old it is. */
export const AGE_ORDER: SortLabels = ['newest first', 'oldest first']
/** Keys are when, or in how long, it comes. */
export const DUE_ORDER: SortLabels = ['soonest first', 'latest first']
/** Keys are weights: the worst has the least. */
export const WORST_LEAST_ORDER: SortLabels = ['worst first', 'best first']
export const WORST_GREATEST_ORDER: SortLabels = ['mildest first', 'worst first']

/** `worst first`: what comes first when rows are sorted that way. */
export function sortLabel([ascending, descending]: SortLabels, isDescending: boolean): string {
  return isDescending ? descending : ascending
}
