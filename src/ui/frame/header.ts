// The first line: the cluster, its health, the freshness of the screen, the time.

import { muted } from '../../model/alerts/silence.ts'
import { type ClusterManager, isManagerMissing, pauseWords } from '../../model/managers/detection/cluster-manager.ts'
import { managerTitle } from '../../model/managers/manager-guard.ts'
import type { Severity } from '../../model/picture/picture.ts'
import { runText } from '../../model/runs/lock/cluster-run.ts'
import { shownCluster, showsFleet, worstCluster } from '../../state/select/cluster.ts'
import { isHistoryShown } from '../../state/select/shown-state.ts'
import type { ClusterState, State } from '../../state/state.ts'
import { currentKey } from '../keys/names.ts'
import type { Viewport } from '../views/list/view.ts'
import { type Line, lineWidth, span, spreadLine, type TextSpan } from './format/line.ts'
import { shortName } from './format/short-names.ts'
import { healthSpan } from './format/status-text.ts'
import { age, clock, interval, milliseconds, plural, shortInstant } from './format/values.ts'

/** The header in one line, at `now`. The right side gives way, the least important part first. */
export function header(state: State, { columns, glyphs }: Viewport, now: number): Line {
  const past = isHistoryShown(state)
  const segments = past
    ? asOf(state, now)
    : freshness(state, shownCluster(state)).slice(0, glyphs.forScreenReader ? 2 : 3)
  const time = span(past ? ' ' : `   ${glyphs.forScreenReader ? 'read at ' : ''}${clock(state.now)} `)
  const least = past ? 1 : 0
  const shapes = segments.map((_, dropped) => [
    ...joined(segments.slice(0, segments.length - dropped), glyphs.dot),
    time,
  ])
  const shortest = [...joined(segments.slice(0, least), glyphs.dot), time]
  const whole = headline(state, glyphs, NAME_WHOLE)
  const left =
    lineWidth(whole) + lineWidth(shortest) < columns
      ? whole
      : shortHeadline(state, glyphs, columns - lineWidth(shortest))
  const fits = (right: Line) => lineWidth(left) + lineWidth(right) + 2 <= columns
  return spreadLine(left, shapes.find(fits) ?? shortest, columns, glyphs.ellipsis)
}

const NAME_WHOLE = Number.POSITIVE_INFINITY
/** This many cells of a name are more important than the text after the health. */
const NAME_LEAST = 16

/** The name gives way to the health. It is cut in the middle, because names begin alike. */
function shortHeadline(state: State, glyphs: Viewport['glyphs'], room: number): Line {
  const least = headline(state, glyphs, 0)
  return headline(state, glyphs, Math.max(NAME_LEAST, room - lineWidth(least) - 1))
}

/** The cluster: its name in this many cells, its health, and who acts on it. Over all clusters: the worst health, and all alerts. */
function headline(state: State, glyphs: Viewport['glyphs'], most: number): Line {
  const cluster = shownCluster(state)
  if (showsFleet(state)) {
    return [
      ...named(`${state.clusters.length} clusters`, worstCluster(state), glyphs),
      ...alertCounts(state, state.clusters),
    ]
  }
  return [
    ...named(nameOf(state, cluster, most, glyphs), cluster, glyphs),
    ...alertCounts(state, cluster ? [cluster] : []),
    ...running(cluster),
    ...inCharge(cluster, most === NAME_WHOLE),
    ...(state.clusters.length > 1 ? [span(`  ${others(state)}`, 'dim')] : []),
  ]
}

function nameOf(
  { clusters }: State,
  cluster: ClusterState | null,
  most: number,
  { ellipsis }: Viewport['glyphs'],
): string {
  const { text } = span(cluster?.spec.name ?? 'nothing is watched')
  if (most === NAME_WHOLE) return text
  const others = clusters.map(({ spec }) => span(spec.name).text)
  return most <= 0 ? '' : shortName(text, others, most, ellipsis)
}

function named(name: string, judged: ClusterState | null, glyphs: Viewport['glyphs']): readonly TextSpan[] {
  const { picture } = judged ?? {}
  return [
    span(' pgdeck', 'strong'),
    span('  '),
    span(name, 'accent'),
    span(glyphs.forScreenReader ? '   health' : '   '),
    picture ? healthSpan(picture.health, glyphs) : span(` ${glyphs.unknown} WAITING `, 'dim'),
  ]
}

function alertCounts(state: State, clusters: readonly ClusterState[]): readonly TextSpan[] {
  const { alerts, quiet, loudest } = countsOf(state, clusters)
  return [
    ...(alerts > 0 ? [span(`  ${plural(alerts, 'alert')}`, loudest ?? 'dim')] : []),
    ...(quiet > 0 ? [span(`, ${quiet} muted`, 'dim')] : []),
  ]
}

interface Counts {
  readonly alerts: number
  /** How many of them are muted. */
  readonly quiet: number
  /** The worst alert that is not muted; null if all are muted. */
  readonly loudest: Severity | null
}

function countsOf({ now }: State, clusters: readonly ClusterState[]): Counts {
  const all = clusters.flatMap(({ picture, silences }) =>
    (picture?.alerts ?? []).map(({ severity, ...alert }) => (muted(alert, silences, now) ? null : severity)),
  )
  const loud = all.filter((severity) => severity !== null)
  const loudest = loud.includes('critical') ? 'critical' : (loud[0] ?? null)
  return { alerts: all.length, quiet: all.length - loud.length, loudest }
}

/** Who acts on it now, on any host. */
function running(cluster: ClusterState | null): readonly TextSpan[] {
  return (cluster?.picture?.runs ?? []).flatMap((run) => [span('  '), span(runText(run), 'warning')])
}

/** Who else manages it: a manager undoes changes behind its back. */
function inCharge(cluster: ClusterState | null, withScope: boolean): readonly TextSpan[] {
  const manager = cluster?.picture?.manager
  // A hint that any user can fake must not appear in the first line.
  if (!manager || manager.activity === 'hint') return []
  const paused = pauseWords(manager)
  return [
    span('  run by ', 'dim'),
    // What it can't do is more important than how it calls the cluster.
    span(managerTitle(withScope ? manager : { ...manager, scope: null }), 'accent'),
    ...(paused === null ? [] : [span(`, ${paused}`, 'warning')]),
    ...storeSpans(manager),
    ...(isManagerMissing(manager) ? [span(', silent', 'warning')] : []),
  ]
}

/** Without its configuration store it promotes nobody. */
function storeSpans({ details }: ClusterManager): readonly TextSpan[] {
  const { dcs } = details ?? {}
  if (dcs?.state !== 'lost') return []
  return [dcs.isFailsafe ? span(', failsafe', 'warning') : span(', DCS lost', 'critical')]
}

function others(state: State): string {
  const shown = shownCluster(state)
  const worse = state.clusters.filter((each) => each !== shown && each.picture?.health === 'critical').length
  const rest = state.clusters.length - 1
  return worse > 0 ? `and ${rest} more, ${worse} critical` : `and ${rest} more`
}

/** A recorded moment is announced before everything else. The most important part first. */
function asOf(state: State, now: number): readonly TextSpan[] {
  return [
    span(` AS OF ${shortInstant(state.now, now)} `, 'chosen'),
    span(`${age(state.now, now)} ago`, 'warning'),
    ...(state.past?.file ? [span(`of ${state.past.file}`, 'dim')] : [span(`${currentKey(state, 'esc')} live`, 'key')]),
    span(`${currentKey(state, ']')} forward`, 'key'),
  ]
}

/** The most important part first. */
function freshness(state: State, cluster: ClusterState | null): readonly TextSpan[] {
  if (state.paused) return [span(`PAUSED, ${newestAge(state, cluster)} old`, 'warning')]
  if (cluster && !cluster.complete) {
    const records = [...cluster.databases, ...cluster.servers]
    const answered = records.filter(({ pulse }) => pulse.state !== 'waiting').length
    return [span(`first answers: ${answered} of ${records.length}`)]
  }
  return [
    span('live', 'dim'),
    span(`every ${interval(state.intervalMs)}`, 'dim'),
    ...(cluster?.pollDurationMs == null
      ? []
      : [span(`polled in ${milliseconds(cluster.pollDurationMs)}`.padEnd(16), 'dim')]),
  ]
}

function newestAge(state: State, cluster: ClusterState | null): string {
  const times = [...(cluster?.picture?.servers ?? []), ...(cluster?.picture?.databases ?? [])].map(
    ({ readAt }) => readAt,
  )
  const newest = times.reduce<number | null>(
    (best, at) => (at !== null && (best === null || at > best) ? at : best),
    null,
  )
  return age(newest, state.now)
}

function joined(spans: readonly TextSpan[], dot: string): readonly TextSpan[] {
  return spans.flatMap((each, index) => (index === 0 ? [each] : [span(` ${dot} `, 'dim'), each]))
}
