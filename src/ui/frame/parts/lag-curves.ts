// The recent lag of all links of a cluster as small curves: one scale, one time axis, coloured by the limits.

import { isLateOnPurpose } from '../../../model/picture/delayed-lag.ts'
import type { Picture, Severity } from '../../../model/picture/picture.ts'
import { isWhole } from '../../../model/picture/subject.ts'
import type { LagPoint } from '../../../model/replication/lag-curve.ts'
import { type LinkHistory, linkHistories } from '../../../state/select/lag-histories.ts'
import type { ClusterState } from '../../../state/state.ts'
import type { Glyphs } from '../format/glyphs.ts'
import { cutLine, fitText, type Line, span, type TextSpan, type TextStyle, textWidth } from '../format/line.ts'
import { lagText } from '../format/status-text.ts'
import { bytes as bytesText, seconds } from '../format/values.ts'
import { greatestByColumn } from './chart.ts'

/** A limit in bytes, by severity. */
type ByteLimits = Readonly<Record<Severity, number>>

/** What all curves of a cluster have in common. */
export interface LagScale {
  /** Bytes of a full cell. What a standby holds back on purpose may exceed it, and is drawn full. */
  readonly top: number
  /** When the curves begin: whole minutes before the newest reading. */
  readonly from: number
  /** The newest reading of all. */
  readonly to: number
  readonly limits: ByteLimits
}

/** What a curve is drawn of. */
type CurveSource = Pick<LinkHistory, 'lags'> & { readonly link: Pick<LinkHistory['link'], 'delaySeconds'> }

const MINUTE = 60_000

/** The scale of all curves: the greatest lag that counts, or the limit of the warning if all are below it. */
export function lagScale(histories: readonly CurveSource[], limits: ByteLimits): LagScale {
  let top = limits.warning
  let oldest = Number.POSITIVE_INFINITY
  let to = 0
  for (const history of histories) {
    for (const point of history.lags) {
      if (point.bytes === null) continue
      top = Math.max(top, countedBytes(history, point) ?? 0)
      oldest = Math.min(oldest, point.at)
      to = Math.max(to, point.at)
    }
  }
  const minutes = Math.max(1, Math.ceil((to - oldest) / MINUTE)) || 1
  return { top, from: to - minutes * MINUTE, to, limits }
}

/** Of a standby that replays late on purpose, only what it has not received is a lag. */
function countedBytes({ link }: CurveSource, { bytes, unreceivedBytes }: LagPoint): number | null {
  return link.delaySeconds ? unreceivedBytes : bytes
}

/**
 * The lag of one link in `width` cells, the newest at the right: one span for each run of a style. `severity` is that of its alerts now, which
 * the newest cell shows. Empty if the terminal can't draw it, or if nothing is known of this link.
 */
export function lagCurveSpans(
  history: CurveSource,
  { top, from, to, limits }: LagScale,
  { width, levels, severity }: { readonly width: number; readonly levels: string; readonly severity: Severity | null },
): Line {
  if (levels === '' || width <= 0 || history.lags.every(({ bytes }) => bytes === null)) return []
  const columnsOf = (pick: (point: LagPoint) => number | null) =>
    greatestByColumn(
      history.lags.map((point) => ({ at: point.at, value: pick(point) })),
      from,
      to,
      width,
    )
  const drawn = columnsOf(({ bytes }) => bytes)
  const counted = history.link.delaySeconds ? columnsOf(({ unreceivedBytes }) => unreceivedBytes) : drawn
  const last = drawn.findLastIndex((value) => value !== null)
  const cells = drawn.map((value, index): TextSpan => {
    const own = styleOf(counted[index] ?? null, limits)
    const style = index === last && severity !== null && own !== 'critical' ? severity : own
    return span(markOf(value, top, levels), style)
  })
  return joined(cells)
}

function styleOf(counted: number | null, { warning, critical }: ByteLimits): TextStyle {
  if (!counted) return 'dim'
  return counted >= critical ? 'critical' : counted >= warning ? 'warning' : 'plain'
}

/** Nothing behind is the lowest mark, a gap none. */
function markOf(value: number | null, top: number, levels: string): string {
  if (value === null) return ' '
  const level = Math.ceil((value / top) * levels.length) - 1
  return levels[Math.max(0, Math.min(levels.length - 1, level))] ?? ' '
}

/** Neighbours of one style are one span: few spans are cheap to draw. */
function joined(cells: Line): Line {
  const spans: { text: string; style: TextStyle }[] = []
  for (const { text, style } of cells) {
    const last = spans.at(-1)
    if (last?.style === style) last.text += text
    else spans.push({ text, style })
  }
  return spans
}

/** The severity of a standby's lag, by the alerts about replication; null without one, and for one that is not watched. */
export function severityOfLag(picture: Picture | null, downstreamId: string | null): Severity | null {
  const alerts = (picture?.alerts ?? []).filter(
    ({ rule, subject }) =>
      downstreamId !== null && isWhole(subject, downstreamId) && rule.startsWith('replication-lag'),
  )
  return alerts.find(({ severity }) => severity === 'critical')?.severity ?? alerts[0]?.severity ?? null
}

/** The size of a block of curves, in cells and lines. */
interface BlockSize {
  readonly width: number
  readonly height: number
}

const LONGEST_NAME = 24

/**
 * The curves of all links below one head, a line for each standby with its lag now: the greatest lags if there are more links than
 * lines. Empty without links, without room, and where the terminal can't draw them.
 */
export function lagCurveLines(cluster: ClusterState, { width, height }: BlockSize, glyphs: Glyphs): readonly Line[] {
  const { picture, spec } = cluster
  const { replicationLagBytes, replicationLagSeconds } = spec.thresholds
  const histories = linkHistories(cluster).filter(({ link }) => link.kind !== 'archiver')
  const scale = lagScale(histories, replicationLagBytes)
  const isDrawn = glyphs.levels !== '' && histories.some(({ lags }) => lags.some(({ bytes }) => bytes !== null))
  if (!isDrawn || height < 2) return []
  const shown = worstFirst(histories, height - 1)
  const nameWidth = Math.min(LONGEST_NAME, Math.max(...shown.map(({ link }) => textWidth(link.downstreamName))))
  const tails = shown.map(({ link }): TextSpan => {
    const text = lagText(link.lag, glyphs)
    const severity = severityOfLag(picture, link.downstreamId)
    if (link.state === 'disconnected') return span(`${text}, cut off`, 'critical')
    if (!isLateOnPurpose(link, replicationLagSeconds.warning)) return span(text, severity ?? 'plain')
    return span(`${text} (${seconds(link.delaySeconds)} late on purpose)`, severity ?? 'dim')
  })
  const tailWidth = Math.max(...tails.map(({ text }) => textWidth(text)))
  const curveWidth = Math.max(10, Math.min(60, width - nameWidth - tailWidth - 7))
  const lines = shown.map((history, index): Line => {
    const { link } = history
    const severity = severityOfLag(picture, link.downstreamId)
    const curve = lagCurveSpans(history, scale, { width: curveWidth, levels: glyphs.levels, severity })
    const drawn = curve.length > 0 ? curve : [span(' '.repeat(curveWidth))]
    const name = span(`   ${fitText(link.downstreamName, nameWidth, 'left', glyphs.ellipsis)}  `)
    return cutLine([name, ...drawn, span('  '), tails[index] ?? span('')], width, glyphs.ellipsis)
  })
  const more = histories.length - shown.length
  const about = `last ${seconds((scale.to - scale.from) / 1000)}, full height ${bytesText(scale.top)}`
  const head = [
    span(' LAG', 'title'),
    span(`  ${about}${more > 0 ? `, ${more} links with less not shown` : ''}`, 'dim'),
  ]
  return [cutLine(head, width, glyphs.ellipsis), ...lines]
}

/** All in their order, or the `most` with the greatest lag, unknown ones first. */
function worstFirst(histories: readonly LinkHistory[], most: number): readonly LinkHistory[] {
  if (histories.length <= most) return histories
  const weight = (history: LinkHistory) => {
    const { bytes, flushedBytes } = history.link.lag
    return (history.link.delaySeconds ? flushedBytes : bytes) ?? Number.POSITIVE_INFINITY
  }
  const worst = new Set([...histories].sort((a, b) => weight(b) - weight(a)).slice(0, most))
  return histories.filter((each) => worst.has(each))
}
