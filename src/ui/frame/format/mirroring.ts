// The exchange between two mirrored databases in one line: whether it works, and what each wrote while it did not.

import { exchangeAmount } from '../../../model/picture/exchange-amount.ts'
import type { DatabaseView, Mirroring, Picture } from '../../../model/picture/picture.ts'
import { formatAge } from '../../../model/values/units.ts'
import type { Glyphs } from './glyphs.ts'
import type { TextStyle } from './line.ts'
import { UNKNOWN_TEXT } from './values.ts'

export interface MirroringText {
  /** The two databases, as the start of the text. */
  readonly label: string
  readonly text: string
  readonly style: TextStyle
}

/** What is not exchanged: `1.2 MB`, `57 changes`, `57 changes (12 kB)`. */
export function unexchangedText({ behindChanges, behindBytes }: Mirroring): string {
  return exchangeAmount(behindChanges, behindBytes) ?? UNKNOWN_TEXT
}

/** null without an exchange: in every model but `mirrored`. */
export function mirroringText(picture: Picture, glyphs: Glyphs): MirroringText | null {
  const [out, back] = picture.mirroring
  if (!out || !back) return null
  const label = `Exchange ${nameIn(picture, out.from)} ${glyphs.both} ${nameIn(picture, out.to)}`
  const style: TextStyle = [out, back].every(({ state }) => state === 'flowing') ? 'plain' : 'warning'
  if (out.state === back.state) return { label, text: jointly(picture, out, back), style }
  const each = [out, back].map((one) => `${towards(picture, one, glyphs)} ${alone(picture, one)}`)
  return { label, text: each.join('; '), style }
}

function jointly(picture: Picture, out: Mirroring, back: Mirroring): string {
  switch (out.state) {
    case 'flowing':
      return `flowing, ${unexchangedText(out)} / ${unexchangedText(back)} unexchanged`
    case 'merging':
      return `merging, ${unexchangedText(out)} / ${unexchangedText(back)} to go`
    case 'unknown':
      return unknown(out)
    case 'cut':
      return `${cutFor(picture, longest(out, back))}: ${wrote(picture, out)}, ${wrote(picture, back, '')} since`
  }
}

function alone(picture: Picture, exchange: Mirroring): string {
  switch (exchange.state) {
    case 'flowing':
      return `flowing, ${unexchangedText(exchange)} unexchanged`
    case 'merging':
      return `merging, ${unexchangedText(exchange)} to go`
    case 'unknown':
      return unknown(exchange)
    case 'cut':
      return `${cutFor(picture, exchange)}: ${wrote(picture, exchange)} since`
  }
}

function unknown({ reason }: Mirroring): string {
  return `${UNKNOWN_TEXT}${reason === null ? '' : ` ${reason}`}: what is not exchanged is unknown`
}

/** Of two cut directions, the one with a known start; of those, the longer one. */
function longest(one: Mirroring, other: Mirroring): Mirroring {
  if (one.since === null || other.since === null) return one.since === null ? other : one
  return one.since <= other.since ? one : other
}

function cutFor(picture: Picture, { since, reason }: Mirroring): string {
  const lasting = since === null ? '' : ` for ${formatAge(picture.at - since)}`
  return `cut${lasting}${reason === null ? '' : ` (${reason})`}`
}

/** If it can't be read: the last known value with its age. */
function wrote(picture: Picture, exchange: Mirroring, verb = ' wrote'): string {
  const { from } = exchange
  const diverged = exchangeAmount(exchange.divergedChanges, exchange.divergedBytes)
  const view = viewIn(picture, from)
  const old = view?.problem && view.readAt !== null ? ` as seen ${formatAge(picture.at - view.readAt)} ago` : ''
  return `${nameIn(picture, from)}${verb} ${diverged ?? UNKNOWN_TEXT}${diverged === null ? '' : old}`
}

function towards(picture: Picture, { from, to }: Mirroring, { arrow }: Glyphs): string {
  return `${nameIn(picture, from)} ${arrow} ${nameIn(picture, to)}`
}

function viewIn(picture: Picture, id: string): DatabaseView | null {
  return picture.databases.find((view) => view.id === id) ?? null
}

function nameIn(picture: Picture, id: string): string {
  return viewIn(picture, id)?.name ?? id
}
