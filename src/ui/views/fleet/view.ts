// View 0: every cluster in a row; `enter` opens it.

import { lossFigure, lossPhrase } from '../../../model/failover/loss-text.ts'
import { promoterOf } from '../../../model/managers/promoter.ts'
import type { DatabaseView, Health, Picture } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { formatAge } from '../../../model/values/units.ts'
import { displayNameOf, mostUrgentAlert } from '../../../state/select/cluster.ts'
import { entryPointsByUrgency } from '../../../state/select/filter-sort.ts'
import type { ClusterState, State } from '../../../state/state.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { cutLine, type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { accessLabel, entryPointStatusSpan, healthSpan, lagText } from '../../frame/format/status-text.ts'
import { age, plural, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { COUNT_ORDER, SIZE_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import type { ViewRow } from '../list/view.ts'

interface FleetRow extends ViewRow {
  readonly member: ClusterState
  readonly picture: Picture | null
  /** The standby with the greatest lag; null if none lags, or the lag is unknown. */
  readonly worst: DatabaseView | null
}

const HEALTH_WEIGHT: Readonly<Record<Health, number>> = { critical: 0, warning: 1, unknown: 2, ok: 3 }

const COLUMNS: readonly ListColumn<FleetRow>[] = [
  { ...nameColumn('name', 'CLUSTER', 0, 8, 28), cell: ({ id }) => span(id), order: ({ id }) => id.toLowerCase() },
  {
    ...textColumn('health', 'HEALTH', 0, 10, 12),
    cell: ({ picture }, { screen }) => trimmed(healthSpan(picture?.health ?? 'unknown', screen.glyphs)),
    sortLabels: WORST_LEAST_ORDER,
    order: ({ picture }) => HEALTH_WEIGHT[picture?.health ?? 'unknown'],
  },
  {
    ...nameColumn('served by', 'SERVED BY', 1, 12, 34),
    cell: ({ picture, member }) => servedBy(picture, member),
    order: ({ picture }) => picture?.serving?.id ?? null,
  },
  {
    ...nameColumn('primary', 'PRIMARY', 4, 8, 24),
    cell: ({ picture }) => span(primaries(picture)),
    order: ({ picture }) => primaries(picture),
  },
  {
    ...figureColumn('up', 'UP', 3, 5),
    cell: ({ picture }) => upSpan(picture),
  },
  {
    ...figureColumn('entry points', 'ENTRY POINTS', 6, 12),
    isShown: ({ state }) => state.clusters.some(({ picture }) => (picture?.entryPoints ?? []).length > 0),
    cell: ({ picture }) => entryPointsSpan(picture),
  },
  {
    ...figureColumn('lag', 'WORST LAG', 2, 18),
    cell: ({ worst, picture }, { screen }) => span(lagOf(worst, picture, screen.glyphs)),
    sortLabels: SIZE_ORDER,
    order: ({ worst }) => worst?.lag?.bytes ?? null,
    greatestFirst: true,
  },
  {
    ...textColumn('failover', 'A FAILOVER WOULD', 5, 18, 40),
    cell: ({ picture, member }, { screen }) => failoverSpan(picture, member, screen.glyphs),
    sortLabels: SIZE_ORDER,
    order: ({ picture }) => picture?.failover.lossBytes ?? null,
    greatestFirst: true,
  },
  {
    ...figureColumn('alerts', 'ALERTS', 3, 6),
    cell: ({ picture }) =>
      span(picture === null ? UNKNOWN_TEXT : picture.alerts.length === 0 ? '' : String(picture.alerts.length)),
    sortLabels: COUNT_ORDER,
    order: ({ picture }) => picture?.alerts.length ?? null,
    greatestFirst: true,
  },
  {
    ...textColumn('model', 'MODEL', 8, 10, 32),
    cell: ({ member }) => span(member.spec.model),
    order: ({ member }) => member.spec.model,
  },
  { ...figureColumn('read', 'READ', 6, 5), cell: ({ picture }, { now }) => span(newestAge(picture, now), 'dim') },
  { ...restColumn('worst', 'WORST ALERT', 7, 0), cell: ({ member }, { now }) => worstAlert(member, now) },
]

export const fleetView = listView({
  id: 'fleet',
  key: '0',
  title: 'fleet',
  needs: [],
  enter: 'open',
  guide: [
    'All clusters of the configuration, the worst first. enter opens one in view 1.',
    'A FAILOVER WOULD: what would be lost if the primary failed now, and when the best standby would be writable, or who promotes it.',
    'ENTRY POINTS n/m: n of the m poolers, proxies and addresses are active and lead where they should.',
    'READ: the age of the newest answer of any of its nodes.',
  ],
  summary,
  panes: [
    listPane<FleetRow>({
      name: 'clusters',
      rowNoun: 'clusters',
      columns: COLUMNS,
      rows: (state) => fleetRows(state),
      search: ({ id, member, picture }) => [id, member.spec.model, picture?.health ?? null, primaries(picture)],
      empty: () => 'no cluster is watched',
      preview: belowOf,
      rowStyle: ({ picture }) => ({ stale: picture?.health === 'unknown' }),
      opens: ({ id }) => ({ kind: 'cluster', name: id }),
    }),
  ],
})

/** Fields of the selected cluster for which narrow screens have no column. */
function belowOf({ id, picture, member }: FleetRow, { screen, now }: ListContext): readonly Line[] {
  const { columns, glyphs } = screen
  if (picture === null) return []
  const labelled: readonly (readonly [string, TextSpan])[] = [
    ['a failover would', failoverSpan(picture, member, glyphs)],
    ['entry points', misledSpan(picture, glyphs)],
    ['worst alert', worstAlert(member, now)],
  ]
  const lines = labelled.filter(([, { text }]) => text !== '').map(([what, each]) => [span(`   ${what} `, 'dim'), each])
  return [[span(`   ${id}`, 'strong')], ...lines].map((line) => cutLine(line, columns, glyphs.ellipsis))
}

/** Those that are not as they should be, the worst first; empty without any. */
function misledSpan({ entryPoints }: Picture, glyphs: Glyphs): TextSpan {
  const rows = entryPoints
    .filter(({ status }) => status !== 'active' && status !== 'unknown')
    .map((entryPoint) => ({ entryPoint }))
  const parts = entryPointsByUrgency(rows).map(({ entryPoint }) => {
    return `${entryPoint.name} ${entryPointStatusSpan(entryPoint, null, glyphs).text}`
  })
  return span(parts.join(', '), 'warning')
}

/** The worst first; clusters of equal health in the order of the config. */
function fleetRows(state: State): readonly FleetRow[] {
  const rows = state.clusters.map((member): FleetRow => {
    const { picture } = member
    return { id: member.spec.name, subject: null, member, picture, worst: worstLag(picture) }
  })
  return rows.sort((a, b) => HEALTH_WEIGHT[healthOf(a)] - HEALTH_WEIGHT[healthOf(b)])
}

function healthOf({ picture }: FleetRow): Health {
  return picture?.health ?? 'unknown'
}

function summary({ state, screen }: ListContext): readonly Line[] {
  const counted = (health: Health) => state.clusters.filter(({ picture }) => (picture?.health ?? 'unknown') === health)
  const parts = (['critical', 'warning', 'unknown', 'ok'] as const).flatMap((health): TextSpan[] => {
    const { length } = counted(health)
    if (length === 0) return []
    return [
      span(
        `  ${screen.glyphs.forScreenReader ? '' : `${screen.glyphs[health]} `}${length} ${health}`,
        health === 'unknown' ? 'warning' : health,
      ),
    ]
  })
  const databases = state.clusters.reduce((sum, cluster) => sum + cluster.databases.length, 0)
  const total = ` ${plural(state.clusters.length, 'cluster')}, ${plural(databases, 'database')}`
  return [[span(total, 'strong'), ...parts]]
}

function worstLag(picture: Picture | null): DatabaseView | null {
  const lagging = (picture?.databases ?? []).filter(({ lag }) => lag?.bytes != null)
  return lagging.reduce<DatabaseView | null>((worst, each) => {
    return (each.lag?.bytes ?? 0) > (worst?.lag?.bytes ?? -1) ? each : worst
  }, null)
}

/** Empty without replication. */
function lagOf(worst: DatabaseView | null, picture: Picture | null, glyphs: Glyphs): string {
  const lag = worst?.lag
  if (!lag) return picture?.databases.every(isPrimary) ? '' : UNKNOWN_TEXT
  return lagText(lag.bytes === 0 ? { ...lag, seconds: null } : lag, glyphs)
}

function servedBy(picture: Picture | null, { complete }: ClusterState): TextSpan {
  if (!picture || !complete) return span(UNKNOWN_TEXT)
  if (!picture.serving) return span('nobody', 'critical')
  const { id, access } = picture.serving
  const weak = access !== 'read-write'
  return span(`${displayNameOf(picture, id)}${weak ? ` (${accessLabel(access)})` : ''}`, weak ? 'warning' : 'plain')
}

function primaries(picture: Picture | null): string {
  const names = (picture?.databases ?? []).filter(isPrimary).map(({ name }) => name)
  return names.length === 0 ? UNKNOWN_TEXT : names.join(', ')
}

function upSpan(picture: Picture | null): TextSpan {
  if (!picture) return span(UNKNOWN_TEXT)
  const { servers, databases } = picture.counts
  const up = servers.up + databases.up
  const of = servers.of + databases.of
  return span(`${up}/${of}`, up < of ? 'warning' : 'plain')
}

function failoverSpan(picture: Picture | null, { complete }: ClusterState, glyphs: Glyphs): TextSpan {
  if (!picture || picture.failover.ifFails === null) return span(picture?.databases.length === 0 ? '' : UNKNOWN_TEXT)
  if (!complete && picture.failover.candidate === null) return span(UNKNOWN_TEXT)
  const { candidate, blockers, writableInSeconds, lossBound, basisAgeMs } = picture.failover
  if (candidate === null) return span('have no candidate', 'warning')
  if (blockers.length > 0) return span(`be blocked: ${blockers[0]}`, 'critical')
  // A row of many has space only for the figure, and for its age if it is a lower bound of a loss.
  if (lossBound === 'at-least') {
    const age = formatAge(basisAgeMs)
    const loss = picture.failover.lossBytes === 0 ? 'lose ?' : `lose ${glyphs.atLeast} ${lossFigure(picture.failover)}`
    return span(`${loss}, seen ${age} ago`, 'warning')
  }
  const loss = lossPhrase(picture.failover)
  const promoter = promoterOf(picture.manager, candidate)
  switch (promoter.by) {
    // That figure is of a promotion by hand, without the time in which the manager notices.
    case 'manager': {
      const within = promoter.ttlSeconds === null ? '' : ` within ${seconds(promoter.ttlSeconds)}`
      return span(`${loss}, by ${promoter.title}${within}`)
    }
    case 'nobody':
      return span(`${loss}, nobody promotes`, 'warning')
    case 'person':
      return span(`${loss}${writableInSeconds === null ? '' : `, writable in ${seconds(writableInSeconds)}`}`)
  }
}

/** How many of the poolers, proxies and addresses are as they should be; empty without any. */
function entryPointsSpan(picture: Picture | null): TextSpan {
  const all = picture?.entryPoints ?? []
  if (all.length === 0) return span('')
  if (all.every(({ status }) => status === 'unknown')) return span(UNKNOWN_TEXT)
  const active = all.filter(({ status }) => status === 'active').length
  return span(`${active}/${all.length}`, active < all.length ? 'warning' : 'plain')
}

function newestAge(picture: Picture | null, now: number): string {
  const times = [...(picture?.databases ?? []), ...(picture?.servers ?? [])].map(({ readAt }) => readAt ?? 0)
  const newest = Math.max(0, ...times)
  return newest === 0 ? UNKNOWN_TEXT : age(newest, now)
}

/** A muted alert gives way to an unmuted one, and is marked. */
function worstAlert(member: ClusterState, now: number): TextSpan {
  const worst = mostUrgentAlert(member, now)
  if (!worst) return span('')
  const { alert, quiet } = worst
  return quiet ? span(`(${quiet.kind}) ${alert.message}`, 'dim') : span(alert.message, alert.severity)
}

function trimmed({ text, style }: TextSpan): TextSpan {
  return { text: text.trim(), style }
}
