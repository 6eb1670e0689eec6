// Details of a database's part in replication: its position, its source, its standbys, its slots.

import type { ReplicationPosition, WalSender } from '../../../model/measured/pulse.ts'
import type { DatabaseView, LinkView, Mirroring, Picture } from '../../../model/picture/picture.ts'
import { recoveryTargetText } from '../../../model/replication/replay-pause.ts'
import { formatLsn, type Lsn } from '../../../model/values/lsn.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { lagText, stageText } from '../../frame/format/status.ts'
import { age, bytes, count, instant, seconds, sparkline, UNKNOWN } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'

const TREND = 40

/** What is known of a database's replication, in sections. */
export function replicationSections(
  picture: Picture,
  database: DatabaseView,
  now: number,
  glyphs: Glyphs,
): readonly Section[] {
  const read = database.readAt === null ? '' : `read ${age(database.readAt, now)} ago`
  const sources = picture.links.filter(({ downstreamId }) => downstreamId === database.id)
  const targets = picture.links.filter(({ upstreamId }) => upstreamId === database.id)
  const { pulse } = database
  return [
    {
      title: 'POSITION',
      age: read,
      facts: pulse ? positionFacts(pulse.position, database, now) : fact('LSN', lsn(database.lsn)),
    },
    ...sources.map((link) => linkSection(`FROM ${link.upstreamName}`, link, database, glyphs)),
    ...targets.map((link) => linkSection(`TO ${link.downstreamName}`, link, null, glyphs)),
    ...picture.exchange.flatMap((each) => exchangeSection(picture, each, database.id, now)),
    { title: 'SENDERS', age: read, facts: (pulse?.senders ?? []).flatMap((sender) => senderLines(sender, now)) },
    slotsSection(picture, database, read, now),
  ]
}

/** One direction of what mirrored databases exchange, as the end that it concerns sees it. */
function exchangeSection(picture: Picture, exchange: Mirroring, id: string, now: number): readonly Section[] {
  if (exchange.from !== id && exchange.to !== id) return []
  const { from, to, state, since, reason, behindBytes, divergedBytes, slot } = exchange
  const outward = from === id
  const readAt = picture.databases.find((view) => view.id === from)?.readAt ?? null
  return [
    {
      title: `EXCHANGE ${outward ? 'TO' : 'FROM'} ${displayNameOf(picture, outward ? to : from)}`,
      age: readAt === null ? '' : `read ${age(readAt, now)} ago`,
      facts: [
        ...fact('state', state, state === 'flowing' ? 'ok' : 'warning'),
        ...fact('because', reason),
        ...fact('since', since === null ? UNKNOWN : `${instant(since)} (${age(since, now)})`),
        ...fact('not taken yet', bytes(behindBytes)),
        ...fact('written since the cut', state === 'cut' || state === 'merging' ? bytes(divergedBytes) : null),
        ...fact('slot', slot),
      ],
    },
  ]
}

function lsn(position: Lsn | null): string {
  return position === null ? UNKNOWN : formatLsn(position)
}

function positionFacts(position: ReplicationPosition, { replayPause }: DatabaseView, now: number): readonly Fact[] {
  if (position.kind === 'primary') {
    return [...fact('written', lsn(position.lsn)), ...fact('flushed', lsn(position.flushedLsn))]
  }
  const { receiver, lastReplayedCommitAt: commitAt } = position
  return [
    ...fact('received', position.receivedLsn === null ? 'never streamed' : lsn(position.receivedLsn)),
    ...fact('replayed', lsn(position.replayedLsn)),
    ...fact('replay', position.pause, position.pause === 'not paused' ? 'plain' : 'warning'),
    ...fact('because', replayPause?.words ?? null),
    ...fact(
      'recovery stops at',
      position.recoveryTarget ? recoveryTargetText(position.recoveryTarget) : null,
      'warning',
    ),
    ...fact('last replayed commit', commitAt === null ? UNKNOWN : `${instant(commitAt)} (${age(commitAt, now)} ago)`),
    ...fact('apply lag', seconds(position.applyLagSeconds)),
    ...fact('receiver', receiver ? (receiver.status ?? UNKNOWN) : 'not running', receiver ? 'plain' : 'warning'),
    ...fact('its source', receiver?.senderHost ? `${receiver.senderHost}:${receiver.senderPort ?? UNKNOWN}` : null),
    ...fact('its slot', receiver ? receiver.slot || 'none' : null),
    ...fact('received timeline', receiver ? count(receiver.receivedTimeline) : null),
    ...fact('received and flushed', receiver ? lsn(receiver.flushedLsn) : null),
    ...fact('source was at', receiver ? lsn(receiver.latestEndLsn) : null),
    ...fact('last message', receiver?.silenceSeconds == null ? null : `${seconds(receiver.silenceSeconds)} ago`),
  ]
}

function linkSection(title: string, link: LinkView, database: DatabaseView | null, glyphs: Glyphs): Section {
  const { lag } = link
  const missing = (figure: number | null) => stageText(figure, lag, glyphs)
  const trend = database ? sparkline(database.lagTrend, TREND, glyphs.levels, 1024 * 1024).trim() : ''
  return {
    title,
    age: link.configured ? '' : 'found, not watched',
    facts: [
      ...fact('state', link.state, link.state === 'streaming' ? 'plain' : 'warning'),
      ...fact('commits wait for it', link.sync),
      ...fact('slot', link.slot ?? 'none'),
      ...fact('address', link.downstreamAddress),
      ...fact('lag', lagText(lag, glyphs)),
      ...fact('not yet sent', missing(lag.sentBytes)),
      ...fact('not yet written', missing(lag.writtenBytes)),
      ...fact('not yet flushed', missing(lag.flushedBytes)),
      ...fact('not yet replayed', missing(lag.replayedBytes)),
      ...fact('caught up in', seconds(link.catchUpSeconds)),
      ...fact('recently', trend === '' ? null : trend),
      ...fact('matched by', link.evidence.join('; ') || null),
    ],
  }
}

function senderLines(sender: WalSender, now: number): readonly Line[] {
  const from = sender.address === null ? 'a Unix socket' : `${sender.address}:${sender.port ?? UNKNOWN}`
  const started = sender.startedAt === null ? '' : `, for ${age(sender.startedAt, now)}`
  const replied = sender.replyAgeSeconds === null ? '' : `, last reply ${seconds(sender.replyAgeSeconds)} ago`
  return [
    [
      span(sender.applicationName, 'strong'),
      span(`  ${sender.state ?? UNKNOWN}, ${sender.sync ?? UNKNOWN}`),
      span(`  pid ${sender.pid}, ${sender.userName ?? UNKNOWN} from ${from}${started}${replied}`, 'dim'),
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

function slotsSection(picture: Picture, database: DatabaseView, read: string, now: number): Section {
  const slots = picture.slots.filter(({ databaseId }) => databaseId === database.id)
  return {
    title: 'SLOTS',
    age: read,
    facts: slots.flatMap((slot): Line[] => {
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
          span(`  keeps ${bytes(slot.retainedBytes)} of WAL from ${lsn(slot.restartLsn)}, `),
          span(`WAL ${slot.walStatus ?? UNKNOWN}`, lost ? 'critical' : 'plain'),
          span(slot.safeBytes === null ? '' : `, ${bytes(slot.safeBytes)} more are safe`),
        ],
      ]
    }),
  }
}
