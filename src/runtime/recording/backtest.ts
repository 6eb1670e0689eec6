// Which alerts other limits would have given: a recording is replayed by the same rules, once as it was, once with the others.

import { type AlertEpisode, createEpisodeList, type EpisodeList } from '../../model/alerts/alert-episodes.ts'
import type { Thresholds } from '../../model/measured/spec.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { RecordedSegment } from '../../state/recording/recording-decoder.ts'
import { replaySegment } from '../../state/recording/replay-segment.ts'
import { inSlices } from './in-slices.ts'
import type { Recordings, SegmentPlace } from './recordings.ts'

export interface BacktestOptions {
  readonly recordings: Recordings
  /** Only this cluster; absent: all of the file. */
  readonly cluster?: string | undefined
  /** The limits to try. What is absent stays as it was recorded. */
  readonly limits: Partial<Thresholds>
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

/** Longer pauses between two recorded parts end what stands. */
const GAP_MS = 60_000

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
  let from: number | null = null
  let coveredUntil = since
  for (const place of places) {
    signal.throwIfAborted()
    // Before the time that is asked for, or recorded by another process too.
    if (place.ended <= coveredUntil) continue
    if (from !== null && place.started - coveredUntil > GAP_MS) {
      missing.push(`nothing was recorded from ${timeText(coveredUntil)} to ${timeText(place.started)}`)
      for (const side of sides) side.gap()
    }
    onProgress?.(place.started)
    try {
      const segment = await recordings.read(place)
      for (const side of sides) await side.replay(segment, coveredUntil, signal)
      from ??= Math.max(place.started, since)
      coveredUntil = place.ended
    } catch (error) {
      signal.throwIfAborted()
      missing.push(`the part from ${timeText(place.started)}: ${messageOf(error)}`)
    }
  }
  if (from === null) return null
  const [before, after] = sides.map((side) => side.list.episodes())
  return { cluster: name, from, to: coveredUntil, before: before ?? [], after: after ?? [], missing }
}

interface Side {
  readonly list: EpisodeList
  replay(segment: RecordedSegment, after: number, signal: AbortSignal): Promise<void>
  gap(): void
}

/** The picture of the part before goes on in the next one: what has lasted is not new again. */
function sideOf(name: string, limits: Partial<Thresholds>): Side {
  const list = createEpisodeList()
  let latest: Picture | null = null
  return {
    list,
    gap() {
      list.gap()
      latest = null
    },
    async replay(segment, after, signal) {
      const moments = await inSlices(
        replaySegment(withLimits(segment, name, limits, latest), {
          after,
          until: Number.POSITIVE_INFINITY,
          most: Number.POSITIVE_INFINITY,
        }),
        signal,
      )
      for (const { clusters } of moments) {
        const picture = clusters.find(({ spec }) => spec.name === name)?.picture
        if (!picture) continue
        latest = picture
        list.add(picture)
      }
    },
  }
}

/** Only this cluster, with other limits. Its alerts go on from `latest`; without it, none stands. */
function withLimits(
  { start, entries }: RecordedSegment,
  name: string,
  limits: Partial<Thresholds>,
  latest: Picture | null,
): RecordedSegment {
  const other = <Spec extends { readonly thresholds: Thresholds }>(spec: Spec): Spec => ({
    ...spec,
    thresholds: { ...spec.thresholds, ...limits },
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

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+/, '')
}
