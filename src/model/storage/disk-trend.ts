// The trend of a file system's free space, from its recent past.

import type { HostSample } from '../measured/snapshot.ts'

const WINDOW_MS = 10 * 60_000
/** WAL files come and go by whole segments: a shorter past would predict a full disk every few minutes. */
const SHORTEST_MS = 60_000
const FEWEST = 4

/**
 * Returns bytes per second by which a file system fills, negative while it empties; null if the past is too short. It
 * fits a straight line to the last ten minutes. If the file system fills, the slower of the two halves counts: a
 * single large file then predicts no full disk.
 */
export function diskFillRate(history: readonly HostSample[], path: string): number | null {
  const last = history.at(-1)
  if (!last) return null
  const points = history.flatMap(({ at, availableBytes }) => {
    const bytes = availableBytes[path]
    return bytes === undefined || at < last.at - WINDOW_MS ? [] : [{ seconds: (at - last.at) / 1000, bytes }]
  })
  const [first] = points
  if (!first || points.length < FEWEST || -first.seconds * 1000 < SHORTEST_MS) return null
  const whole = slope(points)
  if (whole === null) return null
  if (whole >= 0) return 0 - whole
  const middle = first.seconds / 2
  const halves = [points.filter((point) => point.seconds <= middle), points.filter((point) => point.seconds >= middle)]
  const rates = halves.flatMap((half) => slope(half) ?? [])
  return Math.max(0, Math.min(-whole, ...rates.map((rate) => -rate)))
}

interface Point {
  readonly seconds: number
  readonly bytes: number
}

/** The slope of the fitted line; null if all points are at one time. */
function slope(points: readonly Point[]): number | null {
  const mean = (pick: (point: Point) => number) => points.reduce((sum, point) => sum + pick(point), 0) / points.length
  const seconds = mean((point) => point.seconds)
  const bytes = mean((point) => point.bytes)
  const shared = mean((point) => (point.seconds - seconds) * (point.bytes - bytes))
  const spread = mean((point) => (point.seconds - seconds) ** 2)
  return spread > 0 ? shared / spread : null
}

/** Seconds until the file system is full; null if the rate is unknown or it does not fill. */
export function secondsUntilFull(availableBytes: number, fillingBytesPerSecond: number | null): number | null {
  if (fillingBytesPerSecond === null || fillingBytesPerSecond <= 0) return null
  return availableBytes / fillingBytesPerSecond
}
