// Details of a database's part in replication: its position, its upstream, its standbys, its slots.

import type { DatabasePulse, WalSender } from '../../../model/measured/pulse.ts'
import { exchangeAmount } from '../../../model/picture/exchange-amount.ts'
import { linksFrom } from '../../../model/picture/neighbours.ts'
import type { DatabaseView, LinkView, Mirroring, Picture } from '../../../model/picture/picture.ts'
import { primaryPositionOf, standbyPositionOf } from '../../../model/picture/roles.ts'
import { recoveryTargetText } from '../../../model/replication/replay-pause.ts'
import { formatLsn, type Lsn } from '../../../model/values/lsn.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { unexchangedText } from '../../frame/format/mirroring.ts'
import { lagStageText, lagText } from '../../frame/format/status-text.ts'
import { age, bytes, count, instant, seconds, sparkline, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'

const TREND = 40

/** The facts about a database's replication, in sections. */
export function replicationSections(
  picture: Picture,
  database: DatabaseView,
  now: number,
  glyphs: Glyphs,
): readonly DetailSection[] {
  const read = database.readAt === null ? '' : `read ${age(database.readAt, now)} ago`
  const sources = picture.links.filter(({ downstreamId }) => downstreamId === database.id)
  const targets = linksFrom(picture, database.id)
  const { pulse } = database
  return [
    {
      title: 'POSITION',
      age: read,
      fields: pulse ? positionFacts(pulse, database, now) : detailField('LSN', lsn(database.lsn)),
    },
    ...sources.map((link) => linkSection(`FROM ${link.upstreamName}`, link, database, glyphs)),
    ...targets.map((link) => linkSection(`TO ${link.downstreamName}`, link, null, glyphs)),
    ...picture.mirroring.flatMap((each) => exchangeSection(picture, each, database.id, now)),
    { title: 'SENDERS', age: read, fields: (pulse?.senders ?? []).flatMap((sender) => senderLines(sender, now)) },
    slotsSection(picture, database, read, now),
  ]
}

/** One direction of the exchange between mirrored databases, from the side of the named end. */
function exchangeSection(picture: Picture, exchange: Mirroring, id: string, now: number): readonly DetailSection[] {
  if (exchange.from !== id && exchange.to !== id) return []
  const { from, to, state, since, reason, oldestAt, slot } = exchange
  const diverged = exchangeAmount(exchange.divergedChanges, exchange.divergedBytes) ?? UNKNOWN_TEXT
  const outward = from === id
  const readAt = picture.databases.find((view) => view.id === from)?.readAt ?? null
  return [
    {
      title: `EXCHANGE ${outward ? 'TO' : 'FROM'} ${displayNameOf(picture, outward ? to : from)}`,
      age: readAt === null ? '' : `read ${age(readAt, now)} ago`,
      fields: [
        ...detailField('state', state, state === 'flowing' ? 'ok' : 'warning'),
        ...detailField('because', reason),
        ...detailField('since', since === null ? UNKNOWN_TEXT : `${instant(since)} (${age(since, now)})`),
        ...detailField('not taken yet', unexchangedText(exchange)),
        ...detailField('the oldest', oldestAt === null ? null : `${age(oldestAt, now)} old`),
        ...detailField('written since the cut', state === 'cut' || state === 'merging' ? diverged : null),
        ...detailField('slot', slot),
      ],
    },
  ]
}

function lsn(position: Lsn | null): string {
  return position === null ? UNKNOWN_TEXT : formatLsn(position)
}

function positionFacts(pulse: DatabasePulse, { replayPause }: DatabaseView, now: number): readonly DetailField[] {
  const primary = primaryPositionOf({ pulse })
  if (primary) return [...detailField('written', lsn(primary.lsn)), ...detailField('flushed', lsn(primary.flushedLsn))]
  const position = standbyPositionOf({ pulse })
  if (!position) return []
  const { receiver, lastReplayedCommitAt: commitAt } = position
  return [
    ...detailField('received', position.receivedLsn === null ? 'never streamed' : lsn(position.receivedLsn)),
    ...detailField('replayed', lsn(position.replayedLsn)),
    ...detailField('replay', position.pause, position.pause === 'not paused' ? 'plain' : 'warning'),
    ...detailField('because', replayPause?.text ?? null),
    ...detailField(
      'recovery stops at',
      position.recoveryTarget ? recoveryTargetText(position.recoveryTarget) : null,
      'warning',
    ),
    ...detailField(
      'last replayed commit',
      commitAt === null ? UNKNOWN_TEXT : `${instant(commitAt)} (${age(commitAt, now)} ago)`,
    ),
    ...detailField('apply lag', seconds(position.applyLagSeconds)),
    ...detailField(
      'receiver',
      receiver ? (receiver.status ?? UNKNOWN_TEXT) : 'not running',
      receiver ? 'plain' : 'warning',
    ),
    ...detailField(
      'its upstream',
      receiver?.senderHost ? `${receiver.senderHost}:${receiver.senderPort ?? UNKNOWN_TEXT}` : null,
    ),
    ...detailField('its slot', receiver ? receiver.slot || 'none' : null),
    ...detailField('received timeline', receiver ? count(receiver.receivedTimeline) : null),
    ...detailField('received and flushed', receiver ? lsn(receiver.flushedLsn) : null),
    ...detailField('upstream was at', receiver ? lsn(receiver.latestEndLsn) : null),
    ...detailField(
      'last message',
      receiver?.lastMessageAgeSeconds == null ? null : `${seconds(receiver.lastMessageAgeSeconds)} ago`,
    ),
  ]
}

function linkSection(title: string, link: LinkView, database: DatabaseView | null, glyphs: Glyphs): DetailSection {
  const { lag } = link
  const missing = (figure: number | null) => lagStageText(figure, lag, glyphs)
  const trend = database ? sparkline(database.lagTrend, TREND, glyphs.levels, 1024 * 1024).trim() : ''
  return {
    title,
    age: link.configured ? '' : 'found, not watched',
    fields: [
      ...detailField('state', link.state, link.state === 'streaming' ? 'plain' : 'warning'),
      ...detailField('commits wait for it', link.sync),
      ...detailField('slot', link.slot ?? 'none'),
      ...detailField('address', link.downstreamAddress),
      ...detailField('lag', lagText(lag, glyphs)),
      ...detailField('not yet sent', missing(lag.sentBytes)),
      ...detailField('not yet written', missing(lag.writtenBytes)),
      ...detailField('not yet flushed', missing(lag.flushedBytes)),
      ...detailField('not yet replayed', missing(lag.replayedBytes)),
      ...detailField('caught up in', seconds(link.catchUpSeconds)),
      ...detailField('recently', trend === '' ? null : trend),
      ...detailField('matched by', link.evidence.join('; ') || null),
    ],
  }
}

function senderLines(sender: WalSender, now: number): readonly Line[] {
  const from = sender.address === null ? 'a Unix socket' : `${sender.address}:${sender.port ?? UNKNOWN_TEXT}`
  const started = sender.startedAt === null ? '' : `, for ${age(sender.startedAt, now)}`
  const replied = sender.replyAgeSeconds === null ? '' : `, last reply ${seconds(sender.replyAgeSeconds)} ago`
  return [
    [
      span(sender.applicationName, 'strong'),
      span(`  ${sender.state ?? UNKNOWN_TEXT}, ${sender.sync ?? UNKNOWN_TEXT}`),
      span(`  pid ${sender.pid}, ${sender.userName ?? UNKNOWN_TEXT} from ${from}${started}${replied}`, 'dim'),
    ],
    [
      span(`  sent ${lsn(sender.sentLsn)}  written ${lsn(sender.writtenLsn)}  flushed ${lsn(sender.flushedLsn)}`),
      span(`  replayed ${lsn(sender.replayedLsn)}`),
    ],
    [
      span(`  behind by ${seconds(sender.writeLagSeconds)} to write, ${seconds(sender.flushLagSeconds)} to flush, `),
      span(`${seconds(sender.replayLagSeconds)} to replay`),
    ],
  ]
}

function slotsSection(picture: Picture, database: DatabaseView, read: string, now: number): DetailSection {
  const slots = picture.slots.filter(({ databaseId }) => databaseId === database.id)
  return {
    title: 'SLOTS',
    age: read,
    fields: slots.flatMap((slot): Line[] => {
      const used = slot.usedBy === null ? '' : ` by ${displayNameOf(picture, slot.usedBy)}`
      const idle = slot.inactiveSince === null ? '' : ` for ${age(slot.inactiveSince, now)}`
      const lost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved'
      return [
        [
          span(slot.name, 'strong'),
          span(`  ${slot.type}${slot.temporary ? ', temporary' : ''}, `),
          slot.active ? span(`active${used}`) : span(`inactive${idle}`, 'warning'),
          span(slot.invalidationReason ? `, invalidated: ${slot.invalidationReason}` : '', 'critical'),
        ],
        [
          span(`  retains ${bytes(slot.retainedBytes)} of WAL from ${lsn(slot.restartLsn)}, `),
          span(`WAL ${slot.walStatus ?? UNKNOWN_TEXT}`, lost ? 'critical' : 'plain'),
          span(slot.safeBytes === null ? '' : `, ${bytes(slot.safeBytes)} more are safe`),
        ],
      ]
    }),
  }
}
