// How fast that which two mirrored databases have not exchanged grows or shrinks.

import type { Mirroring } from '../../picture/picture.ts'

const WINDOW_MS = 30_000
/** Two readings closer than this show jitter rather than a rate. */
const SHORTEST_MS = 400

/**
 * What waits grows (above 0) or shrinks (below 0) by so much per second, over the last half minute: in changes where these are counted,
 * else in bytes. null without enough readings.
 */
export function exchangeRate({ trend }: Pick<Mirroring, 'trend'>): number | null {
  const last = trend.at(-1)
  const first = trend.find(({ at }) => last && at >= last.at - WINDOW_MS)
  if (!first || !last || last.at - first.at < SHORTEST_MS) return null
  const pick = last.changes === null ? 'bytes' : 'changes'
  const [before, now] = [first[pick], last[pick]]
  return before === null || now === null ? null : (now - before) / ((last.at - first.at) / 1000)
}
