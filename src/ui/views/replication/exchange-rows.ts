// The two directions of a mirrored pair as rows: what is not exchanged, how that changes, and its recent curve.

import type { DatabaseView, Mirroring, Picture } from '../../../model/picture/picture.ts'
import type { LagPoint } from '../../../model/replication/lag-curve.ts'
import { exchangeRate } from '../../../model/replication/mirroring/exchange-rate.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { ClusterState } from '../../../state/state.ts'
import { type LagScale, lagScale } from '../../frame/parts/lag-curves.ts'
import type { ViewRow } from '../list/view.ts'
import type { CatchUpTime, LinkRow } from './rows.ts'

export interface ExchangeRow extends ViewRow {
  readonly kind: 'exchange'
  readonly exchange: Mirroring
  readonly fromName: string
  readonly toName: string
  readonly from: DatabaseView | null
  readonly to: DatabaseView | null
  /** What waits grows (above 0) or shrinks by so much per second; null if unknown. In bytes, else in changes. */
  readonly rate: number | null
  readonly catchUp: CatchUpTime
  readonly curve: ExchangeCurve
}

/** The recent backlog, in bytes where these are known, else in changes. */
interface ExchangeCurve {
  readonly history: { readonly link: { readonly delaySeconds: null }; readonly lags: readonly LagPoint[] }
  readonly scale: LagScale
}

export type ReplicationRow = LinkRow | ExchangeRow

/** A row for each direction; none in every model but `mirrored`. */
export function exchangeRows({ picture, spec }: ClusterState): readonly ExchangeRow[] {
  if (!picture) return []
  const inBytes = picture.mirroring.every(({ trend }) => trend.every(({ changes }) => changes === null))
  const histories = picture.mirroring.map(({ trend }) => ({
    link: { delaySeconds: null },
    lags: trend.map(({ at, bytes, changes }): LagPoint => {
      const value = inBytes ? bytes : changes
      return { at, bytes: value, unreceivedBytes: value }
    }),
  }))
  const scale = inBytes
    ? lagScale(histories, spec.thresholds.replicationLagBytes)
    : { ...lagScale(histories, LOWEST_TOP), limits: NO_LIMITS }
  return picture.mirroring.map((exchange, index) => {
    const history = histories[index] ?? { link: { delaySeconds: null }, lags: [] }
    return exchangeRow(exchange, picture, { history, scale })
  })
}

/** Fewer changes than this don't fill a curve. */
const LOWEST_TOP = { warning: 10, critical: 10 }
/** Of changes nobody has said how many are too many. */
const NO_LIMITS = { warning: Number.POSITIVE_INFINITY, critical: Number.POSITIVE_INFINITY }

function exchangeRow(exchange: Mirroring, picture: Picture, curve: ExchangeCurve): ExchangeRow {
  const { from, to } = exchange
  const rate = exchangeRate(exchange)
  return {
    kind: 'exchange',
    id: `exchange ${from}>${to}`,
    subject: to,
    exchange,
    fromName: displayNameOf(picture, from),
    toName: displayNameOf(picture, to),
    from: picture.databases.find(({ id }) => id === from) ?? null,
    to: picture.databases.find(({ id }) => id === to) ?? null,
    rate,
    catchUp: catchUpOf(exchange, rate),
    curve,
  }
}

/** While it flows, what waits is on its way. */
function catchUpOf({ state, behindBytes, behindChanges }: Mirroring, rate: number | null): CatchUpTime {
  if (state === 'cut') return 'cut off'
  if (state === 'flowing') return 0
  const left = behindChanges ?? behindBytes
  return state === 'merging' && left !== null && rate !== null && rate < 0 ? Math.round(left / -rate) : null
}
