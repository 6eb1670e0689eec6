// The views of links and slots: names, lag, and which standby uses which slot.

import type { WalSender } from '../measured/pulse.ts'
import type { SenderKind } from '../measured/sender-kind.ts'
import type { OtherSenderView } from '../picture/other-sender.ts'
import type { Lag, LinkView, SlotView } from '../picture/picture.ts'
import { endOfWal, standbyPositionOf } from '../picture/roles.ts'
import { isFlowing } from '../picture/status.ts'
import { bytesBetween } from '../values/lsn.ts'
import { clean } from '../values/text.ts'
import { catchUpSeconds, isReplayPaused, lagOfLink } from './lag.ts'
import type { Member } from './member.ts'
import type { ReplicationLink, ReplicationSender } from './replication-link.ts'
import { rootAbove } from './timelines.ts'

/** Returns a link with its present figures. */
export function toLinkView(edge: ReplicationLink, lag: Lag): LinkView {
  const { upstream, downstream, sender } = edge
  return {
    upstreamId: upstream?.id ?? null,
    downstreamId: downstream?.id ?? null,
    upstreamName: upstream?.name ?? edge.upstreamAddress ?? (edge.state === 'archive' ? 'an archive' : '?'),
    downstreamName: downstream?.name ?? nameOfStranger(edge),
    downstreamAddress: sender?.address == null ? null : clean(sender.address),
    kind: edge.kind,
    state: edge.state,
    sync: syncOf(edge),
    slot: cleanSlot(sender?.slot ?? (downstream ? ownSlot(downstream) : null)),
    lag,
    catchUpSeconds: catchUpSeconds(edge, lag, downstream !== null && isReplayPaused(downstream)),
    delaySeconds: downstream?.pulse?.applyDelayMs == null ? null : downstream.pulse.applyDelayMs / 1000,
    sender,
    ambiguousSenders: edge.ambiguousSenders,
    evidence: edge.evidence,
    configured: downstream !== null && (downstream.record.spec.configured || downstream.pulse !== null),
  }
}

/** The lag of every link, by link. */
export function lagsByLink(edges: readonly ReplicationLink[], now: number): ReadonlyMap<ReplicationLink, Lag> {
  const upstreamOf = new Map(edges.map(({ downstream, upstream }) => [downstream, upstream]))
  return new Map(edges.map((edge) => [edge, lagOfLink(edge, now, rootAbove(edge.downstream, upstreamOf))]))
}

/** Whether commits wait for the standby of a link. If several connections match, it is the value that all have. */
export function syncOf({ sender, ambiguousSenders, state }: ReplicationLink): WalSender['sync'] {
  if (sender) return sender.sync
  if (!isFlowing(state)) return null
  const [first] = ambiguousSenders
  return first && ambiguousSenders.every(({ sync }) => sync === first.sync) ? first.sync : null
}

/** Returns the connections that are no links. One that has just begun receives nothing yet. */
export function otherSenderViews(senders: readonly ReplicationSender[]): readonly OtherSenderView[] {
  return senders.flatMap(({ upstream, sender, kind }) => {
    if (
      (kind !== 'backup' && kind !== 'capture' && kind !== 'logical' && kind !== 'stale') ||
      sender.state === 'startup'
    )
      return []
    return [
      {
        databaseId: upstream.id,
        kind,
        name: nameOfSender(sender),
        address: sender.address === null ? null : clean(sender.address),
        state: sender.state,
        slot: cleanSlot(sender.slot),
        behindBytes: unconfirmedBytes(upstream, sender, kind),
        since: sender.startedAt === null ? null : sender.startedAt - (upstream.pulse?.clockOffsetMs ?? 0),
      },
    ]
  })
}

/** A base backup is read in its own order: it has no lag. */
function unconfirmedBytes(upstream: Member, sender: WalSender, kind: SenderKind): number | null {
  const end = endOfWal(upstream)
  const slot = upstream.pulse?.slots.find(({ name }) => name === sender.slot)
  const confirmed = slot?.confirmedFlushLsn ?? sender.flushedLsn
  return kind === 'backup' || end === null || confirmed === null ? null : bytesBetween(end, confirmed)
}

function nameOfStranger({ sender }: ReplicationLink): string {
  return nameOfSender(sender)
}

function nameOfSender(sender: WalSender | null): string {
  const name = clean(sender?.applicationName ?? '')
  const address = clean(sender?.address ?? '')
  if (name === '') return address === '' ? '?' : address
  return address === '' ? name : `${name} at ${address}`
}

function ownSlot(node: Member): string | null {
  const standby = standbyPositionOf(node)
  return standby?.receiver?.slot ?? standby?.walSources?.slot ?? node.record.spec.slot
}

function cleanSlot(name: string | null): string | null {
  return name === null ? null : clean(name)
}

/** Returns the slots of all databases with the standby that uses each, by its connection, else by the configuration. */
export function slotViews(nodes: readonly Member[], edges: readonly ReplicationLink[]): readonly SlotView[] {
  return nodes.flatMap((node) =>
    (node.pulse?.slots ?? []).map((slot) => {
      const below = edges.filter((edge) => edge.upstream === node && edge.downstream)
      const user =
        below.find((edge) => edge.sender?.slot === slot.name) ??
        below.find((edge) => edge.downstream && ownSlot(edge.downstream) === slot.name)
      const invalidationReason = cleanSlot(slot.invalidationReason)
      const usedBy = user?.downstream?.id ?? null
      return { ...slot, name: clean(slot.name), invalidationReason, databaseId: node.id, usedBy }
    }),
  )
}
