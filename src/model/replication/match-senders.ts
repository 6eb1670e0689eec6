// The only matching of walsenders and standbys: by slot, name, address and start time, then by count. If several match
// equally, it stays unknown.

import type { WalSender } from '../measured/pulse.ts'
import { isFedByArchiveAlone } from '../picture/archive-source.ts'
import { isWritable, standbyPositionOf } from '../picture/roles.ts'
import type { Member } from './member.ts'
import {
  isNamed,
  receiverConnectsTo,
  SAME_ADDRESS,
  type SenderOffer,
  type StartedTogether,
  sameSystemEvidence,
  senderEvidence,
  senderMatchScore,
  startedTogether,
} from './sender-score.ts'

/** A walsender and its standby, with the evidence, strongest first. */
export interface MatchedSender extends SenderOffer {
  readonly downstream: Member
  readonly evidence: readonly string[]
}

/** Walsenders of one database and standbys that belong together, without knowing which to which. */
export interface AmbiguousSenders {
  readonly upstream: Member
  readonly senders: readonly WalSender[]
  readonly downstreams: readonly Member[]
}

export interface SenderMatches {
  readonly matched: ReadonlyMap<Member, MatchedSender>
  readonly ambiguous: readonly AmbiguousSenders[]
  /** Those without a watched standby. */
  readonly unmatched: readonly SenderOffer[]
}

/** Two ends that may belong together. */
interface Candidate {
  readonly offer: SenderOffer
  readonly downstream: Member
  readonly score: number
}

/** Ends with equal scores, on both sides. */
interface Group {
  readonly offers: Set<SenderOffer>
  readonly downstreams: Set<Member>
}

/** More than address, port and name, which several ends may share, and less than a slot, which only one has. */
const STARTED_TOGETHER = 15

/** Gives each standby among `members` its walsender among `offers`. */
export function matchSenders(offers: readonly SenderOffer[], members: readonly Member[]): SenderMatches {
  return new Assignment(offers, members).result()
}

class Assignment {
  readonly #offers: readonly SenderOffer[]
  readonly #members: readonly Member[]
  readonly #together: ReadonlyMap<WalSender, StartedTogether>
  readonly #matched = new Map<Member, MatchedSender>()
  readonly #used = new Set<SenderOffer>()
  readonly #groups: Group[] = []
  readonly #sources = new Map<Member, readonly Member[]>()

  constructor(offers: readonly SenderOffer[], members: readonly Member[]) {
    this.#offers = offers
    this.#members = members
    const standbys = members.filter((member) => !isWritable(member) && !isFedByArchiveAlone(member))
    this.#together = startedTogether(offers, standbys)
    const candidates = offers.flatMap((offer) => this.#candidatesOf(offer, standbys))
    const levels = [...Map.groupBy(candidates, ({ score }) => score)].sort(([a], [b]) => b - a)
    for (const [, level] of levels) this.#assign(level)
  }

  result(): SenderMatches {
    const ambiguous = this.#groups.flatMap((group) => this.#settled(group))
    for (const system of new Set(this.#offers.map(({ upstream }) => upstream.pulse?.systemIdentifier ?? null))) {
      if (system !== null) ambiguous.push(...this.#byCount(system))
    }
    const known = new Set(ambiguous.flatMap(({ senders }) => senders))
    const unmatched = this.#offers.filter((offer) => !this.#used.has(offer) && !known.has(offer.sender))
    return { matched: this.#matched, ambiguous, unmatched }
  }

  #candidatesOf(offer: SenderOffer, standbys: readonly Member[]): readonly Candidate[] {
    const { upstream, sender } = offer
    const together = this.#together.get(sender)?.downstream
    return standbys.flatMap((downstream) => {
      if (downstream === upstream) return []
      const isTogether = together === downstream && sameSystemEvidence(upstream, downstream).length > 0
      const score = senderMatchScore(upstream, sender, downstream, isTogether ? STARTED_TOGETHER : 0)
      // From the same address, but its walreceiver names another server, which may just not have been read.
      if (score <= SAME_ADDRESS && this.#connectsElsewhere(downstream, upstream)) return []
      return score > 0 ? [{ offer, downstream, score }] : []
    })
  }

  /** Whether its walreceiver names another of the servers. */
  #connectsElsewhere(downstream: Member, upstream: Member): boolean {
    const known = this.#sources.get(downstream)
    const sources =
      known ?? (downstream.isFresh ? this.#members.filter((other) => receiverConnectsTo(downstream, other)) : [])
    if (!known) this.#sources.set(downstream, sources)
    return sources.some((other) => other !== upstream)
  }

  /** The candidates of one score: unique pairs are matched, ends with several are put aside together. */
  #assign(level: readonly Candidate[]): void {
    const aside = new Set(this.#groups.flatMap(({ downstreams }) => [...downstreams]))
    const open = level.filter(
      ({ offer, downstream }) => !this.#used.has(offer) && !this.#matched.has(downstream) && !aside.has(downstream),
    )
    for (const group of joinedGroups(open, this.#groups)) {
      const [offer] = group.offers
      const [downstream] = group.downstreams
      if (group.offers.size === 1 && group.downstreams.size === 1 && offer && downstream) this.#take(offer, downstream)
      else if (group.downstreams.size === 1 && downstream && isNewestOfName(group, downstream)) {
        this.#take(newest([...group.offers]), downstream)
      } else this.#groups.push(group)
    }
  }

  #take(offer: SenderOffer | undefined, downstream: Member, evidence: readonly string[] = []): void {
    if (!offer) return
    const { upstream, sender } = offer
    const together = this.#together.get(sender)
    const began =
      together?.downstream === downstream ? [`started with its receiver (${together.gapMs.toFixed(1)} ms apart)`] : []
    const shown = [...evidence, ...senderEvidence(upstream, sender, downstream, began)]
    this.#matched.set(downstream, { upstream, sender, downstream, evidence: shown })
    this.#used.add(offer)
  }

  /** The walsenders of one database in a group, without the standbys that have no upstream. */
  #settled({ offers, downstreams }: Group): readonly AmbiguousSenders[] {
    const left = [...offers].filter((offer) => !this.#used.has(offer))
    const receiving = [...downstreams].filter((one) => !one.isFresh || standbyPositionOf(one)?.receiver)
    const [first] = left
    const [only] = receiving
    if (left.length === 1 && receiving.length === 1 && only) {
      this.#take(first, only)
      return []
    }
    if (!first || !only || left.some(({ upstream }) => upstream !== first.upstream)) return []
    return [{ upstream: first.upstream, senders: left.map(({ sender }) => sender), downstreams: receiving }]
  }

  /**
   * Through a proxy neither name nor address matches. But as many walsenders of one database as walreceivers that are
   * left in its system belong together.
   */
  #byCount(system: string): readonly AmbiguousSenders[] {
    const aside = new Set(this.#groups.flatMap((group) => [...group.downstreams, ...group.offers]))
    const offers = this.#offers.filter(
      (offer) => offer.upstream.pulse?.systemIdentifier === system && !this.#used.has(offer) && !aside.has(offer),
    )
    const [first] = offers
    if (!first || offers.some(({ upstream }) => upstream !== first.upstream)) return []
    const { upstream } = first
    const receivers = this.#members.filter(
      (member) =>
        member.isFresh &&
        member !== upstream &&
        !this.#matched.has(member) &&
        !aside.has(member) &&
        standbyPositionOf(member)?.receiver &&
        sameSystemEvidence(upstream, member).length > 0 &&
        !this.#connectsElsewhere(member, upstream),
    )
    const [downstream] = receivers
    const fits = receivers.every((receiver) => offers.some(({ sender }) => mayShareSlot(sender, receiver)))
    if (receivers.length !== offers.length || !fits || !downstream) return []
    if (offers.length === 1) {
      this.#take(first, downstream, ['the only sender and the only standby left'])
      return []
    }
    return [{ upstream, senders: offers.map(({ sender }) => sender), downstreams: receivers }]
  }
}

/** Joins groups of candidates that share an end, and removes those that were put aside before and joined. */
function joinedGroups(open: readonly Candidate[], aside: Group[]): readonly Group[] {
  const groups: Group[] = []
  for (const { offer, downstream } of open) {
    const touched = [...groups, ...aside].filter(
      (group) => group.offers.has(offer) || group.downstreams.has(downstream),
    )
    const joined: Group = {
      offers: new Set([offer, ...touched.flatMap(({ offers }) => [...offers])]),
      downstreams: new Set([downstream, ...touched.flatMap(({ downstreams }) => [...downstreams])]),
    }
    for (const list of [groups, aside]) {
      for (const group of touched) if (list.includes(group)) list.splice(list.indexOf(group), 1)
    }
    groups.push(joined)
  }
  return groups
}

/** If several connections have the name or slot of one standby, the older ones are leftovers. */
function isNewestOfName({ offers }: Group, downstream: Member): boolean {
  return [...offers].every(({ sender }) => sender.startedAt !== null && isNamed(sender, downstream))
}

function newest(offers: readonly SenderOffer[]): SenderOffer | undefined {
  const startOf = ({ upstream, sender }: SenderOffer) => (sender.startedAt ?? 0) - (upstream.pulse?.clockOffsetMs ?? 0)
  return offers.toSorted((a, b) => startOf(b) - startOf(a))[0]
}

function mayShareSlot({ slot }: WalSender, receiver: Member): boolean {
  const own = standbyPositionOf(receiver)?.receiver?.slot ?? null
  return own === null || slot === null || own === slot
}
