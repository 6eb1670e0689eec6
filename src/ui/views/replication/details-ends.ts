// What each end of a link reports about the other, and the slot between them.

import { standbyPositionOf } from '../../../model/picture/roles.ts'
import { age, bytes, count, instant, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import type { LinkRow } from './rows.ts'

/** The connection as the upstream sees it. */
export function senderSection({ link, upstream }: LinkRow, { now }: ListContext): DetailSection {
  const { sender } = link
  const read = upstream?.readAt == null ? 'not read' : `read ${age(upstream.readAt, now)} ago`
  const title = `THE SENDER, BY ${link.upstreamName}`
  if (!upstream) return { title, age: '', fields: detailField('sender', 'its upstream is not watched') }
  const several = link.ambiguousSenders.length
  if (several > 0) {
    return {
      title,
      age: read,
      fields: detailField('sender', `one of ${several} that pgdeck can’t distinguish`, 'warning'),
    }
  }
  if (!sender) return { title, age: read, fields: detailField('sender', 'none for this standby', 'warning') }
  return {
    title,
    age: read,
    fields: [
      ...detailField('state', sender.state ?? UNKNOWN_TEXT, sender.state === 'streaming' ? 'plain' : 'warning'),
      ...detailField('application name', sender.applicationName || 'none'),
      ...detailField('role', sender.userName ?? UNKNOWN_TEXT),
      ...detailField(
        'connected from',
        sender.address === null ? 'a Unix socket' : `${sender.address}:${sender.port ?? UNKNOWN_TEXT}`,
      ),
      ...detailField('process', `pid ${sender.pid}`),
      ...detailField(
        'since',
        sender.startedAt === null ? UNKNOWN_TEXT : `${instant(sender.startedAt)} (${age(sender.startedAt, now)})`,
      ),
      ...detailField(
        'last reply',
        sender.replyAgeSeconds === null ? UNKNOWN_TEXT : `${seconds(sender.replyAgeSeconds)} ago`,
      ),
    ],
  }
}

/** The connection as the standby sees it. */
export function receiverSection({ link, downstream, receiver }: LinkRow, { now }: ListContext): DetailSection {
  const read = downstream?.readAt == null ? 'not read' : `read ${age(downstream.readAt, now)} ago`
  const title = `THE RECEIVER, BY ${link.downstreamName}`
  if (!downstream && link.kind === 'archiver') {
    return { title, age: '', fields: detailField('receiver', 'an archiver: it stores WAL and replays none') }
  }
  if (!downstream)
    return { title, age: '', fields: detailField('receiver', 'this standby is not watched: add it to the config') }
  const standby = standbyPositionOf(downstream)
  const commitAt = standby?.lastReplayedCommitAt ?? null
  const problem: readonly DetailField[] = detailField('problem', downstream.problem?.message ?? null, 'warning')
  const replay: readonly DetailField[] = standby
    ? [
        ...detailField('replay', standby.pause, standby.pause === 'not paused' ? 'plain' : 'warning'),
        ...detailField(
          'last replayed commit',
          commitAt === null ? UNKNOWN_TEXT : `${instant(commitAt)} (${age(commitAt, now)} ago)`,
        ),
        ...detailField('apply lag', seconds(standby.applyLagSeconds)),
      ]
    : []
  if (!receiver) {
    return { title, age: read, fields: [...problem, ...detailField('receiver', 'not running', 'warning'), ...replay] }
  }
  return {
    title,
    age: read,
    fields: [
      ...problem,
      ...detailField('state', receiver.status ?? UNKNOWN_TEXT, receiver.status === 'streaming' ? 'plain' : 'warning'),
      ...detailField(
        'connected to',
        receiver.senderHost ? `${receiver.senderHost}:${receiver.senderPort ?? UNKNOWN_TEXT}` : UNKNOWN_TEXT,
      ),
      ...detailField('slot', receiver.slot || 'none'),
      ...detailField('timeline', count(receiver.receivedTimeline)),
      ...detailField(
        'last message',
        receiver.lastMessageAgeSeconds === null ? UNKNOWN_TEXT : `${seconds(receiver.lastMessageAgeSeconds)} ago`,
      ),
      ...replay,
    ],
  }
}

/** The slot that keeps the upstream's WAL for it. */
export function slotSection({ link, upstream }: LinkRow, { picture, now }: ListContext): DetailSection {
  const slot = picture?.slots.find(({ databaseId, name }) => databaseId === upstream?.id && name === link.slot)
  if (!slot) return { title: 'SLOT', age: '', fields: [] }
  const isLost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved'
  const idle = slot.inactiveSince === null ? 'no' : `no, for ${age(slot.inactiveSince, now)}`
  return {
    title: `SLOT ${slot.name}`,
    age: '',
    fields: [
      ...detailField('in use', slot.active ? 'yes' : idle, slot.active ? 'plain' : 'warning'),
      ...detailField('retains', bytes(slot.retainedBytes)),
      ...detailField('WAL', slot.walStatus ?? UNKNOWN_TEXT, isLost ? 'critical' : 'plain'),
      ...detailField('safe for', slot.safeBytes === null ? 'no limit is set' : `${bytes(slot.safeBytes)} more`),
      ...detailField('invalidated', slot.invalidationReason, 'critical'),
    ],
  }
}
