// Details of one direction of a mirrored pair: the exchange itself, and what each end reports.

import { exchangeAmount } from '../../../model/picture/exchange-amount.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { formatLsn } from '../../../model/values/lsn.ts'
import { unexchangedText } from '../../frame/format/mirroring.ts'
import { age, bytes, instant, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { exchangeRateText, exchangeStateSpan } from './exchange-columns.ts'
import type { ExchangeRow } from './exchange-rows.ts'

/** The details of a direction, in sections. */
export function exchangeSections(row: ExchangeRow, context: ListContext): readonly DetailSection[] {
  return [directionSection(row, context), writerSection(row, context), receiverSection(row, context)]
}

function directionSection(row: ExchangeRow, context: ListContext): DetailSection {
  const { exchange, fromName, toName, rate } = row
  const { state, since, reason, oldestAt } = exchange
  const stateText = exchangeStateSpan(row, context)
  const isApart = state === 'cut' || state === 'merging'
  const diverged = exchangeAmount(exchange.divergedChanges, exchange.divergedBytes) ?? UNKNOWN_TEXT
  const oldest = oldestAt === null ? null : `${instant(oldestAt)} (${age(oldestAt, context.now)} old)`
  return {
    title: `EXCHANGE ${fromName} ${context.screen.glyphs.arrow} ${toName}`,
    age: exchange.readBy === 'query' ? 'by the query "exchange" of the config' : 'by logical replication',
    fields: [
      ...detailField('state', stateText.text, stateText.style),
      ...detailField('because', reason, 'warning'),
      ...detailField('since', since === null ? UNKNOWN_TEXT : `${instant(since)} (${age(since, context.now)})`),
      ...detailField('not exchanged', unexchangedText(exchange)),
      ...detailField('the oldest of it', oldest),
      ...detailField('it grows by', exchangeRateText(rate, exchange)),
      ...detailField(`${fromName} wrote alone`, isApart ? diverged : null, 'warning'),
    ],
  }
}

/** The end that writes: for logical replication the slot that keeps its WAL. */
function writerSection({ exchange, from, fromName }: ExchangeRow, { picture, now }: ListContext): DetailSection {
  const slot = picture?.slots.find(({ databaseId, name }) => databaseId === exchange.from && name === exchange.slot)
  const isIdle = slot && !slot.active
  const idleFor = slot?.inactiveSince == null ? '' : `, for ${age(slot.inactiveSince, now)}`
  return {
    title: `THE WRITER, BY ${fromName}`,
    age: readText(from, now),
    fields: [
      ...problemOf(from),
      ...detailField('position', from?.lsn == null ? UNKNOWN_TEXT : formatLsn(from.lsn)),
      ...detailField('slot', exchange.slot),
      ...(slot ? detailField('slot in use', isIdle ? `no${idleFor}` : 'yes', isIdle ? 'warning' : 'plain') : []),
      ...(slot ? detailField('slot retains', bytes(slot.retainedBytes)) : []),
    ],
  }
}

/** The end that receives: for logical replication its subscription. */
function receiverSection({ exchange, to, toName }: ExchangeRow, { now }: ListContext): DetailSection {
  const subscription = to?.pulse?.subscriptions.find(({ slot }) => slot === exchange.slot && slot !== null)
  return {
    title: `THE RECEIVER, BY ${toName}`,
    age: readText(to, now),
    fields: [
      ...problemOf(to),
      ...(subscription
        ? detailField(
            'subscription',
            `${subscription.name}, ${subscription.enabled ? 'enabled' : 'disabled'}`,
            subscription.enabled ? 'plain' : 'warning',
          )
        : exchange.readBy === 'wal'
          ? detailField('subscription', 'none for this slot', 'warning')
          : []),
      ...detailField('position', to?.lsn == null ? UNKNOWN_TEXT : formatLsn(to.lsn)),
    ],
  }
}

function problemOf(view: DatabaseView | null): readonly DetailField[] {
  return detailField('problem', view?.problem?.message ?? null, 'warning')
}

function readText(view: DatabaseView | null, now: number): string {
  return view?.readAt == null ? 'not read' : `read ${age(view.readAt, now)} ago`
}
