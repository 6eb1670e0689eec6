// The rows of WAL and slots: each database with the size of its WAL, followed by its slots with their forecasts.

import { isSynchronizedCopy, lostSlotText } from '../../../model/failover/lost-slot.ts'
import type { StorageFacts } from '../../../model/measured/on-demand.ts'
import type { DatabaseView, FileSystemView, Severity, SlotView } from '../../../model/picture/picture.ts'
import { subjectOf, subjectText } from '../../../model/picture/subject.ts'
import { walWriteRate } from '../../../model/replication/rates.ts'
import { type SlotForecast, slotForecast } from '../../../model/storage/storage-forecast.ts'
import type { ClusterState } from '../../../state/state.ts'
import { seconds } from '../../frame/format/values.ts'
import { type DatabaseQueryResult, queryResultsOf } from '../list/query-results.ts'
import type { ViewRow } from '../list/view.ts'
import { isDue } from './text.ts'

/** Its problem, in one sentence. */
export interface StorageFinding {
  readonly severity: Severity
  readonly text: string
}

export interface WalFacts {
  readonly queryResult: DatabaseQueryResult<StorageFacts>
  readonly view: DatabaseView
  /** Bytes per second over the last half minute; null if the past is too short. */
  readonly rate: number | null
  /** The file system of pg_wal; null if its host is not watched. */
  readonly space: FileSystemView | null
  readonly freeBytes: number | null
}

interface DatabaseWalRow extends ViewRow, WalFacts {
  readonly kind: 'database'
}

export interface SlotRow extends ViewRow, WalFacts {
  readonly kind: 'slot'
  readonly slot: SlotView
  readonly forecast: SlotForecast
  readonly trouble: StorageFinding | null
  /** Name of the database that uses it; null if nobody does or an unwatched one does. */
  readonly user: string | null
  readonly isLast: boolean
}

export type WalRow = DatabaseWalRow | SlotRow

/** All databases in drawing order, each followed by its slots. */
export function walRows(cluster: ClusterState): readonly WalRow[] {
  return walFacts(cluster).flatMap((facts): readonly WalRow[] => {
    const { id } = facts.view
    return [{ kind: 'database', id, subject: id, ...facts }, ...slotRowsOf(facts, cluster)]
  })
}

/** All slots of a cluster, those of one database together. */
export function slotRows(cluster: ClusterState): readonly SlotRow[] {
  return walFacts(cluster).flatMap((facts) => slotRowsOf(facts, cluster))
}

/** The facts about each database's WAL. */
export function walFacts(cluster: ClusterState): readonly WalFacts[] {
  const { picture } = cluster
  if (!picture) return []
  const answers = new Map(
    queryResultsOf(cluster, 'storage').map((queryResult) => [queryResult.databaseId, queryResult]),
  )
  return picture.databases.flatMap((view): readonly WalFacts[] => {
    const queryResult = answers.get(view.id)
    if (!queryResult) return []
    const { hostId } = queryResult.record.spec
    const spaces = picture.hosts.find(({ id }) => id === hostId)?.spaces ?? []
    const space = spaces.find(({ role }) => role === 'wal') ?? spaces.find(({ role }) => role === 'data') ?? null
    const freeBytes = space?.space.state === 'known' ? space.space.value.availableBytes : null
    return [{ queryResult, view, rate: walWriteRate(queryResult.record.history), space, freeBytes }]
  })
}

function slotRowsOf(facts: WalFacts, { picture }: ClusterState): readonly SlotRow[] {
  const slots = (picture?.slots ?? []).filter(({ databaseId }) => databaseId === facts.view.id)
  return slots.map((slot, index): SlotRow => {
    const forecast = slotForecast(slot, { walBytesPerSecond: facts.rate, freeBytes: facts.freeBytes })
    const user = picture?.databases.find(({ id }) => id === slot.usedBy) ?? null
    const trouble = troubleOf(slot, forecast, facts.view, user)
    return {
      kind: 'slot',
      // A database may have the name that this slot's subject reads as.
      id: `slot:${subjectText(subjectOf(facts.view.id, slot.name))}`,
      subject: facts.view.id,
      renameBlocked: 'a slot has no display name',
      ...(trouble === null ? {} : { problemText: trouble.text }),
      ...facts,
      slot,
      forecast,
      trouble,
      user: user?.name ?? null,
      isLast: index === slots.length - 1,
    }
  })
}

function troubleOf(
  slot: SlotView,
  forecast: SlotForecast,
  { name: database, pulse }: DatabaseView,
  user: DatabaseView | null,
): StorageFinding | null {
  const name = `slot ${slot.name} on ${database}`
  if (forecast.kind === 'lost') {
    const reason = forecast.reason === null ? '' : ` (${forecast.reason})`
    return {
      severity: isSynchronizedCopy(slot, pulse) ? 'warning' : 'critical',
      text: `${name} is lost${reason}: ${lostSlotText(slot, pulse, user)}`,
    }
  }
  if (forecast.kind === 'at-risk') {
    return { severity: 'critical', text: `${name} exceeds its limit: the next checkpoint may invalidate it` }
  }
  // An active slot is as safe as its consumer.
  if (slot.active || (forecast.kind !== 'limit' && forecast.kind !== 'disk') || !isDue(forecast.seconds)) return null
  const end = forecast.kind === 'limit' ? 'it is lost' : 'the disk is full'
  return { severity: 'warning', text: `${name} is inactive, and ${end} in ${seconds(forecast.seconds)}` }
}
