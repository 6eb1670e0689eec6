// Who holds up others, and the statement that has run longest.

import type { NamedSession } from '../../../../model/measured/transactions.ts'
import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { lockRootSession, lockWaitsText } from '../../../../model/sessions/lock-waits.ts'
import { longestStatementSeconds } from '../../../../model/sessions/longest-transaction.ts'
import { cutText, type Line, lineWidth, span, textWidth } from '../../../frame/format/line.ts'
import { seconds } from '../../../frame/format/values.ts'
import { currentActionKey, currentKey } from '../../../keys/names.ts'
import { labelled, type OverviewBlock, type OverviewInput, unreadSpan } from './block.ts'

/** The database whose sessions wait longest. */
export function waitingBlock(input: OverviewInput): OverviewBlock {
  const { picture } = input
  const waits = ({ pulse }: DatabaseView) => pulse?.lockWaits?.longest?.seconds ?? 0
  const read = picture.databases.filter(({ pulse, problem }) => pulse?.lockWaits && !problem)
  const worst = [...read].sort((one, other) => waits(other) - waits(one))[0]
  const isCalm = !worst?.pulse?.lockWaits?.count
  return { id: 'waiting', isCalm, lines: (width) => [waitingLine(input, worst, read.length > 0, width)] }
}

function waitingLine(
  { state, picture, glyphs }: OverviewInput,
  worst: DatabaseView | undefined,
  isKnown: boolean,
  width: number,
): Line {
  const facts = worst?.pulse?.lockWaits
  if (!isKnown)
    return labelled('WAITING', [span(`${glyphs.unknown} no database tells who waits`, 'dim')], width, glyphs)
  if (!worst?.pulse || !facts || facts.count === 0)
    return labelled('WAITING', [span('no session waits for a lock', 'dim'), unreadSpan(picture)], width, glyphs)
  const alert = picture.alerts.find(({ rule, subject }) => rule === 'lock-waits' && subject.owner === worst.id)
  const text = lockWaitsText(facts).replace(' wait for locks,', ',').replace('behind process', 'behind')
  const where = picture.databases.length > 1 ? ` on ${worst.name}` : ''
  const tree = `${currentKey(state, '4')} shows the tree`
  const end = currentActionKey(state, 'do-terminate-session', 'K')
  const all = lockRootSession(worst.pulse) ? `${tree}, ${end} there ends it` : tree
  const room = width - lineWidth(labelled('WAITING', [], width, glyphs))
  const whole = `${text}${where}`
  // Where the room is short, who holds the lock stays, and the key that leads there.
  const keys = textWidth(`${whole}   ${all}`) <= room ? all : tree
  const said = cutText(whole, Math.max(LEAST_TEXT, room - textWidth(`   ${keys}`)), glyphs.ellipsis)
  return labelled('WAITING', [span(said, alert?.severity ?? 'plain'), span(`   ${keys}`, 'dim')], width, glyphs)
}

const LEAST_TEXT = 30

/** The longest statement of all databases. */
export function longestBlock(input: OverviewInput): OverviewBlock {
  const { picture, glyphs } = input
  const read = picture.databases.filter(({ pulse, problem }) => longestStatementSeconds(pulse) !== null && !problem)
  const found = read.flatMap((view) =>
    view.pulse?.longestStatement ? [{ view, is: view.pulse.longestStatement }] : [],
  )
  const longest = [...found].sort((one, other) => other.is.seconds - one.is.seconds)[0]
  const lines = (width: number) => {
    if (read.length === 0)
      return [labelled('LONGEST', [span(`${glyphs.unknown} no database tells what it runs`, 'dim')], width, glyphs)]
    if (!longest) return [labelled('LONGEST', [span('no statement runs', 'dim'), unreadSpan(picture)], width, glyphs)]
    const { view, is } = longest
    const where = picture.databases.length > 1 ? ` on ${view.name}` : ''
    const who = `${is.pid} ${nameOf(is)}${where}, ${seconds(Math.round(is.seconds))}`
    return [labelled('LONGEST', [span(who), span(`   ${is.text?.replace(/\s+/g, ' ') ?? ''}`, 'dim')], width, glyphs)]
  }
  return { id: 'longest', isCalm: !longest || longest.is.seconds < 1, lines }
}

function nameOf({ application, role }: NamedSession): string {
  return application || (role ?? 'unknown')
}
