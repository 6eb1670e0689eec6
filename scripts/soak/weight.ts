// What a watching process holds when nothing is wrong, weighed again and again: whether it grows.

export interface Weight {
  /** Of the watch without a screen: how many of what keeps a process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** After a collection. */
  readonly heapBytes: number
  readonly rssBytes: number
  readonly screen: { readonly descriptors: number; readonly rssBytes: number }
}

/** Histories fill up during the first rounds; what is compared with comes after them. */
const WARMING_ROUNDS = 3
const MOST_HEAP_GROWTH = 12 * 1024 ** 2
/** A poll may be under way at the very moment. */
const SLACK = 4

/** What has grown since the watch was warm, in words; empty while nothing has, or it is too early to tell. */
export function growth(weights: readonly Weight[]): readonly string[] {
  const base = weights[WARMING_ROUNDS - 1]
  const now = weights.at(-1)
  if (!base || !now || base === now) return []
  const found: string[] = []
  for (const [kind, count] of Object.entries(now.resources)) {
    const before = base.resources[kind] ?? 0
    if (count > before + SLACK) found.push(`${kind}: ${count}, at first ${before}`)
  }
  if (now.heapBytes > base.heapBytes + MOST_HEAP_GROWTH) {
    found.push(`the heap has ${now.heapBytes} bytes, at first ${base.heapBytes}`)
  }
  if (now.screen.descriptors > base.screen.descriptors + SLACK) {
    found.push(`the screen holds ${now.screen.descriptors} descriptors, at first ${base.screen.descriptors}`)
  }
  return found
}
