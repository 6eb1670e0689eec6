// The links of a cluster as rows: both ends, their rates, and where the reports of the two ends differ.

import type { WalReceiver } from '../../../model/measured/pulse.ts'
import { isLateOnPurpose } from '../../../model/picture/delayed-lag.ts'
import { upstreamOf } from '../../../model/picture/neighbours.ts'
import type { DatabaseView, LinkView, Picture } from '../../../model/picture/picture.ts'
import { isReadAsStandby, standbyPositionOf } from '../../../model/picture/roles.ts'
import { isFlowing } from '../../../model/picture/status.ts'
import { replayRate, walWriteRate } from '../../../model/replication/rates.ts'
import { parseSyncStandbys, syncPriorityOf } from '../../../model/replication/sync/sync-standbys.ts'
import { formatBytes } from '../../../model/values/units.ts'
import { type LinkHistory, linkHistories } from '../../../state/select/lag-histories.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type LagScale, lagScale } from '../../frame/parts/lag-curves.ts'
import type { ViewRow } from '../list/view.ts'

export interface LinkRow extends ViewRow {
  readonly kind: 'link'
  readonly link: LinkView
  /** null if that end is not watched. */
  readonly upstream: DatabaseView | null
  readonly downstream: DatabaseView | null
  /** The report of the downstream's own receiver; null if none runs or the downstream is not read. */
  readonly receiver: WalReceiver | null
  readonly history: LinkHistory
  /** The scale of the curves of all links of its cluster. */
  readonly curveScale: LagScale
  /** Bytes per second: written at the upstream, received and replayed at the downstream; null if unknown. */
  readonly writes: number | null
  readonly receives: number | null
  readonly replays: number | null
  readonly catchUp: CatchUpTime
  /** Whether and in which order commits wait for it: `async`, `quorum 1 of 2`; null if unknown. */
  readonly sync: string | null
  /** The difference between the two reports; null if they agree. */
  readonly contradiction: string | null
}

/** Seconds until it has caught up, or why there is no such figure. */
export type CatchUpTime = number | 'never' | 'paused' | 'cut off' | 'on purpose' | null

/** A row for each link, grouped by upstream, in the order in which the databases are drawn. */
export function linkRows(cluster: ClusterState): readonly LinkRow[] {
  const { picture, spec } = cluster
  if (!picture) return []
  const histories = linkHistories(cluster)
  const { replicationLagBytes, replicationLagSeconds } = spec.thresholds
  const scale = lagScale(histories, replicationLagBytes)
  return histories.map((history) => linkRow(history, scale, picture, replicationLagSeconds.warning))
}

function linkRow(history: LinkHistory, curveScale: LagScale, picture: Picture, mostSeconds: number): LinkRow {
  const { link, upstream: upstreamHistory, downstream: downstreamHistory } = history
  const upstream = upstreamOf(picture, link)
  const downstream = picture.databases.find(({ id }) => id === link.downstreamId) ?? null
  const receiver = downstream ? (standbyPositionOf(downstream)?.receiver ?? null) : null
  const writes = walWriteRate(upstreamHistory)
  const replays = replayRate(downstreamHistory)
  const dispute = disputeOf(link, upstream, downstream, receiver)
  const isOnPurpose = isFlowing(link.state) && isLateOnPurpose(link, mostSeconds)
  const catchUp = isOnPurpose && !downstream?.replayPaused ? 'on purpose' : catchUpOf(link, downstream, writes, replays)
  const trouble = dispute ?? troubleOf(link, catchUp, writes, replays)
  return {
    kind: 'link',
    id: idOf(link),
    subject: link.downstreamId,
    ...(downstream ? {} : { renameBlocked: 'this end of the link is not watched: it can’t be renamed' }),
    link,
    upstream,
    downstream,
    receiver,
    history,
    curveScale,
    writes,
    receives: walWriteRate(downstreamHistory),
    replays,
    catchUp,
    sync: syncText(link, upstream),
    contradiction: dispute,
    ...(trouble === null || downstream?.problem ? {} : { problemText: trouble }),
  }
}

/** A watched standby has one upstream at a time. An unwatched one is identified by its connection. */
function idOf({ upstreamId, upstreamName, downstreamId, downstreamName, sender }: LinkView): string {
  const source = upstreamId ?? upstreamName
  return downstreamId === null ? `${source}>${downstreamName}@${sender?.pid ?? ''}` : `${source}>${downstreamId}`
}

function catchUpOf(
  link: LinkView,
  downstream: DatabaseView | null,
  writes: number | null,
  replays: number | null,
): CatchUpTime {
  if (!isFlowing(link.state)) return link.state === 'disconnected' ? 'cut off' : null
  if (downstream?.replayPaused && link.lag.bytes !== 0) return 'paused'
  if (link.catchUpSeconds !== null || writes === null || replays === null) return link.catchUpSeconds
  // What is replayed within a second is no backlog: the model reports that. Here the backlog grows, or stays the
  // same.
  const isDelayUnknown = link.delaySeconds !== null && link.delaySeconds > 0 && link.lag.seconds === null
  return link.lag.bytes !== null && link.lag.bytes > 0 && replays <= writes && !isDelayUnknown ? 'never' : null
}

/** Why it does not catch up. */
function troubleOf(
  { upstreamName, downstreamName }: LinkView,
  catchUp: CatchUpTime,
  writes: number | null,
  replays: number | null,
): string | null {
  if (catchUp === 'paused') return `replay is paused on ${downstreamName}: its lag grows until replay is resumed`
  if (catchUp !== 'never' || writes === null || replays === null) return null
  const speeds = `${upstreamName} writes ${formatBytes(writes)}/s, ${downstreamName} replays ${formatBytes(replays)}/s`
  return `${downstreamName} does not catch up: ${speeds}`
}

const ORDINALS = ['th', 'st', 'nd', 'rd'] as const

function ordinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 14
  return `${number}${isTeen ? 'th' : (ORDINALS[number % 10] ?? 'th')}`
}

function syncText({ sync, sender }: LinkView, upstream: DatabaseView | null): string | null {
  if (sync === null || sync === 'async') return sync
  const standbys = parseSyncStandbys(upstream?.pulse?.synchronousStandbyNames ?? '')
  if (!standbys || !sender) return sync
  if (sync === 'quorum') return `quorum ${standbys.count} of ${standbys.names.length}`
  const place = syncPriorityOf(standbys, sender.applicationName)
  return place === null ? sync : `${sync} ${ordinal(place)}`
}

function disputeOf(
  { state, sender, ambiguousSenders, upstreamName, downstreamName }: LinkView,
  upstream: DatabaseView | null,
  downstream: DatabaseView | null,
  receiver: WalReceiver | null,
): string | null {
  // The reports can differ only if both ends are read now.
  if (!upstream?.pulse || !downstream?.pulse || upstream.stale || downstream.stale) return null
  if (!isReadAsStandby(downstream)) return `${downstreamName} is no longer a standby`
  if (sender && !receiver)
    return `${upstreamName} sends (${sender.state ?? '?'}), but ${downstreamName} has no walreceiver`
  if (!sender && receiver && ambiguousSenders.length === 0) {
    return `${downstreamName} has a walreceiver (${receiver.status ?? '?'}), but ${upstreamName} has no walsender for it`
  }
  const received = receiver?.receivedTimeline ?? null
  if (isFlowing(state) && received !== null && upstream.timeline !== null && received !== upstream.timeline) {
    return `${upstreamName} is on timeline ${upstream.timeline}, ${downstreamName} receives ${received}`
  }
  if (sender?.state === 'streaming' && receiver?.status != null && receiver.status !== 'streaming') {
    return `${upstreamName} reports streaming, the walreceiver of ${downstreamName} reports ${receiver.status}`
  }
  return null
}
