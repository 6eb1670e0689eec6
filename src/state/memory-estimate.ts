// Estimates how much memory a value uses beyond what it shares with an earlier one. It is exact enough for a limit.

/** Bytes of an object or array without its fields, and of a field; measured with V8. */
const OBJECT = 32
const FIELD = 8
const STRING = 16

/**
 * Returns the bytes that `value` uses and `before` does not. Plain data only. Parts that are the same object in both
 * cost nothing. Elements of lists are also compared beside their position, because histories lose their first and gain
 * a last element.
 */
export function memoryBeyond(value: unknown, before: unknown): number {
  // Equal texts of two answers are two texts in memory.
  if (typeof value === 'string') return STRING + value.length
  if (value === before) return 0
  if (typeof value === 'bigint') return STRING
  if (typeof value !== 'object' || value === null) return 0
  return Array.isArray(value)
    ? weightOfList(value, Array.isArray(before) ? before : [])
    : weightOfRecord(value, typeof before === 'object' && before !== null ? before : {})
}

function weightOfList(list: readonly unknown[], before: readonly unknown[]): number {
  let weight = OBJECT + FIELD * list.length
  // By index: each poll weighs, and iterators and entries would be most of the garbage that it leaves.
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    if (item === before[index + 1] || item === before[index - 1]) continue
    weight += memoryBeyond(item, before[index])
  }
  return weight
}

function weightOfRecord(record: object, before: object): number {
  let weight = OBJECT
  const now = record as Readonly<Record<string, unknown>>
  const earlier = before as Readonly<Record<string, unknown>>
  for (const key in now) weight += FIELD + memoryBeyond(now[key], earlier[key])
  return weight
}
