// The columns of the replication view, and the bar of the details that shows which stage holds the bytes.

import type { Lag, LinkState, LinkView, Picture, Severity } from '../../../model/picture/picture.ts'
import { isFlowing } from '../../../model/picture/status.ts'
import { linkHistories } from '../../../state/select/lag-histories.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span, type TextSpan } from '../../frame/format/line.ts'
import { lagStageText } from '../../frame/format/status-text.ts'
import { perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { lagCurveSpans, lagScale, severityOfLag } from '../../frame/parts/lag-curves.ts'
import { cellOfRuns, figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { DURATION_ORDER, RATE_ORDER, SIZE_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import { type Viewport, worstAlerts } from '../list/view.ts'
import { exchangeRows } from './exchange-rows.ts'
import type { CatchUpTime, LinkRow } from './rows.ts'

/** From this width on, texts are whole. */
export const WIDE = 100
const LONGEST_CURVE = 40

const STATE_WEIGHT: Readonly<Record<LinkState, number>> = {
  disconnected: 0,
  unknown: 1,
  stopping: 2,
  startup: 3,
  backup: 4,
  catchup: 5,
  archive: 6,
  'shared-storage': 7,
  streaming: 8,
}

export const LINK_COLUMNS: readonly ListColumn<LinkRow>[] = [
  {
    ...nameColumn('link', 'LINK', 0, 20, 48),
    shrinksFirst: true,
    room: ({ screen }) => (screen.columns < WIDE ? 20 : 36),
    cell: ({ link }, { screen }) =>
      span(`${link.upstreamName} ${screen.glyphs.arrow} ${isArchiver(link) ? 'archiver ' : ''}${link.downstreamName}`),
    order: ({ link }) => `${link.upstreamName} ${link.downstreamName}`.toLowerCase(),
  },
  {
    ...textColumn('state', 'STATE', 0, 11, 14),
    cell: shortStateSpan,
    sortLabels: WORST_LEAST_ORDER,
    order: ({ link }) => STATE_WEIGHT[link.state],
  },
  {
    ...textColumn('sync', 'SYNC', 3, 5, 13),
    cell: ({ link, sync }, { screen }) => {
      const text = sync ?? (isFlowing(link.state) ? UNKNOWN_TEXT : '')
      return span(screen.columns < WIDE ? (text.split(' ')[0] ?? '') : text)
    },
    order: ({ sync }) => sync,
  },
  {
    ...nameColumn('slot', 'SLOT', 4, 6, 20),
    cell: ({ link }) => span(link.slot ?? ''),
    order: ({ link }) => link.slot,
  },
  {
    ...figureColumn('behind', 'BEHIND', 0, 13),
    cell: forStandbys(behindSpan),
    sortLabels: SIZE_ORDER,
    order: ({ link }) => link.lag.bytes,
    greatestFirst: true,
  },
  {
    ...textColumn('curve', '', 5, 10, LONGEST_CURVE),
    heading: curveHeading,
    cell: (row, context) => cellOfRuns(curveOf(row, context)),
  },
  {
    ...figureColumn('catch up', 'CATCH UP', 1, 8),
    cell: forStandbys((row, { screen }) => catchUpSpan(row.catchUp, row.link.delaySeconds, screen.columns < WIDE)),
    sortLabels: DURATION_ORDER,
    order: ({ catchUp }) => (typeof catchUp === 'number' ? catchUp : catchUp === null ? null : Number.MAX_VALUE),
    greatestFirst: true,
  },
  stage('to send', 'TO SEND', 6, ({ sentBytes }) => sentBytes),
  stage('to write', 'TO WRITE', 11, ({ writtenBytes }) => writtenBytes),
  stage('to flush', 'TO FLUSH', 7, ({ flushedBytes }) => flushedBytes),
  {
    ...stage('to replay', 'TO REPLAY', 12, ({ replayedBytes }) => replayedBytes),
    cell: forStandbys((row, context) =>
      span(lagStageText(row.link.lag.replayedBytes, row.link.lag, context.screen.glyphs)),
    ),
  },
  rate('receives', 'RECEIVES', 9, ({ receives }) => receives),
  rate('replays', 'REPLAYS', 8, ({ replays }) => replays),
  {
    ...figureColumn('last message', 'LAST MSG', 10, 8),
    cell: (row) => span(seconds(lastMessageSeconds(row))),
    sortLabels: DURATION_ORDER,
    order: lastMessageSeconds,
    greatestFirst: true,
  },
]

function isArchiver({ kind }: LinkView): boolean {
  return kind === 'archiver'
}

/** An archiver replays nothing: no figure is unknown. */
function forStandbys(cell: ListColumn<LinkRow>['cell']): ListColumn<LinkRow>['cell'] {
  return (row, context) => (isArchiver(row.link) ? span('') : cell(row, context))
}

function stage(id: string, title: string, rank: number, pick: (lag: Lag) => number | null): ListColumn<LinkRow> {
  return {
    ...figureColumn(id, title, rank, 9),
    cell: ({ link }, { screen }) => span(lagStageText(pick(link.lag), link.lag, screen.glyphs)),
    sortLabels: SIZE_ORDER,
    order: ({ link }) => pick(link.lag),
    greatestFirst: true,
  }
}

function rate(id: string, title: string, rank: number, pick: (row: LinkRow) => number | null): ListColumn<LinkRow> {
  return {
    ...figureColumn(id, title, rank, 11),
    cell: forStandbys((row) => span(perSecond(pick(row)))),
    sortLabels: RATE_ORDER,
    order: pick,
    greatestFirst: true,
  }
}

/** Seconds since one end last heard from the other: of the receiver if there is one, else of the sender. */
export function lastMessageSeconds({ receiver, link }: LinkRow): number | null {
  return receiver?.lastMessageAgeSeconds ?? link.sender?.replyAgeSeconds ?? null
}

/** On a narrow screen the word of its alert, which is short. */
function shortStateSpan(row: LinkRow, context: ListContext): TextSpan {
  const state = linkStateSpan(row, context)
  return context.screen.columns < WIDE ? { ...state, text: state.text.replace('disconnected', 'cut off') } : state
}

/** `12.7 MB  5.2 s`, the time in its place even when it is short. */
export function behindSpan(row: LinkRow, { picture, screen }: ListContext): TextSpan {
  const { lag } = row.link
  const style = lagSeverity(row, picture) ?? 'plain'
  if (lag.bytes === null) return span(lagStageText(lag.seconds === null ? null : 0, lag, screen.glyphs), style)
  return span(`${lagStageText(lag.bytes, lag, screen.glyphs)} ${seconds(lag.seconds).padStart(6)}`, style)
}

/** The cells of a curve in the table. */
export function curveWidth({ columns }: Viewport): number {
  return columns < WIDE ? 10 : columns < 160 ? 20 : LONGEST_CURVE
}

function curveOf(row: LinkRow, { picture, screen }: ListContext): Line {
  const { levels } = screen.glyphs
  return lagCurveSpans(row.history, row.curveScale, {
    width: curveWidth(screen),
    levels,
    severity: lagSeverity(row, picture),
  })
}

/** The time that the curves cover: those of links, if there are any. */
function curveHeading({ cluster }: ListContext): string {
  const histories = linkHistories(cluster)
  const ofLinks = lagScale(histories, cluster.spec.thresholds.replicationLagBytes)
  const { from, to } = histories.length > 0 ? ofLinks : (exchangeRows(cluster)[0]?.curve.scale ?? ofLinks)
  return `last ${seconds((to - from) / 1000)}`
}

/** The state combined with the alerts about its downstream. */
export function linkStateSpan({ link }: LinkRow, { picture, screen }: ListContext): TextSpan {
  const alert = picture && link.downstreamId !== null ? worstAlerts(picture).get(link.downstreamId) : undefined
  const ownSeverity: Severity | 'unknown' | null =
    link.state === 'streaming' || link.state === 'archive' || link.state === 'shared-storage'
      ? null
      : link.state === 'disconnected'
        ? 'critical'
        : link.state === 'unknown'
          ? 'unknown'
          : 'warning'
  const mark = ownSeverity ?? alert ?? 'ok'
  return span(`${screen.glyphs[mark]} ${link.state}`, mark === 'unknown' ? 'warning' : mark)
}

/** The severity of this link's lag, by the alerts about replication. */
export function lagSeverity({ link }: LinkRow, picture: Picture | null): Severity | null {
  return severityOfLag(picture, link.downstreamId)
}

/** `isShort`: for a narrow column. */
export function catchUpSpan(catchUp: CatchUpTime, delaySeconds: number | null, isShort: boolean): TextSpan {
  if (catchUp === null) return span(UNKNOWN_TEXT)
  if (typeof catchUp === 'number') return span(catchUp === 0 ? 'now' : seconds(catchUp))
  if (catchUp !== 'on purpose') return span(catchUp, 'warning')
  const late = `${seconds(delaySeconds)} late`
  return span(isShort ? late : `${late} on purpose`, 'dim')
}

/** The bytes of a full bar: the greatest lag, or the limit if all are below it. */
export function lagBarScale({ picture, cluster }: ListContext): number {
  const lags = (picture?.links ?? []).map(({ lag }) => lag.bytes ?? 0)
  return Math.max(cluster.spec.thresholds.replicationLagBytes.warning, ...lags)
}

/** The lag, split by stage, the upstream at the left; the rest of the width is a rule. */
export function lagStageBar(lag: Lag, scale: number, width: number, { stages, rule }: Glyphs): string {
  if (stages === '' || lag.bytes === null) return ''
  // Each figure is the distance to the upstream's position: the part of one stage is the difference to the next.
  const steps = [lag.sentBytes, lag.writtenBytes, lag.flushedBytes, lag.replayedBytes]
  let drawn = ''
  let furthest = 0
  steps.forEach((step, index) => {
    if (step === null || step <= furthest) return
    furthest = step
    const end = Math.min(width, Math.ceil((step / scale) * width))
    drawn += (stages[index] ?? '').repeat(Math.max(0, end - drawn.length))
  })
  return drawn + rule.repeat(width - drawn.length)
}
