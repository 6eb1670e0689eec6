// Details of a replication link: what each end says of it, stage by stage, and how the lag went lately.

import { parseSyncStandbys } from '../../../model/replication/sync-standbys.ts'
import { formatLsn, type Lsn } from '../../../model/values/lsn.ts'
import { fit, type Line, type Style, span } from '../../frame/format/line.ts'
import { stageText } from '../../frame/format/status.ts'
import { bytes, perSecond, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { barScale, catchUpSpan, lagSeverity, silenceOf, stageBar, stateSpan } from './columns.ts'
import { receiverSection, senderSection, slotSection } from './details-ends.ts'
import { curveSection } from './lag-curve.ts'
import type { LinkRow } from './rows.ts'

const STAGE = 12
const END = 'end of log'
const POSITION = 16

/** Everything known of a link, in sections. */
export function linkSections(row: LinkRow, scene: Scene): readonly Section[] {
  return [
    linkSection(row, scene),
    curveSection(row, scene),
    stagesSection(row, scene),
    senderSection(row, scene),
    receiverSection(row, scene),
    slotSection(row, scene),
  ]
}

function linkSection(row: LinkRow, scene: Scene): Section {
  const { link, dispute } = row
  const { glyphs } = scene.screen
  const state = stateSpan(row, scene)
  const catchUp = catchUpSpan(row.catchUp)
  return {
    title: `LINK ${link.upstreamName} ${glyphs.arrow} ${link.downstreamName}`,
    age: link.configured ? '' : 'found, not watched',
    facts: [
      ...fact('state', state.text, state.style),
      ...fact('the ends differ', dispute, 'warning'),
      ...fact('behind', lagSentence(row), lagSeverity(row, scene.picture) ?? 'plain'),
      ...fact('caught up in', catchUp.text, catchUp.style),
      ...fact('source writes', perSecond(row.writes)),
      ...fact('it receives', perSecond(row.receives)),
      ...fact('it replays', perSecond(row.replays)),
      ...fact('commits wait for it', syncSentence(row)),
      ...fact('last heard of', silenceOf(row) === null ? UNKNOWN : `${seconds(silenceOf(row))} ago`),
      ...fact('slot', link.slot ?? 'none'),
      ...fact('matched by', link.evidence.join('; ') || null),
    ],
  }
}

function lagSentence({ link: { lag } }: LinkRow): string {
  if (lag.bytes === null) return UNKNOWN
  const known = lag.seconds === null ? bytes(lag.bytes) : `${bytes(lag.bytes)}, ${seconds(lag.seconds)}`
  return lag.atLeast ? `at least ${known}: its source can’t be read` : known
}

function syncSentence({ sync, upstream }: LinkRow): string {
  const setting = upstream?.pulse?.synchronousStandbyNames ?? null
  if (setting === null) return sync ?? UNKNOWN
  const standbys = parseSyncStandbys(setting)
  if (!standbys) return 'no: synchronous_standby_names is empty'
  const rule = `${standbys.method === 'any' ? 'any' : 'the first'} ${standbys.count} of ${standbys.names.join(', ')}`
  if (sync === 'async') return `no (async): they wait for ${rule}`
  return `${sync ?? UNKNOWN}: they wait for ${rule}`
}

function stagesSection(row: LinkRow, scene: Scene): Section {
  const { link, receiver, upstream, downstream } = row
  const { sender, lag } = link
  const standby = downstream?.pulse?.position.kind === 'standby' ? downstream.pulse.position : null
  const cell = (text: string) => fit(text, POSITION, 'right', scene.screen.glyphs.ellipsis)
  const line = (stage: string, one: string, other: string, behind: number | null, late: number | null): Line => [
    span(fit(stage, STAGE), 'dim'),
    span(cell(one) + cell(other) + cell(stage === END ? bytes(behind) : stageText(behind, lag, scene.screen.glyphs))),
    span(cell(late === null ? '' : seconds(late)), 'dim'),
  ]
  const at = upstream?.lsn == null ? UNKNOWN : formatLsn(upstream.lsn)
  const head = [fit('', STAGE), cell(`${link.upstreamName} says`), cell(`${link.downstreamName} says`), cell('behind')]
  return {
    title: 'STAGE BY STAGE',
    age: `bytes from the position of ${link.upstreamName}`,
    facts: [
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
      ...barLine(row, scene),
    ],
  }
}

function barLine({ link }: LinkRow, scene: Scene): readonly Line[] {
  const { glyphs } = scene.screen
  const bar = stageBar(link.lag, barScale(scene), 4 * POSITION, glyphs)
  return bar === '' ? [] : [[span(' '.repeat(STAGE)), span(bar, lagStyle(link.lag.bytes))]]
}

function lagStyle(behind: number | null): Style {
  return behind ? 'plain' : 'dim'
}

function position(lsn: Lsn | null | undefined): string {
  return lsn == null ? UNKNOWN : formatLsn(lsn)
}
