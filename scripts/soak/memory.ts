// What a watching process holds when nothing is wrong, weighed again and again: whether it grows.

export interface MemoryUse {
  /** Of the watch without a screen: how many of what keeps a process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** After a collection. */
  readonly heapBytes: number
  readonly rssBytes: number
  readonly screen: ScreenMemoryUse
}

export interface ScreenMemoryUse {
  readonly descriptors: number
  readonly rssBytes: number
}

/** Histories fill up during the first rounds; what is compared with comes after them. */
const WARMING_ROUNDS = 3
const MOST_HEAP_GROWTH = 12 * 1024 ** 2
/**
 * Resident memory says little of leaks: some 54 MB of it are Node's own code, shared by all its processes, and garbage stays
 * until the engine finds it worth collecting, which it does the later the more is drawn. A soak draws far more than anybody
 * who watches, at four times the pace, and passes through every view; 140 MB is what it comes to on a quiet machine, more on
 * a busy one, where the engine collects later. The limit is for what no collection gives back. What is alive is told by the
 * heap after a collection: 30 MB when the program has started, most of it the program itself, and up to 46 MB once every
 * view was drawn and the moments to look back to are full, which have a limit of their own (src/state/history.ts).
 */
const MOST_SCREEN_RSS = 240 * 1024 ** 2
const MOST_SCREEN_HEAP = 54 * 1024 ** 2
/** Polls may be under way at the very moment, on a busy machine several with sessions that were given up. */
const SLACK = 10

/** What of the screen's heap after a collection is too much, in words; empty when it is as it should be. */
export function excessiveHeap(bytes: number): readonly string[] {
  return bytes > MOST_SCREEN_HEAP ? [`the screen's heap has ${bytes} bytes after a collection`] : []
}

/** What has grown since the watch was warm, in words; empty while nothing has, or it is too early to tell. */
export function memoryGrowth(weights: readonly MemoryUse[]): readonly string[] {
  const base = weights[WARMING_ROUNDS - 1]
  const now = weights.at(-1)
  const found: string[] = []
  if (now && now.screen.rssBytes > MOST_SCREEN_RSS) {
    found.push(`the screen takes ${now.screen.rssBytes} bytes of memory`)
  }
  if (!base || !now || base === now) return found
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
