// What each end of a link says of the other, and the slot between them.

import { age, bytes, count, instant, seconds, UNKNOWN } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import type { LinkRow } from './rows.ts'

/** The connection as its source sees it. */
export function senderSection({ link, upstream }: LinkRow, { now }: Scene): Section {
  const { sender } = link
  const read = upstream?.readAt == null ? 'not read' : `read ${age(upstream.readAt, now)} ago`
  const title = `THE SENDER, BY ${link.upstreamName}`
  if (!upstream) return { title, age: '', facts: fact('sender', 'its source is not watched') }
  if (!sender) return { title, age: read, facts: fact('sender', 'none for this standby', 'warning') }
  return {
    title,
    age: read,
    facts: [
      ...fact('state', sender.state ?? UNKNOWN, sender.state === 'streaming' ? 'plain' : 'warning'),
      ...fact('application name', sender.applicationName || 'none'),
      ...fact('role', sender.userName ?? UNKNOWN),
      ...fact(
        'connected from',
        sender.address === null ? 'a Unix socket' : `${sender.address}:${sender.port ?? UNKNOWN}`,
      ),
      ...fact('process', `pid ${sender.pid}`),
      ...fact(
        'since',
        sender.startedAt === null ? UNKNOWN : `${instant(sender.startedAt)} (${age(sender.startedAt, now)})`,
      ),
      ...fact('last reply', sender.replyAgeSeconds === null ? UNKNOWN : `${seconds(sender.replyAgeSeconds)} ago`),
    ],
  }
}

/** The connection as its standby sees it. */
export function receiverSection({ link, downstream, receiver }: LinkRow, { now }: Scene): Section {
  const read = downstream?.readAt == null ? 'not read' : `read ${age(downstream.readAt, now)} ago`
  const title = `THE RECEIVER, BY ${link.downstreamName}`
  if (!downstream)
    return { title, age: '', facts: fact('receiver', 'this standby is not watched: add it to the config') }
  const standby = downstream.pulse?.position.kind === 'standby' ? downstream.pulse.position : null
  const commitAt = standby?.lastReplayedCommitAt ?? null
  const problem: readonly Fact[] = fact('problem', downstream.problem?.message ?? null, 'warning')
  const replay: readonly Fact[] = standby
    ? [
        ...fact('replay', standby.pause, standby.pause === 'not paused' ? 'plain' : 'warning'),
        ...fact(
          'last replayed commit',
          commitAt === null ? UNKNOWN : `${instant(commitAt)} (${age(commitAt, now)} ago)`,
        ),
        ...fact('apply lag', seconds(standby.applyLagSeconds)),
      ]
    : []
  if (!receiver) {
    return { title, age: read, facts: [...problem, ...fact('receiver', 'not running', 'warning'), ...replay] }
  }
  return {
    title,
    age: read,
    facts: [
      ...problem,
      ...fact('state', receiver.status ?? UNKNOWN, receiver.status === 'streaming' ? 'plain' : 'warning'),
      ...fact(
        'connected to',
        receiver.senderHost ? `${receiver.senderHost}:${receiver.senderPort ?? UNKNOWN}` : UNKNOWN,
      ),
      ...fact('slot', receiver.slot || 'none'),
      ...fact('timeline', count(receiver.receivedTimeline)),
      ...fact('last message', receiver.silenceSeconds === null ? UNKNOWN : `${seconds(receiver.silenceSeconds)} ago`),
      ...replay,
    ],
  }
}

/** The slot that keeps the source's log for it. */
export function slotSection({ link, upstream }: LinkRow, { picture, now }: Scene): Section {
  const slot = picture?.slots.find(({ databaseId, name }) => databaseId === upstream?.id && name === link.slot)
  if (!slot) return { title: 'SLOT', age: '', facts: [] }
  const isLost = slot.walStatus === 'lost' || slot.walStatus === 'unreserved'
  const idle = slot.inactiveSince === null ? 'no' : `no, for ${age(slot.inactiveSince, now)}`
  return {
    title: `SLOT ${slot.name}`,
    age: '',
    facts: [
      ...fact('in use', slot.active ? 'yes' : idle, slot.active ? 'plain' : 'warning'),
      ...fact('keeps', bytes(slot.retainedBytes)),
      ...fact('WAL', slot.walStatus ?? UNKNOWN, isLost ? 'critical' : 'plain'),
      ...fact('safe for', slot.safeBytes === null ? 'no limit is set' : `${bytes(slot.safeBytes)} more`),
      ...fact('invalidated', slot.invalidationReason, 'critical'),
    ],
  }
}
