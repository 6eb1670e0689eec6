// Events of links: synchronous or not, unwatched standbys that connect and disconnect, and mirroring that is cut or
// merged again.

import { exchangeAmount } from '../picture/exchange-amount.ts'
import type { ClusterEvent, LinkView, Mirroring, Picture } from '../picture/picture.ts'
import { subjectOf } from '../picture/subject.ts'
import { formatAge } from '../values/units.ts'
import { type EventWords, eventOf } from './event-words.ts'
import { exchangeCutText, exchangeMergedText } from './exchange-outage.ts'

export function linkEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  const happenings: ClusterEvent[] = []
  const happened = (link: LinkView, text: string) => {
    const subject = subjectOf(link.downstreamId ?? link.upstreamId ?? link.downstreamName)
    happenings.push({ at: next.at, severity: 'info', subject, subjectName: link.downstreamName, text })
  }
  const before = new Map(previous.links.map((link) => [keyOf(link), link]))
  const after = new Map(next.links.map((link) => [keyOf(link), link]))
  for (const [key, link] of after) {
    const old = before.get(key)
    if (old) {
      if (old.sync !== null && link.sync !== null && old.sync !== link.sync) {
        happened(link, `replication is ${link.sync} now, was ${old.sync}`)
      }
    } else if (isStranger(link) && wasRead(previous, link.upstreamId)) {
      happened(link, beganText(link))
    }
  }
  for (const [key, link] of before) {
    if (after.has(key) || !isStranger(link) || !isRead(next, link.upstreamId)) continue
    const known = next.links.find((each) => each.upstreamId === link.upstreamId && isNewlyRead(each, previous))
    happened(link, known && link.kind !== 'archiver' ? `is watched now, as ${known.downstreamName}` : endedText(link))
  }
  return happenings
}

function beganText({ kind, upstreamName }: LinkView): string {
  if (kind === 'archiver') return `began to archive the WAL of ${upstreamName}`
  return `began to replicate from ${upstreamName}; it is not watched`
}

function endedText({ kind, upstreamName }: LinkView): string {
  return kind === 'archiver'
    ? `no longer archives the WAL of ${upstreamName}`
    : `no longer replicates from ${upstreamName}`
}

function keyOf(link: LinkView): string {
  return `${link.upstreamId} ${link.downstreamId ?? link.downstreamName}`
}

function isStranger(link: LinkView): boolean {
  return link.downstreamId === null && link.upstreamId !== null
}

/** A standby that discovery found, or that answers for the first time, was unwatched until now. */
function isNewlyRead({ downstreamId }: LinkView, previous: Picture): boolean {
  return downstreamId !== null && !wasRead(previous, downstreamId)
}

function wasRead(picture: Picture, id: string | null): boolean {
  return picture.databases.some((view) => view.id === id && view.readAt !== null)
}

/** An upstream that can't be read shows no connections, which says nothing about them. */
function isRead(picture: Picture, id: string | null): boolean {
  return picture.databases.some((view) => view.id === id && view.problem === null)
}

export function mirroringEvents(previous: Picture, next: Picture): readonly ClusterEvent[] {
  return next.mirroring.flatMap((exchange) => {
    const old = previous.mirroring.find(({ from, to }) => from === exchange.from && to === exchange.to)
    const words = old ? change(old, exchange, next) : null
    if (!words) return []
    const subjectName = view(exchange.to, next)?.name ?? '?'
    return [{ at: next.at, subject: subjectOf(exchange.to), subjectName, ...eventOf(words) }]
  })
}

function change(old: Mirroring, exchange: Mirroring, next: Picture): EventWords | null {
  const from = view(exchange.from, next)
  const name = from?.name ?? exchange.from
  if (old.state === 'flowing' && exchange.state === 'cut') {
    // A database that is down has its own event.
    if (from?.status !== 'active' || view(exchange.to, next)?.status !== 'active') return null
    const why = exchange.reason === null ? '' : `: ${exchange.reason}`
    return ['warning', `${exchangeCutText(name)}${why}: they diverge`, 'replica-disconnected']
  }
  if ((old.state !== 'cut' && old.state !== 'merging') || exchange.state !== 'flowing') return null
  const after = old.since === null ? null : formatAge(next.at - old.since)
  const amount = exchangeAmount(old.divergedChanges, old.divergedBytes)
  const what = amount === null ? 'all' : `all ${amount}`
  return ['ok', `${exchangeMergedText(after)}: has ${what} that ${name} wrote meanwhile`]
}

function view(id: string, picture: Picture) {
  return picture.databases.find((each) => each.id === id) ?? null
}
