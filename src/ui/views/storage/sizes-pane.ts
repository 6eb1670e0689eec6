// Storage, third pane: the databases inside the servers, their size and growth, and how near they are to wraparound.

import { WRAPAROUND_LIMITS } from '../../../model/alerts/rules/database-conditions.ts'
import type { DatabaseSize, StorageFacts } from '../../../model/measured/on-demand.ts'
import {
  type DatabaseGrowth,
  databaseGrowth,
  STORAGE_INTERVAL_MS,
  type WraparoundProgress,
  wraparoundProgress,
} from '../../../model/storage/storage-forecast.ts'
import { lastGood } from '../../../model/values/reading.ts'
import type { ClusterState } from '../../../state/state.ts'
import { percent, shareText } from '../../frame/format/bar.ts'
import { type Span, type Style, span } from '../../frame/format/line.ts'
import { age, bytes, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import { figures, words } from '../../frame/parts/table.ts'
import { listPane } from '../list/list.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { isOld, type Looked, lookedAt, whyNothing } from '../list/query-results.ts'
import { below } from '../list/row-preview.ts'
import { AGES, RATES, SIZES } from '../list/sort-labels.ts'
import type { Row } from '../list/view.ts'
import { growthText, shortCount } from './text.ts'

const BAR = 12

export interface SizeRow extends Row {
  readonly looked: Looked<StorageFacts>
  readonly size: DatabaseSize
  readonly growth: DatabaseGrowth | null
  readonly ages: WraparoundProgress
  readonly freezeMaxAge: number
}

/** Databases by size, the largest first. Copies hold the same as their primary: of each system one server is listed. */
export function sizeRows(cluster: ClusterState): readonly SizeRow[] {
  return sources(cluster)
    .flatMap(({ looked, storage }) =>
      storage.databases.map((size): SizeRow => {
        const { databaseId, record } = looked
        return {
          id: `${databaseId}/${size.name}`,
          subject: databaseId,
          nameless: 'a database inside a server has no display name',
          looked,
          size,
          growth: databaseGrowth(size.name, record.looks.sizes ?? []),
          ages: wraparoundProgress(size, storage.freezeMaxAge),
          freezeMaxAge: storage.freezeMaxAge,
        }
      }),
    )
    .sort((a, b) => (b.size.bytes ?? -1) - (a.size.bytes ?? -1))
}

/** Of each system identifier the primary that was read, else the first server that was. */
function sources(cluster: ClusterState) {
  const chosen = new Map<
    string,
    { readonly looked: Looked<StorageFacts>; readonly storage: StorageFacts; readonly isPrimary: boolean }
  >()
  for (const looked of lookedAt(cluster, 'storage')) {
    if (!looked.value) continue
    const pulse = lastGood(looked.record.pulse)
    const system = pulse?.systemIdentifier ?? looked.databaseId
    const isPrimary = pulse?.position.kind === 'primary'
    // Two primaries of one system have parted: both are shown.
    const key = isPrimary ? `${system} ${looked.databaseId}` : system
    const known = [...chosen].some(([other, { isPrimary: first }]) => first && other.startsWith(system))
    if (!isPrimary && (known || chosen.has(system))) continue
    if (isPrimary) chosen.delete(system)
    chosen.set(key, { looked, storage: looked.value, isPrimary })
  }
  return [...chosen.values()]
}

const COLUMNS: readonly ListColumn<SizeRow>[] = [
  { ...words('name', 'NAME', 0, 10, 40), cell: ({ size }) => span(size.name), order: ({ size }) => size.name },
  {
    ...words('on', 'ON', 3, 6, 24),
    cell: ({ looked }, { cluster }) => span(cluster.databases.length > 1 ? looked.name : ''),
    order: ({ looked }) => looked.name,
  },
  {
    ...figures('size', 'SIZE', 0, 8),
    cell: ({ size }) => span(bytes(size.bytes)),
    reads: SIZES,
    order: ({ size }) => size.bytes,
    greatestFirst: true,
  },
  {
    ...figures('growth', 'GROWTH', 1, 10),
    cell: ({ growth }) => span(growthText(growth?.bytesPerSecond ?? null)),
    reads: RATES,
    order: ({ growth }) => growth?.bytesPerSecond ?? null,
    greatestFirst: true,
  },
  {
    ...figures('age', 'XID AGE', 2, 7),
    cell: ({ ages }) => span(shortCount(ages.age)),
    reads: AGES,
    order: ({ ages }) => ages.age,
    greatestFirst: true,
  },
  { ...words('wraparound', 'TO WRAPAROUND', 0, BAR + 6, BAR + 6), cell: wraparoundSpan },
  {
    ...figures('vacuum', 'TO VACUUM', 4, 9),
    cell: ({ ages }) => span(percent(ages.vacuumPercent / 100)),
    order: ({ ages }) => ages.vacuumPercent,
    greatestFirst: true,
  },
]

export const sizesPane = listPane<SizeRow>({
  name: 'databases',
  rowsAre: 'databases',
  columns: COLUMNS,
  rows: (_state, cluster) => sizeRows(cluster),
  search: ({ size, looked }) => [size.name, looked.name],
  empty: (scene) => whyNothing(scene, 'storage', 'there is no database'),
  look: ({ looked }, scene) => ({ stale: isOld(looked, scene, STORAGE_INTERVAL_MS) }),
  sections,
  below: below(sections),
  gone: 'this database is there no longer',
})

/** As severe as the alert about it is. */
export function ageStyle(transactionAge: number): Style {
  if (transactionAge >= WRAPAROUND_LIMITS.critical) return 'critical'
  return transactionAge >= WRAPAROUND_LIMITS.warning ? 'warning' : 'plain'
}

function wraparoundSpan({ ages }: SizeRow, { screen }: Scene): Span {
  return span(shareText(ages.percent / 100, BAR, screen.glyphs), ageStyle(ages.age))
}

function sections({ size, looked, growth, ages, freezeMaxAge }: SizeRow, { now, screen }: Scene): readonly Section[] {
  const grown = growth
    ? `${bytes(growth.bytes)} in the last ${seconds(growth.overSeconds)}, ${growthText(growth.bytesPerSecond)}`
    : null
  const vacuum = `${shortCount(freezeMaxAge)} (autovacuum_freeze_max_age): ${percent(ages.vacuumPercent / 100)} of it`
  return [
    {
      title: `DATABASE ${size.name} ON ${looked.name}`,
      age: looked.at === null ? '' : `read ${age(looked.at, now)} ago`,
      facts: [
        ...fact(
          'size',
          size.bytes === null ? `${UNKNOWN} not measured, or this role may not connect to it` : bytes(size.bytes),
        ),
        ...fact('growth', grown ?? `${UNKNOWN} measured once so far`),
        ...fact('age of the oldest', `${shortCount(ages.age)} transactions`, ageStyle(ages.age)),
        ...fact('of those there are', shareText(ages.percent / 100, 2 * BAR, screen.glyphs).trim(), ageStyle(ages.age)),
        ...fact('vacuumed anyway from', vacuum),
      ],
    },
  ]
}
