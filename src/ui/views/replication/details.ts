// Details of a replication link: what each end reports, stage by stage, and the recent lag.

import { standbyPositionOf } from '../../../model/picture/roles.ts'
import { parseSyncStandbys } from '../../../model/replication/sync/sync-standbys.ts'
import { formatLsn, type Lsn } from '../../../model/values/lsn.ts'
import { fitText, type Line, span, type TextStyle } from '../../frame/format/line.ts'
import { lagStageText } from '../../frame/format/status-text.ts'
import { bytes, perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { catchUpSpan, lagBarScale, lagSeverity, lagStageBar, lastMessageSeconds, linkStateSpan } from './columns.ts'
import { receiverSection, senderSection, slotSection } from './details-ends.ts'
import { lagCurveSection } from './lag-curve.ts'
import type { LinkRow } from './rows.ts'

const STAGE = 12
const END = 'end of WAL'
const POSITION = 16

/** The details of a link, in sections. */
export function linkSections(row: LinkRow, context: ListContext): readonly DetailSection[] {
  return [
    linkSection(row, context),
    lagCurveSection(row, context),
    stagesSection(row, context),
    senderSection(row, context),
    receiverSection(row, context),
    slotSection(row, context),
  ]
}

function linkSection(row: LinkRow, context: ListContext): DetailSection {
  const { link, contradiction } = row
  const { glyphs } = context.screen
  const state = linkStateSpan(row, context)
  const catchUp = catchUpSpan(row.catchUp, link.delaySeconds, false)
  return {
    title: `LINK ${link.upstreamName} ${glyphs.arrow} ${link.downstreamName}`,
    age: link.configured ? '' : 'found, not watched',
    fields: [
      ...detailField('state', state.text, state.style),
      ...detailField('the ends differ', contradiction, 'warning'),
      ...detailField('behind', lagSentence(row), lagSeverity(row, context.picture) ?? 'plain'),
      ...detailField('caught up in', catchUp.text, catchUp.style),
      ...detailField('upstream writes', perSecond(row.writes)),
      ...detailField('it receives', perSecond(row.receives)),
      ...detailField('it replays', perSecond(row.replays)),
      ...detailField('commits wait for it', syncSentence(row)),
      ...detailField(
        'last message',
        lastMessageSeconds(row) === null ? UNKNOWN_TEXT : `${seconds(lastMessageSeconds(row))} ago`,
      ),
      ...detailField('slot', link.slot ?? 'none'),
      ...detailField('matched by', link.evidence.join('; ') || null),
    ],
  }
}

function lagSentence({ link: { lag } }: LinkRow): string {
  if (lag.bytes === null) return UNKNOWN_TEXT
  const known = lag.seconds === null ? bytes(lag.bytes) : `${bytes(lag.bytes)}, ${seconds(lag.seconds)}`
  return lag.atLeast ? `at least ${known}: its upstream can’t be read` : known
}

function syncSentence({ sync, upstream }: LinkRow): string {
  const setting = upstream?.pulse?.synchronousStandbyNames ?? null
  if (setting === null) return sync ?? UNKNOWN_TEXT
  const standbys = parseSyncStandbys(setting)
  if (!standbys) return 'no: synchronous_standby_names is empty'
  const rule = `${standbys.method === 'any' ? 'any' : 'the first'} ${standbys.count} of ${standbys.names.join(', ')}`
  if (sync === 'async') return `no (async): they wait for ${rule}`
  return `${sync ?? UNKNOWN_TEXT}: they wait for ${rule}`
}

function stagesSection(row: LinkRow, context: ListContext): DetailSection {
  const { link, receiver, upstream, downstream } = row
  const { sender, lag } = link
  const standby = downstream ? standbyPositionOf(downstream) : null
  const cell = (text: string) => fitText(text, POSITION, 'right', context.screen.glyphs.ellipsis)
  const line = (stage: string, one: string, other: string, behind: number | null, late: number | null): Line => [
    span(fitText(stage, STAGE), 'dim'),
    span(
      cell(one) + cell(other) + cell(stage === END ? bytes(behind) : lagStageText(behind, lag, context.screen.glyphs)),
    ),
    span(cell(late === null ? '' : seconds(late)), 'dim'),
  ]
  const at = upstream?.lsn == null ? UNKNOWN_TEXT : formatLsn(upstream.lsn)
  const head = [
    fitText('', STAGE),
    cell(`${link.upstreamName} reports`),
    cell(`${link.downstreamName} reports`),
    cell('behind'),
  ]
  return {
    title: 'STAGE BY STAGE',
    age: `bytes from the position of ${link.upstreamName}`,
    fields: [
      [span(head.join('') + cell('delay'), 'dim')],
      line(END, at, position(receiver?.latestEndLsn), 0, null),
      line('sent', position(sender?.sentLsn), '', lag.sentBytes, null),
      line('written', position(sender?.writtenLsn), '', lag.writtenBytes, sender?.writeLagSeconds ?? null),
      line(
        'flushed',
        position(sender?.flushedLsn),
        position(standby?.receivedLsn),
        lag.flushedBytes,
        sender?.flushLagSeconds ?? null,
      ),
      line(
        'replayed',
        position(sender?.replayedLsn),
        position(standby?.replayedLsn),
        lag.replayedBytes,
        sender?.replayLagSeconds ?? null,
      ),
      ...barLine(row, context),
    ],
  }
}

function barLine({ link }: LinkRow, context: ListContext): readonly Line[] {
  const { glyphs } = context.screen
  const bar = lagStageBar(link.lag, lagBarScale(context), 4 * POSITION, glyphs)
  if (bar === '') return []
  const [send, write, flush, replay] = glyphs.stages
  const legend = `${send} to send  ${write} to write  ${flush} to flush  ${replay} to replay`
  return [
    [span(' '.repeat(STAGE)), span(bar, lagStyle(link.lag.bytes))],
    [span(`${' '.repeat(STAGE)}${legend}; a full bar is ${bytes(lagBarScale(context))}`, 'dim')],
  ]
}

function lagStyle(behind: number | null): TextStyle {
  return behind ? 'plain' : 'dim'
}

function position(lsn: Lsn | null | undefined): string {
  return lsn == null ? UNKNOWN_TEXT : formatLsn(lsn)
}
