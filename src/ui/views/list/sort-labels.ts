// How the order of a column is told: what comes first, by the kind of what it sorts.

/** What is told when the least key comes first, and when the greatest does. */
export type OrderWords = readonly [ascending: string, descending: string]

export const LETTERS: OrderWords = ['a to z', 'z to a']
export const NUMBERS: OrderWords = ['lowest first', 'highest first']
export const COUNTS: OrderWords = ['fewest first', 'most first']
export const SIZES: OrderWords = ['smallest first', 'largest first']
export const ROOM: OrderWords = ['least left first', 'most left first']
export const RATES: OrderWords = ['least first', 'most first']
export const SPANS: OrderWords = ['shortest first', 'longest first']
/** Keys are instants that are past. */
export const TIMES: OrderWords = ['oldest first', 'newest first']
/** Keys are how old it is. */
export const AGES: OrderWords = ['newest first', 'oldest first']
/** Keys are when, or in how long, it comes. */
export const DUE: OrderWords = ['soonest first', 'latest first']
/** Keys are weights: the worst has the least. */
export const WORST_LEAST: OrderWords = ['worst first', 'best first']
export const WORST_GREATEST: OrderWords = ['mildest first', 'worst first']

/** `worst first`: what comes first when rows are sorted that way. */
export function orderText([ascending, descending]: OrderWords, isDescending: boolean): string {
  return isDescending ? descending : ascending
}
