// The columns of the replication view, and the bar that shows which stage holds the bytes.

import type { Lag, LinkState, LinkView, Picture, Severity } from '../../../model/picture/picture.ts'
import { isFlowing } from '../../../model/picture/status.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { lagStageText } from '../../frame/format/status-text.ts'
import { perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { DURATION_ORDER, RATE_ORDER, SIZE_ORDER, WORST_LEAST_ORDER } from '../list/sort-labels.ts'
import { worstAlerts } from '../list/view.ts'
import type { CatchUpTime, LinkRow } from './rows.ts'

const BAR = 16

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
    ...nameColumn('link', 'LINK', 0, 16, 48),
    cell: ({ link }, { screen }) =>
      span(`${link.upstreamName} ${screen.glyphs.arrow} ${isArchiver(link) ? 'archiver ' : ''}${link.downstreamName}`),
    order: ({ link }) => `${link.upstreamName} ${link.downstreamName}`.toLowerCase(),
  },
  {
    ...textColumn('state', 'STATE', 0, 11, 14),
    cell: linkStateSpan,
    sortLabels: WORST_LEAST_ORDER,
    order: ({ link }) => STATE_WEIGHT[link.state],
  },
  {
    ...textColumn('sync', 'SYNC', 4, 5, 13),
    cell: ({ link, sync }) => span(sync ?? (isFlowing(link.state) ? UNKNOWN_TEXT : '')),
    order: ({ sync }) => sync,
  },
  {
    ...nameColumn('slot', 'SLOT', 6, 6, 20),
    cell: ({ link }) => span(link.slot ?? ''),
    order: ({ link }) => link.slot,
  },
  stage('to send', 'TO SEND', 3, ({ sentBytes }) => sentBytes),
  stage('to write', 'TO WRITE', 9, ({ writtenBytes }) => writtenBytes),
  stage('to flush', 'TO FLUSH', 5, ({ flushedBytes }) => flushedBytes),
  {
    ...stage('to replay', 'TO REPLAY', 0, ({ replayedBytes }) => replayedBytes),
    cell: forStandbys((row, context) =>
      span(
        lagStageText(row.link.lag.replayedBytes, row.link.lag, context.screen.glyphs),
        lagSeverity(row, context.picture) ?? 'plain',
      ),
    ),
  },
  { ...textColumn('bar', '', 2, BAR, BAR), cell: barSpan },
  {
    ...figureColumn('behind', 'BEHIND', 0, 7),
    cell: forStandbys((row, { picture }) => span(seconds(row.link.lag.seconds), lagSeverity(row, picture) ?? 'plain')),
    sortLabels: DURATION_ORDER,
    order: ({ link }) => link.lag.seconds,
    greatestFirst: true,
  },
  rate('receives', 'RECEIVES', 7, ({ receives }) => receives),
  rate('replays', 'REPLAYS', 7, ({ replays }) => replays),
  {
    ...figureColumn('catch up', 'CATCH UP', 1, 8),
    cell: forStandbys(({ catchUp }) => catchUpSpan(catchUp)),
    sortLabels: DURATION_ORDER,
    order: ({ catchUp }) => (typeof catchUp === 'number' ? catchUp : catchUp === null ? null : Number.MAX_VALUE),
    greatestFirst: true,
  },
  {
    ...figureColumn('last message', 'LAST MSG', 8, 8),
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
  const alerts = (picture?.alerts ?? []).filter(
    ({ rule, subject }) => subject.owner === link.downstreamId && rule.startsWith('replication-lag'),
  )
  return alerts.find(({ severity }) => severity === 'critical')?.severity ?? alerts[0]?.severity ?? null
}

export function catchUpSpan(catchUp: CatchUpTime): TextSpan {
  if (catchUp === null) return span(UNKNOWN_TEXT)
  if (typeof catchUp === 'number') return span(seconds(catchUp))
  return span(catchUp, 'warning')
}

/** The bytes of a full bar: the greatest lag, or the limit if all are below it. */
export function lagBarScale({ picture, cluster }: ListContext): number {
  const lags = (picture?.links ?? []).map(({ lag }) => lag.bytes ?? 0)
  return Math.max(cluster.spec.thresholds.replicationLagBytes.warning, ...lags)
}

function barSpan(row: LinkRow, context: ListContext): TextSpan {
  const { lag } = row.link
  const style: TextStyle = lagSeverity(row, context.picture) ?? (lag.bytes ? 'plain' : 'dim')
  return span(lagStageBar(lag, lagBarScale(context), BAR, context.screen.glyphs), style)
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
