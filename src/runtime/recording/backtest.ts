// Which alerts other limits would have given: a recording is replayed by the same rules, once as it was, once with the others.

import { type AlertEpisode, createEpisodeList, type EpisodeList } from '../../model/alerts/alert-episodes.ts'
import type { Limits, Thresholds } from '../../model/measured/spec.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { RecordedSegment } from '../../state/recording/recording-decoder.ts'
import { replaySegment } from '../../state/recording/replay-segment.ts'
import type { HistoryMoment } from '../../state/state.ts'
import { slicesUntil } from './in-slices.ts'
import { partsInOrder, unreadText } from './parts-in-order.ts'
import type { Recordings } from './recordings.ts'
import type { SegmentPlace } from './segment-place.ts'

/** Limits in the units of the model; what is absent stays as it was recorded. */
export type OtherLimits = { readonly [Name in keyof Thresholds]?: Partial<Limits> }

export interface BacktestOptions {
  readonly recordings: Recordings
  /** Only this cluster; absent: all of the file. */
  readonly cluster?: string | undefined
  /** The limits to try. */
  readonly limits: OtherLimits
  /** Milliseconds since the epoch; absent: all. */
  readonly since?: number | undefined
  readonly signal: AbortSignal
  /** Called with the time up to which it was read. */
  readonly onProgress?: (at: number) => void
}

export interface ClusterBacktest {
  readonly cluster: string
  /** The time that was replayed, in milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly before: readonly AlertEpisode[]
  readonly after: readonly AlertEpisode[]
  /** What was not recorded or can't be read, one sentence each. */
  readonly missing: readonly string[]
}

/** Replays each cluster. Rejects with the reason of the signal, and with RecordingFileError for a file that can't be read. */
export async function backtest(options: BacktestOptions): Promise<readonly ClusterBacktest[]> {
  const { recordings, cluster } = options
  const { segments } = await recordings.index(cluster === undefined ? undefined : [cluster])
  const names = [...new Set(segments.flatMap(({ clusters }) => clusters))].toSorted()
  const found: ClusterBacktest[] = []
  for (const name of names) {
    if (cluster !== undefined && name !== cluster) continue
    const places = segments.filter(({ clusters }) => clusters.includes(name))
    const one = await backtestOf(name, places, options)
    if (one) found.push(one)
  }
  return found
}

async function backtestOf(
  name: string,
  places: readonly SegmentPlace[],
  { recordings, limits, since = Number.NEGATIVE_INFINITY, signal, onProgress }: BacktestOptions,
): Promise<ClusterBacktest | null> {
  const sides = [sideOf(name, {}), sideOf(name, limits)] as const
  const missing: string[] = []
  const range = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }
  for (const { place, after, gap } of partsInOrder(places, since)) {
    if (gap !== null) {
      missing.push(gap)
      for (const side of sides) side.gap()
    }
    onProgress?.(place.started)
    try {
      const segment = await recordings.read(place)
      for (const side of sides) await side.replay(segment, after, signal)
      range.from = Math.min(range.from, Math.max(place.started, after))
      range.to = Math.max(range.to, place.ended)
    } catch (error) {
      signal.throwIfAborted()
      missing.push(unreadText(place, messageOf(error)))
      for (const side of sides) side.gap()
    }
  }
  if (range.to < range.from) return null
  const [before, after] = sides
  return { cluster: name, ...range, before: before.list.episodes(), after: after.list.episodes(), missing }
}

interface Side {
  readonly list: EpisodeList
  replay(segment: RecordedSegment, after: number, signal: AbortSignal): Promise<void>
  gap(): void
}

/** The picture of the part before goes on in the next one: what has lasted is not new again. */
function sideOf(name: string, limits: OtherLimits): Side {
  const list = createEpisodeList()
  let latest: Picture | null = null
  return {
    list,
    gap() {
      list.gap()
      latest = null
    },
    async replay(segment, after, signal) {
      const each = (moment: HistoryMoment | null) => {
        const picture = moment?.clusters.find(({ spec }) => spec.name === name)?.picture
        if (!picture) return true
        latest = picture
        list.add(picture)
        return true
      }
      const limited = withLimits(segment, name, limits, latest)
      // An alert may be shorter than an interval.
      const all = { after, until: Number.POSITIVE_INFINITY, every: true } as const
      await slicesUntil(replaySegment(limited, all), each, signal)
    },
  }
}

/** Only this cluster, with other limits. Its alerts go on from `latest`; without it, none stands. */
function withLimits(
  { start, entries }: RecordedSegment,
  name: string,
  limits: OtherLimits,
  latest: Picture | null,
): RecordedSegment {
  const other = <Spec extends { readonly thresholds: Thresholds }>(spec: Spec): Spec => ({
    ...spec,
    thresholds: mergedLimits(spec.thresholds, limits),
  })
  const clusters = start.clusters
    .filter(({ spec }) => spec.name === name)
    .map((cluster) => {
      const { picture } = cluster
      const alerts = latest ? { alerts: latest.alerts, pending: latest.pending } : { alerts: [], pending: [] }
      return { ...cluster, spec: other(cluster.spec), picture: picture && { ...picture, ...alerts } }
    })
  return {
    start: { ...start, clusters },
    entries: entries
      .filter(({ event }) => !('cluster' in event) || event.cluster === name)
      .map((entry) => {
        const { event } = entry
        return event.type === 'spec-changed' ? { ...entry, event: { ...event, spec: other(event.spec) } } : entry
      }),
  }
}

function mergedLimits(recorded: Thresholds, other: OtherLimits): Thresholds {
  const pairs = Object.entries(recorded).map(([name, pair]) => [name, { ...pair, ...other[name as keyof Thresholds] }])
  return Object.fromEntries(pairs)
}
